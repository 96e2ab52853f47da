import { Inject, Injectable } from '@nestjs/common';
import type { Clock, TimerHandle } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';

/** Nobody waits longer for room. */
const LIMIT_MS = 5_000;
/** Above it the queue is standing: who came last is served first, because who came first has left. */
const TARGET_MS = 2_000;
const LOOK_MS = 500;
const PER_MACHINE = 2;

interface Waiter {
  readonly sinceMs: number;
  readonly retry: () => boolean;
  readonly end: (waitedMs: number) => void;
  readonly timer: TimerHandle;
}

/** A short queue before a refusal: a transcode may end, or a report may show that there is room. */
@Injectable()
export class StartQueue {
  private readonly waiters: Waiter[] = [];
  private timer: TimerHandle | null = null;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  get waiting(): number {
    return this.waiters.length;
  }

  /**
   * Calls `retry` until it is true, at most 5 s. Resolves with the time waited, at once when too many wait already.
   * @param machines how many could serve it: two may wait for each
   */
  wait(machines: number, retry: () => boolean): Promise<number> {
    if (this.waiters.length >= machines * PER_MACHINE) return Promise.resolve(0);
    const sinceMs = this.clock.monotonicMs();
    return new Promise((resolve) => {
      const waiter: Waiter = { sinceMs, retry, end: resolve, timer: this.clock.setTimeout(() => this.leave(waiter), LIMIT_MS) };
      this.waiters.push(waiter);
      this.timer ??= this.clock.setTimeout(() => this.look(), LOOK_MS);
    });
  }

  /** There may be room: asked in turn, until one finds none. */
  wake(): void {
    while (this.waiters.length > 0) {
      const oldest = this.waiters[0]!;
      const next = this.clock.monotonicMs() - oldest.sinceMs > TARGET_MS ? this.waiters.at(-1)! : oldest;
      if (!next.retry()) return;
      this.leave(next);
    }
  }

  private look(): void {
    this.timer = null;
    this.wake();
    if (this.waiters.length > 0) this.timer = this.clock.setTimeout(() => this.look(), LOOK_MS);
  }

  private leave(waiter: Waiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at < 0) return;
    this.waiters.splice(at, 1);
    this.clock.clearTimeout(waiter.timer);
    waiter.end(this.clock.monotonicMs() - waiter.sinceMs);
  }
}
