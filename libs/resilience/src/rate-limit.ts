import { systemClock, type Clock } from './clock.js';

/** A bucket that fills at `ratePerS` up to `burst`; it can be paused for a while, as Retry-After asks. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;
  private pausedUntil = 0;

  constructor(
    private readonly limits: { ratePerS: number; burst: number },
    private readonly clock: Clock = systemClock,
  ) {
    this.tokens = limits.burst;
    this.filledAt = clock.monotonicMs();
  }

  /** Takes `n` tokens, or none and false. */
  take(n = 1): boolean {
    this.fill();
    if (this.clock.monotonicMs() < this.pausedUntil || this.tokens < n) return false;
    this.tokens -= n;
    return true;
  }

  /** How long until `n` tokens can be taken; 0 when they can be taken now. */
  retryAfterMs(n = 1): number {
    this.fill();
    const pauseMs = Math.max(0, this.pausedUntil - this.clock.monotonicMs());
    const fillMs = this.tokens >= n ? 0 : Math.ceil(((n - this.tokens) / this.limits.ratePerS) * 1000);
    return Math.max(pauseMs, fillMs);
  }

  /** Gives nothing out for `ms`; a longer pause that already runs stays. */
  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.clock.monotonicMs() + ms);
  }

  private fill(): void {
    const now = this.clock.monotonicMs();
    this.tokens = Math.min(this.limits.burst, this.tokens + ((now - this.filledAt) / 1000) * this.limits.ratePerS);
    this.filledAt = now;
  }
}
