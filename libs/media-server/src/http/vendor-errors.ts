import { AppError, type ErrorDetails, type TlsProblem, type UnreachableReason } from '@usher/contracts';
import { networkFailure } from './tls-problem.js';
import { retryAfterMs } from './retry-after.js';
import { isHtml, type VendorResponse } from './vendor-response.js';

const UNREACHABLE_TEXT: Readonly<Record<UnreachableReason, string>> = {
  dns: 'The name of the media server was not found.',
  refused: 'The media server refused or closed the connection.',
  timeout: 'The media server did not answer in time.',
  tls: 'The secure connection to the media server failed.',
  starting: 'The media server is starting.',
  'not-a-media-server': 'What answers at this address is not a media server.',
};

const TLS_TEXT: Readonly<Record<TlsProblem, string>> = {
  expired: 'The certificate of the media server has expired.',
  'not-yet-valid': 'The certificate of the media server is not valid yet; compare the clocks.',
  'self-signed': 'The certificate of the media server is self-signed.',
  'unknown-authority': 'The certificate of the media server comes from an authority that is not trusted here.',
  'wrong-host': 'The certificate of the media server is for another host name.',
  'not-tls': 'The media server does not speak https at this port; use http or another port.',
  protocol: 'The media server offers no TLS version that can be used.',
  other: 'The secure connection to the media server failed.',
};

export function unreachable(reason: UnreachableReason, details: ErrorDetails = {}, cause?: unknown): AppError {
  return new AppError('SERVER_UNREACHABLE', UNREACHABLE_TEXT[reason], { reason, ...details }, { cause });
}

/** `retryAfterMs`: when the vendor says so, or when its start-up table does (security design, 3.13). */
export function starting(afterMs: number, phase: string): AppError {
  return unreachable('starting', { retryAfterMs: afterMs, phase });
}

export function answerInvalid(message: string, details: ErrorDetails = {}): AppError {
  return new AppError('VENDOR_ANSWER_INVALID', message, details);
}

export function isStarting(error: unknown): boolean {
  return error instanceof AppError && error.code === 'SERVER_UNREACHABLE' && error.details['reason'] === 'starting';
}

/** The milliseconds an error asks to wait, or null. */
export function waitOf(error: unknown): number | null {
  const ms = error instanceof AppError ? error.details['retryAfterMs'] : null;
  return typeof ms === 'number' ? ms : null;
}

/** Turns whatever a socket or HTTP client threw into an `AppError`. An AppError inside (the egress guard's) wins. */
export function connectionError(error: unknown): AppError {
  for (let inner: unknown = error, depth = 0; inner !== null && typeof inner === 'object' && depth < 5; inner = (inner as Error).cause, depth++) {
    if (inner instanceof AppError) return inner;
  }
  const failure = networkFailure(error);
  if (failure?.tlsProblem) {
    return new AppError('SERVER_UNREACHABLE', TLS_TEXT[failure.tlsProblem], { reason: 'tls', tlsProblem: failure.tlsProblem }, { cause: error });
  }
  if (failure) return unreachable(failure.reason, {}, error);
  if ((error as Error | null)?.name === 'AbortError') return unreachable('timeout', { aborted: true }, error);
  return unreachable('refused', {}, error);
}

/**
 * The error that an HTTP answer means, null for a success. Vendors' own rules (start-up phases) come before it.
 * The text of the answer never gets into the message.
 */
export function statusError(response: VendorResponse, nowMs: number): AppError | null {
  const { status } = response;
  if (status >= 200 && status < 300) return null;
  const details = { httpStatus: status };
  if (status >= 300 && status < 400) return redirectError(response);
  if (status === 401) return new AppError('SERVER_REJECTED_KEY', 'The media server does not know this key.', { ...details, reason: 'unknown-key' });
  if (status === 403) {
    return new AppError('SERVER_REJECTED_KEY', "The media server refuses this: the key has no administrator's rights.", { ...details, reason: 'not-administrator' });
  }
  if (status === 404) return new AppError('NOT_FOUND', 'The media server does not have this.', details);
  if (status === 408) return unreachable('timeout', details);
  if (status === 429) {
    const ms = retryAfterMs(response.headers['retry-after'], nowMs) ?? 1_000;
    return new AppError('SERVER_RATE_LIMITED', 'The media server asked for a pause.', { ...details, retryAfterMs: ms });
  }
  if (status === 502) return unreachable('refused', details);
  if (status === 503) {
    const ms = retryAfterMs(response.headers['retry-after'], nowMs);
    return unreachable('starting', { ...details, retryAfterMs: ms ?? 5_000, phase: 'unknown' });
  }
  if (status === 504) return unreachable('timeout', details);
  return answerInvalid(`The media server answered with HTTP status ${status}.`, details);
}

/** Redirects are not followed: a key must not travel to an address that nobody registered. */
function redirectError(response: VendorResponse): AppError {
  const location = response.headers['location'] ?? '';
  const target = URL.canParse(location) ? new URL(location) : null;
  const httpStatus = response.status;
  const points = target && (target.protocol === 'http:' || target.protocol === 'https:') ? `${target.protocol}//${target.host}` : null;
  const message = points
    ? `This address points at ${points}; register that address instead.`
    : 'This address only redirects; register the address that the media server itself uses.';
  return unreachableWith(message, { reason: 'not-a-media-server', httpStatus, ...(points ? { redirectsTo: points } : {}) });
}

function unreachableWith(message: string, details: ErrorDetails): AppError {
  return new AppError('SERVER_UNREACHABLE', message, details);
}

/**
 * Reads a JSON answer.
 * @throws AppError VENDOR_ANSWER_INVALID for HTML, an empty body or anything that is no JSON
 */
export function parseJson(response: VendorResponse): unknown {
  const body = response.body.trim();
  if (body === '') throw answerInvalid('The media server answered with an empty body.', { reason: 'empty' });
  if (isHtml(response)) throw answerInvalid('The media server answered with a web page.', { reason: 'html' });
  try {
    return JSON.parse(body);
  } catch {
    throw answerInvalid('The media server answered something that is no JSON.', { reason: 'not-json' });
  }
}

/** The JSON in a text, or null. */
export function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
