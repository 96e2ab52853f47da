import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { AppError, uuidv7, type Issuer, type TrustedKey } from '@usher/contracts';
import { openBlob, sealBlob, lengthPrefixed } from './envelope.js';
import { CommandKeyJwk, readKeyRingFile, refuseUnsafePlace, type CommandKey, type KeyRingData, type KeyRingPlace } from './key-ring-file.js';
import { Nkey } from './nkey.js';
import { createPrivateFile, replacePrivateFile } from './private-file.js';
import { commandSigner, type CommandSigner } from './command-signer.js';

/**
 * All secrets of a fleet that are not in the database: master keys, fingerprint key, command key, broker keys.
 * One file, mode 0400, read once at start; nothing of it is printed.
 */
export class KeyRing {
  readonly #data: KeyRingData;
  readonly #broker: { readonly root: Nkey; readonly signing: Nkey; readonly userSigning: Nkey };

  private constructor(data: KeyRingData) {
    this.#data = data;
    const { rootSeed, signingSeed, userSigningSeed } = data.broker;
    this.#broker = { root: new Nkey(rootSeed), signing: new Nkey(signingSeed), userSigning: new Nkey(userSigningSeed) };
  }

  /** @throws AppError `KEYRING_MISSING`, `KEYRING_UNSAFE`, `KEYRING_MISMATCH` */
  static async load(file: string, place?: KeyRingPlace): Promise<KeyRing> {
    return new KeyRing(await readKeyRingFile(file, place));
  }

  /** Makes the file when there is none. Of two processes that start at once, both get the same ring. */
  static async loadOrCreate(file: string, place?: KeyRingPlace): Promise<KeyRing> {
    try {
      return await KeyRing.#completed(file, await readKeyRingFile(file, place), place);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'KEYRING_MISSING')) throw error;
    }
    await refuseUnsafePlace(file, path.resolve(file), place?.forbiddenDirs ?? []);
    await createPrivateFile(file, `${JSON.stringify(newKeyRing(), null, 2)}\n`, 0o400);
    return KeyRing.load(file, place);
  }

  get fleetId(): string {
    return this.#data.fleetId;
  }

  /** Ids of all master keys in the ring. */
  get kekIds(): readonly string[] {
    return this.#data.keys.map((key) => key.id);
  }

  get primaryKekId(): string {
    return this.#data.primary;
  }

  /** Wraps a data key with the primary master key; `kekId` is part of what is authenticated. */
  wrapKey(dataKey: Uint8Array, associated: (kekId: string) => Buffer): { kekId: string; blob: Buffer } {
    const kekId = this.#data.primary;
    return { kekId, blob: sealBlob(this.#kek(kekId), dataKey, associated(kekId)) };
  }

  /** @throws AppError `KEYRING_MISMATCH` for an unknown master key or changed data */
  unwrapKey(kekId: string, blob: Uint8Array, associated: (kekId: string) => Buffer): Buffer {
    const kek = this.#kek(kekId);
    try {
      return openBlob(kek, blob, associated(kekId));
    } catch {
      throw new AppError('KEYRING_MISMATCH', 'A wrapped key cannot be opened: it was changed, or belongs to another key ring.', { reason: 'authentication' });
    }
  }

  /** Eight bytes by which one token used twice is found without opening it. */
  fingerprint(text: string): Buffer {
    return createHmac('sha256', Buffer.from(this.#data.fpKey, 'base64url')).update(text, 'utf8').digest().subarray(0, 8);
  }

  /** @throws AppError `KEYRING_MISMATCH` for a service of a ring that was never opened for making since there is one */
  commandKey(issuer: Issuer): CommandSigner {
    return commandSigner(issuer, this.commandKeyData(issuer));
  }

  /** The key as a file holds it: for the login of the service whose key it is, and for nothing else. */
  commandKeyData(issuer: Issuer): CommandKey {
    const key = this.#data.commandKeys[issuer];
    if (!key) throw new AppError('KEYRING_MISMATCH', `The key ring holds no key of the ${issuer}; run the host command broker-config.`, { reason: 'unknown-key' });
    return key;
  }

  /** The public command keys, as agents get them at enrollment and at every hello. */
  trustedKeys(): TrustedKey[] {
    return ISSUERS.filter((issuer) => this.#data.commandKeys[issuer]).map((issuer) => this.commandKey(issuer).trusted);
  }

  /** Bytes that nobody can guess without the ring, the same for the same text: what follows from them needs no storing. */
  derive(purpose: string, text: string): Buffer {
    return createHmac('sha256', Buffer.from(this.#data.fpKey, 'base64url')).update(lengthPrefixed('usher/derived/v1', purpose, text)).digest();
  }

  /** Trust anchor of the broker; signs only the operator claim. */
  brokerRoot(): Nkey {
    return this.#broker.root;
  }

  /** Signs accounts. */
  brokerSigner(): Nkey {
    return this.#broker.signing;
  }

  /** Signs users of every account. */
  userSigner(): Nkey {
    return this.#broker.userSigning;
  }

  /** Public keys of the two accounts that are there from the start. */
  get brokerAccounts(): { readonly sys: string; readonly hub: string } {
    return { sys: this.#data.broker.sysAccount, hub: this.#data.broker.hubAccount };
  }

  /** A ring of an older version gets the keys that it lacks; two processes at once keep one of them. */
  static async #completed(file: string, data: KeyRingData, place?: KeyRingPlace): Promise<KeyRing> {
    if (ISSUERS.every((issuer) => data.commandKeys[issuer])) return new KeyRing(data);
    const commandKeys = { ...newCommandKeys(), ...data.commandKeys };
    await replacePrivateFile(file, `${JSON.stringify({ ...data, commandKeys }, null, 2)}\n`, 0o400);
    return KeyRing.load(file, place);
  }

  #kek(kekId: string): Buffer {
    const key = this.#data.keys.find((candidate) => candidate.id === kekId);
    if (!key) throw new AppError('KEYRING_MISMATCH', 'The key ring does not hold the key that this was sealed with.', { reason: 'unknown-key', kekId });
    return Buffer.from(key.material, 'base64url');
  }
}

/** The services that sign commands. */
const ISSUERS: readonly Issuer[] = ['controller', 'router', 'migration'];

const CANARY_TEXT = 'usher canary';

function canaryAad(ring: KeyRing): (kekId: string) => Buffer {
  return (kekId) => lengthPrefixed('usher/canary/v1', ring.fleetId, kekId);
}

/** A blob to keep in the database, by which a key ring of another fleet is found out at start. */
export function sealCanary(ring: KeyRing): Buffer {
  const { kekId, blob } = ring.wrapKey(Buffer.from(CANARY_TEXT), canaryAad(ring));
  return Buffer.concat([Buffer.from(`${kekId}\n`), blob]);
}

/** @throws AppError `KEYRING_MISMATCH` when this key ring does not belong to the database that the canary is from */
export function checkCanary(ring: KeyRing, canary: Uint8Array): void {
  const bytes = Buffer.from(canary);
  const cut = bytes.indexOf('\n');
  ring.unwrapKey(bytes.subarray(0, Math.max(cut, 0)).toString(), bytes.subarray(cut + 1), canaryAad(ring));
}

function newCommandKey(kid: string): CommandKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { kid, jwk: CommandKeyJwk.parse(privateKey.export({ format: 'jwk' })) };
}

function newCommandKeys(): Record<Issuer, CommandKey> {
  return { controller: newCommandKey('controller-1'), router: newCommandKey('router-1'), migration: newCommandKey('migration-1') };
}

function newKeyRing(): KeyRingData {
  const created = new Date().toISOString();
  const id = `kek-${created.slice(0, 10)}-${randomBytes(3).toString('hex')}`;
  return {
    version: 1,
    fleetId: uuidv7(),
    primary: id,
    keys: [{ id, material: randomBytes(32).toString('base64url'), created, state: 'active' }],
    fpKey: randomBytes(32).toString('base64url'),
    commandKeys: newCommandKeys(),
    broker: {
      rootSeed: Nkey.create('operator').seed,
      signingSeed: Nkey.create('operator').seed,
      userSigningSeed: Nkey.create('account').seed,
      // Accounts are signed by the broker signing key, so their own seeds are never needed again.
      sysAccount: Nkey.create('account').getPublicKey(),
      hubAccount: Nkey.create('account').getPublicKey(),
    },
  };
}
