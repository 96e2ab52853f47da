import { z } from 'zod';

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Every id that Usher mints: a lower-case UUIDv7 (RFC 9562, 5.7). */
export const Uuid7 = z.string().regex(UUID7, 'must be a lower-case UUIDv7');

let lastMs = 0;
let counter = 0;

/**
 * Mints a UUIDv7 from the wall clock. Ids of one process rise strictly, also inside one millisecond:
 * the 12 bits after the version hold a counter (RFC 9562, 6.2, method 1).
 */
export function uuidv7(nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = ((bytes[6]! & 0x07) << 8) | bytes[7]!;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  let ms = lastMs;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `serverId:vendorId`: the id of a session, unique in the fleet. */
export function sessionIdOf(serverId: string, vendorId: string): string {
  return `${serverId}:${vendorId}`;
}

/** Splits a session id; the vendor's part may itself contain colons. */
export function splitSessionId(sessionId: string): { serverId: string; vendorId: string } | null {
  const cut = sessionId.indexOf(':');
  if (cut !== 36 || !UUID7.test(sessionId.slice(0, 36)) || sessionId.length === 37) return null;
  return { serverId: sessionId.slice(0, 36), vendorId: sessionId.slice(37) };
}
