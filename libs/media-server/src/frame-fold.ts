import type { Clock, TimerHandle } from '@usher/resilience';

/**
 * Thins a burst: the first value goes through at once, then at most one per `spacingMs`, always the newest. Values in
 * between are dropped unread, so a frame that nobody needs is never parsed.
 */
export class FrameFold<T> {
  #waiting: { value: T } | null = null;
  #timer: TimerHandle | null = null;

  constructor(
    private readonly clock: Clock,
    /** Asked after each value that goes through. */
    private readonly spacingMs: () => number,
    private readonly deliver: (value: T) => void,
    private readonly onDropped: () => void = () => undefined,
  ) {}

  push(value: T): void {
    if (this.#timer) {
      if (this.#waiting) this.onDropped();
      this.#waiting = { value };
      return;
    }
    this.#arm();
    this.deliver(value);
  }

  clear(): void {
    if (this.#timer) this.clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = null;
  }

  #arm(): void {
    this.#timer = this.clock.setTimeout(() => {
      this.#timer = null;
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting) this.push(waiting.value);
    }, this.spacingMs());
  }
}
