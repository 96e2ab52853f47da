import { ERROR_CODES, isErrorCode, type ErrorFamily } from '@usher/contracts';

export interface CliErrorDetails {
  readonly what?: string;
  /** A line each. */
  readonly why?: readonly string[];
  readonly next?: string;
  readonly correlationId?: string;
  readonly serverId?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
  readonly exitCode?: number;
}

/** Everything that ends a command. `code` is one of the public codes, or `USAGE`, `UNREACHABLE`, `CANCELED`. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: string,
    message: string,
    readonly details: CliErrorDetails = {},
  ) {
    super(message);
  }

  get family(): ErrorFamily | 'usage' | 'connection' {
    if (isErrorCode(this.code)) return ERROR_CODES[this.code].family;
    return this.code === 'USAGE' || this.code === 'CANCELED' ? 'usage' : this.code === 'UNREACHABLE' ? 'connection' : 'bug';
  }

  get next(): string | undefined {
    return this.details.next ?? (isErrorCode(this.code) ? ERROR_CODES[this.code].next : undefined);
  }

  get exitCode(): number {
    return this.details.exitCode ?? exitCodeOf(this.code);
  }
}

const OWN_EXIT_CODES: Record<string, number> = {
  USAGE: 2,
  NOT_FOUND: 5,
  SERVER_ALREADY_REGISTERED: 6,
  SERVER_READ_ONLY: 6,
  IDEMPOTENCY_CONFLICT: 6,
  PLAN_STALE: 6,
  RUN_CONFLICT: 6,
  IDENTITY_CONFLICT: 6,
  ROLLBACK_WINDOW_CLOSED: 6,
  APPROVAL_EXPIRED: 6,
  TICKET_EXPIRED: 6,
  TICKET_REUSED: 6,
  TICKET_REVOKED: 6,
  TICKET_INVALID: 6,
  UNREACHABLE: 9,
  CANCELED: 10,
};
const FAMILY_EXIT_CODES: Record<ErrorFamily, number> = { input: 3, access: 4, vendor: 7, fleet: 7, bug: 70 };

/** 0 done · 1 negative answer · 2 usage · 3 input · 4 access · 5 not found · 6 conflict · 7 server or fleet · 8 part done · 9 no control plane · 10 canceled · 70 our fault */
export function exitCodeOf(code: string): number {
  return OWN_EXIT_CODES[code] ?? (isErrorCode(code) ? FAMILY_EXIT_CODES[ERROR_CODES[code].family] : 70);
}

/** As people read it: error, what, why, next, reference. */
export function formatError(error: CliError): string {
  const { file, line, column, what, why, correlationId, path } = error.details;
  // A file that could not be read at all is named by the sentence.
  const place = file && (line || !error.message.startsWith(file)) ? `${file}${line ? `:${line}${column ? `:${column}` : ''}` : ''}  ` : '';
  const lines = [`error: ${place}${error.message}${error.code === 'USAGE' ? '' : `  ${error.code}`}`];
  const named = what ?? (path && !error.message.includes(path) ? path : undefined);
  if (named) lines.push(`  what   ${named}`);
  if (why) lines.push(`  why    ${why.join('\n         ')}`);
  if (error.next) lines.push(`  next   ${error.next}`);
  if (correlationId) lines.push(`  ref    correlation …${correlationId.slice(-8)}`);
  return lines.join('\n');
}

/** As programs read it: one line of JSON. */
export function errorAsJson(error: CliError): string {
  const { correlationId, serverId, file, line, column, path, why } = error.details;
  const retryable = isErrorCode(error.code) && ERROR_CODES[error.code].retryable;
  return JSON.stringify({
    error: { code: error.code, family: error.family, message: error.message, why, hint: error.next, file, line, column, path, retryable, correlationId, serverId },
  });
}
