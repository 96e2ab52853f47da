import { randomBytes } from 'node:crypto';
import { sha256 } from './hashes.js';

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten characters of five random bits each, written `K7QF9-3TMXA`; only the hash is kept. */
export function makeOneTimeCode(): { code: string; sha256: Buffer } {
  const plain = Array.from(randomBytes(10), (byte) => ALPHABET[byte & 31]).join('');
  return { code: `${plain.slice(0, 5)}-${plain.slice(5)}`, sha256: sha256(plain) };
}

/** What a person typed, as it was hashed: upper case, no blanks and dashes, look-alike letters as digits. */
export function normalizeOneTimeCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}
