import type { AppError, PlanHeader, PlanRow } from '@usher/contracts';
import type { VerifiedTicket } from '@usher/security';
import type { NamedRow } from './planned-row.js';

/** Leave to carry out one command: the rows it may write, and whether it still may. */
export class Grant {
  private readonly ending = new AbortController();

  constructor(
    readonly verified: VerifiedTicket,
    readonly header: PlanHeader,
    /** In the order of the command. */
    readonly rows: readonly PlanRow[],
    readonly named: readonly NamedRow[],
    private readonly ended: (verified: VerifiedTicket) => AppError | null,
  ) {}

  get planSha256(): string {
    return this.verified.ticket.plan_sha256;
  }

  /** How many rows may be written under the plan. */
  get maxWrites(): number {
    return Math.min(this.verified.maxWrites, this.header.limits.maxWrites);
  }

  /** Aborted as soon as the leave is over: wakes whoever waits. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Asked before every write: why no more may be written, or null. */
  refusal(): AppError | null {
    return this.ended(this.verified);
  }

  /** Something changed that may have ended it. */
  recheck(): void {
    const refusal = this.refusal();
    if (refusal) this.ending.abort(refusal);
  }
}
