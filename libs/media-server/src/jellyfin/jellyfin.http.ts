import { AppError } from '@usher/contracts';
import { starting } from '../http/vendor-errors.js';
import type { VendorRequest } from '../http/vendor-http.js';
import type { VendorResponse } from '../http/vendor-response.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { ClientIdentity } from '../media-browser/vendor.js';
import { LOADING_TEXT } from './jellyfin.types.js';

const SETUP_MS = 5_000;
const NEXT_PHASE_MS = 1_000;

/**
 * The one header that all versions take: legacy headers are off by default in 12. Values are URL-decoded by the server,
 * component names are case-sensitive, no blanks around `=`.
 */
export function jellyfinAuthHeaders(identity: ClientIdentity): Record<string, string> {
  const parts = { Client: identity.clientName, Device: identity.clientName, DeviceId: identity.deviceId, Version: identity.clientVersion, Token: identity.token() };
  const text = Object.entries(parts).map(([name, value]) => `${name}="${encodeURIComponent(value)}"`);
  return { authorization: `MediaBrowser ${text.join(', ')}` };
}

/**
 * The start-up table of the security design, 3.13: setup server (503 with Retry-After, 5 s), the identity in camelCase
 * (end of phase 1, 1 s), start-up tasks (503 "is loading", 1 s). None of them is a failure; nor is a playlist of somebody else.
 */
export function classifyJellyfin(request: Pick<VendorRequest, 'path'>, response: VendorResponse, nowMs: number): AppError | null {
  if (response.status === 503) {
    const ms = retryAfterMs(response.headers['retry-after'], nowMs);
    if (ms !== null) return starting(ms, 'setup');
    if (response.body.trim().startsWith(LOADING_TEXT)) return starting(NEXT_PHASE_MS, 'loading');
    return starting(SETUP_MS, 'unknown');
  }
  if (response.status === 200 && request.path.startsWith('/System/Info/Public') && isCamelCase(response.body)) {
    return starting(NEXT_PHASE_MS, 'setup-done');
  }
  // one list is refused, not the key
  if (response.status === 403 && request.path.startsWith('/Playlists/')) return new AppError('VALIDATION_FAILED', 'This playlist belongs to somebody else.', { field: 'playlistVendorId', httpStatus: 403 });
  return null;
}

/** The setup server answers the identity in camelCase on every start: never read as identity, version or "not set up". */
function isCamelCase(body: string): boolean {
  return /"id"\s*:/.test(body) && !/"Id"\s*:/.test(body);
}
