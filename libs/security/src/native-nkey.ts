import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { fromSeed, type KeyPair } from '@nats-io/nkeys';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** PKCS #8 wrapping of a raw Ed25519 seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_PREFIX_BYTES = 2;
const SEED_BYTES = 32;

/**
 * An nkey that signs with Node's own Ed25519. The nkeys package does it in JavaScript, 7 ms each, which would stop the
 * event loop while many servers are imported.
 */
export class NativeNkey implements KeyPair {
  readonly #pair: KeyPair;
  readonly #key: KeyObject;
  readonly #publicKey: string;

  constructor(seed: string) {
    this.#pair = fromSeed(new TextEncoder().encode(seed));
    this.#publicKey = this.#pair.getPublicKey();
    const raw = decodeBase32(seed).subarray(SEED_PREFIX_BYTES, SEED_PREFIX_BYTES + SEED_BYTES);
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, raw]), format: 'der', type: 'pkcs8' });
  }

  getPublicKey(): string {
    return this.#publicKey;
  }

  getPrivateKey(): Uint8Array {
    return this.#pair.getPrivateKey();
  }

  getSeed(): Uint8Array {
    return this.#pair.getSeed();
  }

  sign(input: Uint8Array): Uint8Array {
    return sign(null, input, this.#key);
  }

  verify(input: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, input, createPublicKey(this.#key), signature);
  }

  clear(): void {
    this.#pair.clear();
  }

  seal(): never {
    throw new Error('a signing key does not seal');
  }

  open(): never {
    throw new Error('a signing key does not open');
  }
}

function decodeBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    value = ((value << 5) | BASE32.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
