import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { AppError } from '@usher/contracts';
import type { JWK } from 'jose';
import { openSealedBytes, sealBytesTo } from './sealed-box.js';

/** Stands in front of the bytes, so that no other signed or hashed text of Usher can pass for a plan. */
const DOMAIN = 'usher-plan-v1\n';
/** A header of 10,000 chunks, or 960 long rows, is far below this; a deflated bomb is not. */
const MAX_PIECE_BYTES = 16 * 1024 * 1024;

const deflated = promisify(deflateRaw);
const inflated = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** SHA-256 in hex; of the UTF-8 bytes when a text is given. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** What people approve: the hash of the header's bytes as they are stored. Nobody writes them anew to check it. */
export function planHash(headerBytes: Uint8Array): string {
  return createHash('sha256').update(DOMAIN).update(headerBytes).digest('hex');
}

/** The header or one chunk of a plan for one agent: deflated, then sealed to its box key. */
export async function sealPlanPiece(boxPublicKey: JWK, piece: Uint8Array): Promise<string> {
  return sealBytesTo(boxPublicKey, await deflated(piece));
}

/** @throws AppError `MESSAGE_INVALID` when it is not for this key, was changed, or is larger than any piece */
export async function openPlanPiece(boxPrivateKey: JWK, sealed: string): Promise<Buffer> {
  const bytes = await openSealedBytes(boxPrivateKey, sealed);
  try {
    return await inflated(bytes, { maxOutputLength: MAX_PIECE_BYTES });
  } catch {
    throw new AppError('MESSAGE_INVALID', 'What was sealed is no piece of a plan.', { reason: 'plan' });
  }
}
