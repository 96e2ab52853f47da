import type { AppError, VendorStatus } from '@usher/contracts';
import type { Clock } from '@usher/resilience';

/** Keeps what the calls to a server say about it, and reports each change once. */
export class VendorStatusTracker {
  #current: VendorStatus;

  constructor(
    private readonly clock: Clock,
    private readonly onStatus: ((status: VendorStatus) => void) | undefined,
  ) {
    this.#current = { status: 'unknown', reason: null, code: null, since: this.#now(), latencyMs: null };
  }

  get current(): VendorStatus {
    return this.#current;
  }

  /** An answer came, and it was usable. */
  answered(latencyMs: number): void {
    this.#set({ status: 'online', reason: null, code: null }, Math.round(latencyMs));
  }

  /** Errors that say nothing about the server (an unknown id, a full queue) leave the status as it is. */
  failed(error: AppError, latencyMs: number): void {
    const code = error.code;
    if (code === 'NOT_FOUND') this.answered(latencyMs);
    else if (code === 'SERVER_REJECTED_KEY') this.#set({ status: 'rejected-key', reason: null, code }, null);
    else if (code === 'SERVER_RATE_LIMITED' || code === 'VENDOR_ANSWER_INVALID') this.#set({ status: 'degraded', reason: null, code }, null);
    else if (code === 'SERVER_UNREACHABLE') {
      const reason = (error.details['reason'] ?? 'refused') as VendorStatus['reason'];
      this.#set({ status: reason === 'starting' ? 'starting' : 'unreachable', reason, code }, null);
    } else if (code === 'EGRESS_BLOCKED') this.#set({ status: 'unreachable', reason: 'dns', code }, null);
  }

  #set(next: Pick<VendorStatus, 'status' | 'reason' | 'code'>, latencyMs: number | null): void {
    const before = this.#current;
    const changed = before.status !== next.status || before.reason !== next.reason || before.code !== next.code;
    this.#current = { ...next, since: changed ? this.#now() : before.since, latencyMs };
    if (changed) this.onStatus?.(this.#current);
  }

  #now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
