import type { Clock, TimerHandle } from '@usher/resilience';

/** Real time, except that whoever sleeps wakes at once, and then it is that much later. */
export class HurriedClock implements Clock {
  sleptMs = 0;
  /** Every sleep, in order. */
  readonly sleeps: number[] = [];

  now(): number {
    return Date.now() + this.sleptMs;
  }

  monotonicMs(): number {
    return performance.now() + this.sleptMs;
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    return { id: setTimeout(fn, ms).unref() };
  }

  clearTimeout(handle: TimerHandle): void {
    clearTimeout(handle.id as NodeJS.Timeout);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.sleptMs += ms;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}
