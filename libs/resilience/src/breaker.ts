import { AppError } from '@usher/contracts';
import { systemClock, type Clock } from './clock.js';

export interface BreakerLimits {
  /** Opens after this many failures without a success between them … */
  failuresInARow: number;
  /** … or when this share of at least `minimumCalls` calls in `windowMs` failed. */
  share?: number;
  minimumCalls?: number;
  windowMs?: number;
  /** How long it stays open before one probe is let through. */
  openMs: number;
}

/**
 * Spares a server that fails. Open: calls are refused at once with the error of the failure that opened it, or
 * `SERVER_UNREACHABLE`. Half open: one probe decides.
 */
export class Breaker {
  private openUntil: number | null = null;
  private probing = false;
  private inARow = 0;
  private calls: { at: number; failed: boolean }[] = [];
  private lastFailure: AppError | null = null;

  constructor(
    private readonly limits: BreakerLimits,
    private readonly clock: Clock = systemClock,
  ) {}

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.openUntil === null) return 'closed';
    return this.clock.monotonicMs() < this.openUntil ? 'open' : 'half-open';
  }

  /** Runs `work` unless open. `isFailure` says which errors speak against the server; others count as success. */
  async run<T>(work: () => Promise<T>, isFailure: (error: unknown) => boolean): Promise<T> {
    const state = this.state;
    if (state === 'open' || (state === 'half-open' && this.probing)) throw this.refusal();
    const probe = state === 'half-open';
    if (probe) this.probing = true;
    try {
      const result = await work();
      this.succeeded();
      return result;
    } catch (error) {
      if (isFailure(error)) this.failed(error, probe);
      else this.succeeded();
      throw error;
    } finally {
      if (probe) this.probing = false;
    }
  }

  private refusal(): AppError {
    const details = { ...this.lastFailure?.details, breaker: 'open', retryAfterMs: Math.max(0, (this.openUntil ?? 0) - this.clock.monotonicMs()) };
    const message = this.lastFailure?.message ?? 'The server failed repeatedly; it is left alone for a moment.';
    return new AppError(this.lastFailure?.code ?? 'SERVER_UNREACHABLE', message, details);
  }

  private succeeded(): void {
    this.note(false);
    this.inARow = 0;
    this.openUntil = null;
  }

  private failed(error: unknown, probe: boolean): void {
    this.note(true);
    this.inARow++;
    this.lastFailure = error instanceof AppError ? error : null;
    if (probe || this.inARow >= this.limits.failuresInARow || this.shareExceeded()) {
      this.openUntil = this.clock.monotonicMs() + this.limits.openMs;
      this.calls = [];
    }
  }

  private note(failed: boolean): void {
    const now = this.clock.monotonicMs();
    const from = now - (this.limits.windowMs ?? 30_000);
    this.calls = this.calls.filter((call) => call.at > from);
    this.calls.push({ at: now, failed });
  }

  private shareExceeded(): boolean {
    if (this.limits.share === undefined || this.calls.length < (this.limits.minimumCalls ?? 20)) return false;
    return this.calls.filter((call) => call.failed).length / this.calls.length >= this.limits.share;
  }
}
