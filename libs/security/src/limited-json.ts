import { AppError } from '@usher/contracts';

/** A message with its headers. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
export const MAX_NESTING = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses what strangers sent: size and nesting are looked at first, in one pass over the bytes, so that no parser is fed a bomb.
 * @throws AppError `MESSAGE_INVALID` (details.reason: size, nesting, encoding)
 */
export function parseLimitedJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_MESSAGE_BYTES) throw refused('size', 'A message is larger than 256 KiB.');
  if (isNestedTooDeep(bytes)) throw refused('nesting', 'A message is nested too deeply.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw refused('encoding', 'A message is not JSON.');
  }
}

function isNestedTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isInText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_NESTING) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

function refused(reason: 'size' | 'nesting' | 'encoding', message: string): AppError {
  return new AppError('MESSAGE_INVALID', message, { reason });
}
