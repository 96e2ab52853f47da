import { AppError } from '@usher/contracts';
import { starting } from '../http/vendor-errors.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { VendorResponse } from '../http/vendor-response.js';
import type { ClientIdentity } from '../media-browser/vendor.js';

const STARTING_MS = 5_000;

export function embyAuthHeaders(identity: ClientIdentity): Record<string, string> {
  return {
    'x-emby-token': identity.token(),
    'x-emby-client': identity.clientName,
    'x-emby-client-version': identity.clientVersion,
    'x-emby-device-id': identity.deviceId,
    'x-emby-device-name': identity.clientName,
  };
}

/** Emby's start-up was never recorded: any 503 is taken for one. A closed access schedule is 401 with a header of its own. */
export function classifyEmby(_request: unknown, response: VendorResponse, nowMs: number): AppError | null {
  if (response.status === 503) return starting(retryAfterMs(response.headers['retry-after'], nowMs) ?? STARTING_MS, 'unknown');
  if (response.status === 401 && response.headers['x-application-error-code'] === 'ParentalControl') {
    return new AppError('SERVER_REJECTED_KEY', 'The media server does not let this account in at this time.', { reason: 'not-administrator', httpStatus: 401 });
  }
  return null;
}
