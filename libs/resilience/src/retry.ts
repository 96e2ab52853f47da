import { systemClock, type Clock } from './clock.js';

/** Exponential back-off with full jitter: uniform in [0, min(cap, base·2^attempt)]. `attempt` starts at 0. */
export function fullJitter(attempt: number, bounds: { baseMs: number; capMs: number }, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(bounds.capMs, bounds.baseMs * 2 ** Math.min(attempt, 30)));
}

/**
 * Lets retries through only while they stay below a share of all recent calls, so that retries of many
 * callers cannot multiply the load of a server that is already in trouble.
 */
export class RetryBudget {
  private calls: number[] = [];
  private retries: number[] = [];

  constructor(
    private readonly limits: { share: number; windowMs: number; /** Retries that are always allowed. */ minimum?: number },
    private readonly clock: Clock = systemClock,
  ) {}

  /** Counts one first attempt. */
  note(): void {
    this.calls.push(this.clock.monotonicMs());
  }

  /** Takes one retry from the budget; false when it is spent. */
  tryRetry(): boolean {
    const from = this.clock.monotonicMs() - this.limits.windowMs;
    this.calls = this.calls.filter((at) => at > from);
    this.retries = this.retries.filter((at) => at > from);
    const allowed = Math.max(this.limits.minimum ?? 3, Math.floor(this.calls.length * this.limits.share));
    if (this.retries.length >= allowed) return false;
    this.retries.push(this.clock.monotonicMs());
    return true;
  }
}
