import type { CredentialPlain, Issuer, Service, TrustedKey } from '@usher/contracts';
import type { JWK } from 'jose';

// --- signatures published first; the bodies follow in their own files with exactly these names ---
export declare class Secret { static of(value: string): Secret; reveal(): string; toString(): '[secret]'; toJSON(): '[secret]'; private constructor(); private readonly brand: true }
export declare function scrubSecrets(line: string): string;

export type { JWK };
export interface CommandSigner { readonly kid: string; readonly issuer: Issuer; /** for agents */ readonly trusted: TrustedKey }
export declare class KeyRing {
  /** KEYRING_MISSING | KEYRING_UNSAFE | KEYRING_MISMATCH */
  static load(path: string, options?: { forbiddenDirs?: string[] }): Promise<KeyRing>;
  static loadOrCreate(path: string, options?: { forbiddenDirs?: string[] }): Promise<KeyRing>;
  readonly fleetId: string;
  readonly kekIds: readonly string[];
  readonly primaryKekId: string;
  commandKey(issuer: 'controller'): CommandSigner;
  /** Public command keys, as agents get them at enrollment and hello. */
  trustedKeys(): TrustedKey[];
  private readonly brand: true;
}
/** Columns of server_credential, in their order. */
export interface SealedCredential { dekVersion: number; kekId: string; wrappedDek: Buffer; ciphertext: Buffer; fingerprint: Buffer }
export interface CredentialSlot { serverId: string; kind: 'media-server' }
/** `dekVersion` = the version of the row that is being replaced + 1 (first: 1). */
export declare function sealCredential(ring: KeyRing, slot: CredentialSlot & { dekVersion?: number }, plain: CredentialPlain): SealedCredential;
/** KEYRING_MISMATCH when it cannot be opened. The token inside is plain: wrap it at once. */
export declare function openCredential(ring: KeyRing, slot: CredentialSlot, row: Omit<SealedCredential, "fingerprint">): CredentialPlain;
export declare function rewrapCredential(ring: KeyRing, slot: CredentialSlot, row: SealedCredential): SealedCredential;
/** 8 bytes */
export declare function credentialFingerprint(ring: KeyRing, token: Secret): Buffer;
/** The blob of the canary row, and its check at boot: KEYRING_MISMATCH. */
export declare function sealCanary(ring: KeyRing): Buffer;
export declare function checkCanary(ring: KeyRing, blob: Uint8Array): void;

export declare function sealTo(boxPublicJwk: JWK, value: object): Promise<string>;
export declare function openSealed(boxPrivateJwk: JWK, jwe: string): Promise<unknown>;

export interface CommandClaims {
  v: 1; id: string; iss: Issuer; aud: string; sid: string; iat: number; exp: number; op: string; args: unknown;
  fence: { n: string; e: number }; to: { service: Service; process: string }; sealed?: string;
}
export declare function signCommand(signer: CommandSigner, claims: CommandClaims): Promise<string>;
export declare function verifyCommand(jws: string, trustedKeys: readonly TrustedKey[], expected: { agentId: string; serverId: string; now: number /* epoch ms */ }): Promise<CommandClaims>;

export declare function makeEnrollmentToken(options: { controllerUrl: string; pins?: string[] }): { token: string; tokenId: string; secretSha256: Buffer };
export declare function parseEnrollmentToken(token: string): { u: string; p: string[]; i: string; secret: string };
export interface EnrollmentClaim { tokenId: string; nonce: string; nkeyPub: string; sigPub: JWK; boxPub: JWK }
export declare function enrollmentProof(keys: AgentKeys, claim: { tokenId: string; nonce: string }): string;
/** ENROLLMENT_REFUSED */
export declare function verifyEnrollmentProof(claim: EnrollmentClaim, sig: string): void;

export declare class AgentKeys {
  /** keys.json, 0600 in a 0700 folder */
  static loadOrCreate(dir: string): Promise<AgentKeys>;
  readonly nkeyPub: string; readonly sigPub: JWK; readonly boxPub: JWK;
  /** opens what was sealed to this agent */
  open(jwe: string): Promise<unknown>;
  private readonly brand: true;
}

/** An agent's account; its seed is thrown away. `jwt` goes to SysConnection.pushAccount. */
export declare function mintAccount(ring: KeyRing, options: { serverId: string; agentId: string; acctPub?: string; revokedAt?: number /* epoch s: all users issued until then are out */ }): Promise<{ acctPub: string; jwt: string }>;
/** Without `expiresInS` it never ends (bundled agents). */
export declare function mintAgentUser(ring: KeyRing, options: { acctPub: string; nkeyPub: string; serverId: string; agentId: string; expiresInS?: number }): Promise<string>;
/** The text of a .creds file. */
export declare function mintHubUser(ring: KeyRing, service: Service): Promise<string>;
export declare function mintSysUser(ring: KeyRing): Promise<string>;
export declare function renderBrokerConf(ring: KeyRing, options: { port: number; host?: string; resolverDir: string; monitorPort?: number; serverName?: string; tls?: { certFile: string; keyFile: string } }): Promise<string>;

export declare function hashPassword(password: Secret): Promise<string>;
export declare function verifyPassword(password: Secret, hash: string | null): Promise<boolean>;
export declare function makeOneTimeCode(): { code: string; sha256: Buffer };
/** Upper case, without dashes and blanks, look-alikes folded: what is hashed. */
export declare function normalizeOneTimeCode(typed: string): string;
export declare function sha256(text: string): Buffer;
/** base64url */
export declare function randomToken(bytes?: number): string;
