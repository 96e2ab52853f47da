import type { Clock } from '@usher/resilience';

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** Calls of the last 60 minutes, in buckets of one minute. */
export class CallCounter {
  private readonly buckets = new Map<number, number>();

  constructor(private readonly clock: Clock) {}

  note(): void {
    const minute = this.minute();
    this.buckets.set(minute, (this.buckets.get(minute) ?? 0) + 1);
    for (const key of this.buckets.keys()) if (key <= minute - MINUTES) this.buckets.delete(key);
  }

  lastHour(): number {
    const from = this.minute() - MINUTES;
    return [...this.buckets].reduce((sum, [minute, count]) => (minute > from ? sum + count : sum), 0);
  }

  private minute(): number {
    return Math.floor(this.clock.monotonicMs() / MINUTE_MS);
  }
}
