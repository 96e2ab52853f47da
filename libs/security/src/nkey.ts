import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import type { KeyPair } from '@nats-io/nkeys';

/** First byte of an encoded key, by what it is for; in base 32 it shows as the first letter: O, A, U. */
const PREFIX = { operator: 14 << 3, account: 0, user: 20 << 3 } as const;
const PRIVATE_PREFIX = 15 << 3;
const SEED_PREFIX = 18 << 3;
export type NkeyKind = keyof typeof PREFIX;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** How a raw Ed25519 seed and a raw public key are wrapped for Node (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const RAW_BYTES = 32;

/**
 * An nkey over Node's own Ed25519. The nkeys package does the same arithmetic in JavaScript, 2 to 10 ms for each step,
 * which adds up to a stopped event loop while many servers are imported.
 */
export class Nkey implements KeyPair {
  readonly #seed: string;
  readonly #raw: Buffer;
  readonly #key: KeyObject;
  readonly #rawPublic: Buffer;
  readonly #publicKey: string;

  /** @throws Error when it is no seed */
  constructor(seed: string) {
    const bytes = decodeChecked(seed);
    if (bytes.length !== 2 + RAW_BYTES || (bytes[0]! & 0xf8) !== SEED_PREFIX) throw new Error('not an nkey seed');
    const prefix = ((bytes[0]! & 7) << 5) | (bytes[1]! >> 3);
    this.#seed = seed;
    this.#raw = bytes.subarray(2);
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, this.#raw]), format: 'der', type: 'pkcs8' });
    this.#rawPublic = createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-RAW_BYTES);
    this.#publicKey = encodeChecked(Buffer.concat([Buffer.of(prefix), this.#rawPublic]));
  }

  static create(kind: NkeyKind): Nkey {
    const raw = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-RAW_BYTES);
    const prefix = PREFIX[kind];
    return new Nkey(encodeChecked(Buffer.concat([Buffer.of(SEED_PREFIX | (prefix >> 5), (prefix & 31) << 3), raw])));
  }

  /** The seed as text, for a file of its owner. */
  get seed(): string {
    return this.#seed;
  }

  getPublicKey(): string {
    return this.#publicKey;
  }

  getPrivateKey(): Uint8Array {
    return new TextEncoder().encode(encodeChecked(Buffer.concat([Buffer.of(PRIVATE_PREFIX), this.#raw, this.#rawPublic])));
  }

  getSeed(): Uint8Array {
    return new TextEncoder().encode(this.#seed);
  }

  sign(input: Uint8Array): Uint8Array {
    return sign(null, input, this.#key);
  }

  verify(input: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, input, createPublicKey(this.#key), signature);
  }

  clear(): never {
    throw new Error('this key cannot be cleared');
  }

  seal(): never {
    throw new Error('a signing key does not seal');
  }

  open(): never {
    throw new Error('a signing key does not open');
  }
}

/** False also when `publicKey` is no key of this kind. */
export function isSignedByNkey(kind: NkeyKind, publicKey: string, input: Uint8Array, signature: Uint8Array): boolean {
  const raw = rawPublicKey(kind, publicKey);
  if (!raw || signature.length !== 64) return false;
  return verify(null, input, createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' }), signature);
}

function rawPublicKey(kind: NkeyKind, publicKey: string): Buffer | null {
  try {
    const bytes = decodeChecked(publicKey);
    return bytes.length === 1 + RAW_BYTES && bytes[0] === PREFIX[kind] ? bytes.subarray(1) : null;
  } catch {
    return null;
  }
}

/** CRC-16/XMODEM, as nkeys append it, low byte first. */
function checksum(bytes: Uint8Array): Buffer {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return Buffer.of(crc & 0xff, crc >> 8);
}

function encodeChecked(bytes: Buffer): string {
  const bits = [...bytes, ...checksum(bytes)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from(bits.match(/.{1,5}/g) ?? [], (five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function decodeChecked(text: string): Buffer {
  if (!/^[A-Z2-7]{50,}$/.test(text)) throw new Error('not an nkey');
  const bits = Array.from(text, (letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from(Array.from(bits.match(/.{8}/g) ?? [], (eight) => Number.parseInt(eight, 2)));
  const [body, sum] = [bytes.subarray(0, -2), bytes.subarray(-2)];
  if (!checksum(body).equals(sum)) throw new Error('not an nkey');
  return body;
}
