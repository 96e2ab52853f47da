import type { AppError } from '@usher/contracts';
import { Coalesce, type Clock } from '@usher/resilience';
import { isStarting, starting, waitOf } from '../http/vendor-errors.js';

/** How long a refused connection counts as part of a start after the last sign of one. */
const EXPECTED_DOWN_MS = 30_000;
const CLOSED = { firstMs: 1_000, capMs: 5_000 };

/**
 * Knows that a server is starting: between the phases of a start, and after it announced a restart, the port is
 * refused for a while, and that is no outage (security design, 3.13).
 */
export class StartUp {
  #expectedUntilMs = Number.NEGATIVE_INFINITY;
  #refusals = 0;
  readonly #waits = new Coalesce<void>();

  constructor(private readonly clock: Clock) {}

  announced(): void {
    this.#expectedUntilMs = this.clock.monotonicMs() + EXPECTED_DOWN_MS;
    this.#refusals = 0;
  }

  /** A refused connection becomes *starting* while a start is expected; everything else stays what it is. */
  read(error: AppError): AppError {
    if (isStarting(error)) {
      this.announced();
      return error;
    }
    const down = error.code === 'SERVER_UNREACHABLE' && (error.details['reason'] === 'refused' || error.details['reason'] === 'timeout');
    if (!down || this.clock.monotonicMs() > this.#expectedUntilMs) return error;
    return starting(Math.min(CLOSED.capMs, CLOSED.firstMs * 2 ** this.#refusals++), 'closed');
  }

  /** Waits as each answer asks until `ask` succeeds; callers at the same time share one wait. @throws AppError when it is no start after all */
  untilReady(error: AppError, signal: AbortSignal, ask: () => Promise<unknown>): Promise<void> {
    return this.#waits.run('ready', async () => {
      let waitMs = waitOf(error) ?? CLOSED.firstMs;
      for (;;) {
        await this.clock.sleep(waitMs, signal);
        try {
          await ask();
          // the window stays open: a server that announced its restart may still answer once before it goes
          this.#refusals = 0;
          return;
        } catch (failure) {
          if (!isStarting(failure)) throw failure;
          waitMs = waitOf(failure) ?? CLOSED.firstMs;
        }
      }
    });
  }
}
