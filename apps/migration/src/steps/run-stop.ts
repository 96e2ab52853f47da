import { AppError, ERROR_CODES, type ErrorCode } from '@usher/contracts';

/** A person wants the run to stand or to end. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';

  constructor(readonly asked: 'pause' | 'abort') {
    super(`the run was asked to ${asked}`);
  }
}

/** Somebody is away or busy: a run that stands for it goes on by itself. Wrong answers are looked at by a person first. */
export const PASSING_CODES: readonly ErrorCode[] = ['AGENT_OFFLINE', 'AGENT_TIMEOUT', 'SERVER_UNREACHABLE', 'SERVER_RATE_LIMITED', 'SERVER_BUSY', 'TIMED_OUT'];

/** What an error makes of a run. Null: it says nothing of the run (a broken database, a process that ends), so another process goes on. */
export function standstillOf(error: unknown): { readonly event: 'pause' | 'fail'; readonly code: string; readonly message: string } | null {
  if (error instanceof AppError) {
    const event = error.code === 'OP_KEY_MISMATCH' ? 'fail' : 'pause';
    return { event, code: error.code, message: `${error.message} ${error.next}`.slice(0, 1000) };
  }
  if (isDatabaseFailure(error)) return null;
  return { event: 'pause', code: 'INTERNAL', message: `Something went wrong inside Usher. ${ERROR_CODES.INTERNAL.next}` };
}

/** The database is away, restarts or has no room: its own classes of codes, and those of the connection. */
function isDatabaseFailure(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && /^(08|25P03|53|57P|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code)) return true;
  return typeof message === 'string' && /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(message);
}
