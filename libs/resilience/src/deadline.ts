import { systemClock, type Clock } from './clock.js';

/** A point in time after which a call has no one left to answer to. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly at: number;

  private constructor(
    ms: number,
    private readonly clock: Clock,
  ) {
    this.at = clock.monotonicMs() + ms;
    const handle = clock.setTimeout(() => this.controller.abort(new DeadlinePassed(ms)), ms);
    (handle.id as Partial<NodeJS.Timeout>).unref?.();
  }

  static in(ms: number, clock: Clock = systemClock): Deadline {
    return new Deadline(ms, clock);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  remainingMs(): number {
    return Math.max(0, this.at - this.clock.monotonicMs());
  }

  throwIfPassed(): void {
    this.controller.signal.throwIfAborted();
  }
}

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';

  constructor(readonly afterMs: number) {
    super(`no answer within ${afterMs} ms`);
  }
}

/** Runs `work` with a signal that aborts after `ms`; rejects with `onTimeout()` then, also when `work` ignores the signal. */
export async function withTimeout<T>(
  work: (signal: AbortSignal) => Promise<T>,
  ms: number,
  onTimeout: () => Error,
  clock: Clock = systemClock,
): Promise<T> {
  const controller = new AbortController();
  return await new Promise<T>((resolve, reject) => {
    const handle = clock.setTimeout(() => {
      const error = onTimeout();
      controller.abort(error);
      reject(error);
    }, ms);
    work(controller.signal)
      .then(resolve, reject)
      .finally(() => clock.clearTimeout(handle));
  });
}
