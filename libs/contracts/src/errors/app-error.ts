import { z } from 'zod';
import { ERROR_CODES, isErrorCode, type ErrorCode, type ErrorFamily } from './codes.js';

/** Small facts that refine a code: `reason`, `field`, `serverId`, `retryAfterMs` … Never secrets, never vendor text. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** The only error type that crosses an edge. Everything else becomes `INTERNAL` there. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly family: ErrorFamily;
  readonly retryable: boolean;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.family = ERROR_CODES[code].family;
    this.retryable = ERROR_CODES[code].retryable;
    this.details = details;
  }

  /** What the reader can do next. */
  get next(): string {
    return ERROR_CODES[this.code].next;
  }
}

/** How an AppError travels on the bus. */
export const WireError = z.object({
  code: z.string().max(64),
  message: z.string().max(2000),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])).default({}),
});
export type WireError = z.infer<typeof WireError>;

/** AppError → wire. Anything else becomes `INTERNAL` without its text. */
export function toWireError(error: unknown): WireError {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, details: { ...error.details } as WireError['details'] };
  }
  return { code: 'INTERNAL', message: 'Something went wrong inside Usher.', details: {} };
}

/** Wire → AppError. A code that this version does not know becomes `INTERNAL` and keeps the code in its details. */
export function fromWireError(wire: WireError): AppError {
  if (isErrorCode(wire.code)) return new AppError(wire.code, wire.message, wire.details);
  return new AppError('INTERNAL', wire.message, { ...wire.details, code: wire.code });
}
