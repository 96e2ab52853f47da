/** A start-up failure for people: what failed, why, what to do next. Never holds a secret. */
export class Failure extends Error {
  /** @param {{ id: string, error: string, why?: string | string[], next?: string | string[], exitCode?: number }} parts */
  constructor({ id, error, why = [], next = [], exitCode = 1 }) {
    super(error);
    this.name = 'Failure';
    this.id = id;
    this.why = [why].flat();
    this.next = [next].flat();
    this.exitCode = exitCode;
  }

  /** The lines for standard error: `error:`, `why`, `next`. */
  toString() {
    const part = (label, lines) => lines.map((line, at) => `  ${(at === 0 ? label : '').padEnd(5)} ${line}`);
    return [`error: ${this.message}`, ...part('why', this.why), ...part('next', this.next)].join('\n');
  }
}

/** F14, or the error itself when it is not about writing. */
export function asWriteFailure(error, path) {
  const reason = { EACCES: 'no write access to', EPERM: 'no write access to', EROFS: 'no write access to', ENOSPC: 'no space left on' }[error.code];
  if (!reason) return error;
  return new Failure({ id: 'F14', error: `${reason} ${error.path ?? path}`, why: error.code, next: 'choose another place with --data DIR' });
}
