import { AppError, type ErrorCode } from '@usher/contracts';

/** After one of these the next row would fare no better: the batch ends, and whoever sent it decides when to go on. */
const ENDS_THE_BATCH: ReadonlySet<ErrorCode> = new Set([
  'SERVER_REJECTED_KEY',
  'USER_TOKEN_MISSING',
  'SERVER_RATE_LIMITED',
  'SERVER_UNREACHABLE',
  'SERVER_BUSY',
  'CAPABILITY_MISSING',
  'EGRESS_BLOCKED',
]);
/** Nothing left this machine: the connection was never made. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export function endsTheBatch(error: AppError): boolean {
  return ENDS_THE_BATCH.has(error.code);
}

/** True when the write may have arrived all the same: only reading tells. */
export function isUncertain(error: AppError): boolean {
  if (error.code === 'VENDOR_ANSWER_INVALID') return true;
  if (error.code !== 'SERVER_UNREACHABLE') return false;
  if (['dns', 'tls', 'starting'].includes(String(error.details['reason']))) return false;
  for (let cause = error.cause; cause !== null && typeof cause === 'object'; cause = (cause as Error).cause) {
    if (NEVER_LEFT.has(String((cause as { code?: unknown }).code))) return false;
  }
  return true;
}

/** Anything else than an AppError is a fault of ours: it is told as one, and its row is found out by reading. */
export function asAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL', 'Something went wrong inside Usher.', {}, { cause: error });
}

export function retryAfterOf(error: AppError): number | null {
  const ms = error.details['retryAfterMs'];
  return typeof ms === 'number' ? Math.max(0, Math.round(ms)) : null;
}
