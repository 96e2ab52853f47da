import { AppError, Uuid7, uuidv7 } from '@usher/contracts';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { AgentKeys } from './agent-keys.js';
import { randomToken, sha256 } from './hashes.js';
import { isSignedByNkey } from './nkey.js';
import { BoxPublicKey } from './sealed-box.js';

const PREFIX = 'ushe1_';
const MAX_LENGTH = 2000;

const TokenHead = z.strictObject({
  v: z.literal(1),
  /** Address of the controller. */
  u: z.url({ protocol: /^https?$/ }).max(1000),
  /** SHA-256 of the public keys that the controller's certificate may have; empty = the system's authorities decide. */
  p: z.array(z.string().max(100)).max(4),
  i: Uuid7,
});

const Secret32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** A new token: shown or sent once, kept only as `tokenId` and hash. */
export function makeEnrollmentToken(options: { controllerUrl: string; pins?: readonly string[] }): { token: string; tokenId: string; secretSha256: Buffer } {
  const tokenId = uuidv7();
  const head = TokenHead.parse({ v: 1, u: options.controllerUrl, p: options.pins ?? [], i: tokenId });
  const secret = randomToken(32);
  const token = `${PREFIX}${Buffer.from(JSON.stringify(head)).toString('base64url')}.${secret}`;
  return { token, tokenId, secretSha256: sha256(secret) };
}

/** @throws AppError `ENROLLMENT_REFUSED` when it is not such a token */
export function parseEnrollmentToken(token: string): { u: string; p: string[]; i: string; secret: string } {
  const [head, secret, ...more] = token.trim().slice(PREFIX.length).split('.');
  if (token.length > MAX_LENGTH || !token.trim().startsWith(PREFIX) || !head || more.length > 0 || !Secret32.safeParse(secret).success) throw notAToken();
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
  } catch {
    throw notAToken();
  }
  const parsed = TokenHead.safeParse(json);
  if (!parsed.success) throw notAToken();
  return { u: parsed.data.u, p: parsed.data.p, i: parsed.data.i, secret: secret! };
}

/** What an agent proves: that it holds the login key, and which keys it brings. */
export interface EnrollmentClaim {
  tokenId: string;
  nonce: string;
  nkeyPub: string;
  sigPub: JWK;
  boxPub: JWK;
}

const ClaimShape = z.object({
  tokenId: Uuid7,
  nonce: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/),
  nkeyPub: z.string().regex(/^U[A-Z2-7]{55}$/),
  sigPub: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().length(43) }),
  boxPub: BoxPublicKey,
});

function signedBytes(claim: z.infer<typeof ClaimShape>): Uint8Array {
  return new TextEncoder().encode(['usher-enroll-v1', claim.nonce, claim.tokenId, claim.sigPub.x, claim.boxPub.x].join('|'));
}

/** Ed25519 by the agent's login key, base64url. */
export function enrollmentProof(keys: AgentKeys, challenge: { tokenId: string; nonce: string }): string {
  const claim = ClaimShape.parse({ ...challenge, nkeyPub: keys.nkeyPub, sigPub: keys.sigPub, boxPub: keys.boxPub });
  return Buffer.from(keys.signWithLogin(signedBytes(claim))).toString('base64url');
}

/** @throws AppError `ENROLLMENT_REFUSED` when a key is malformed or the signature is not by the login key */
export function verifyEnrollmentProof(claim: EnrollmentClaim, sig: string): void {
  const parsed = ClaimShape.safeParse(claim);
  if (!parsed.success) throw new AppError('ENROLLMENT_REFUSED', 'The enrollment names keys that are not usable.', { reason: 'keys' });
  if (!isSignedByNkey('user', parsed.data.nkeyPub, signedBytes(parsed.data), Buffer.from(sig, 'base64url'))) {
    throw new AppError('ENROLLMENT_REFUSED', 'The enrollment was not signed by the key that it names.', { reason: 'proof' });
  }
}

function notAToken(): AppError {
  return new AppError('ENROLLMENT_REFUSED', 'This is not an enrollment token.', { reason: 'format' });
}
