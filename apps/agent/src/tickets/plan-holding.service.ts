import type { holdPlan, revokeTickets } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import type { AgentKeys } from '@usher/security';
import type { z } from 'zod';
import type { HeldPlans } from './held-plans.js';
import type { Revocations } from './revocations.js';
import type { TicketGuard } from './ticket.guard.js';

export interface PlanHoldingOptions {
  readonly serverId: string;
  readonly keys: Pick<AgentKeys, 'openPlanPiece'>;
  readonly plans: HeldPlans;
  readonly revocations: Revocations;
  readonly guard: Pick<TicketGuard, 'recheck'>;
  /** Epoch ms by the controller's clock. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Takes approved plans into keeping, and what people take back. */
export class PlanHolding {
  constructor(private readonly options: PlanHoldingOptions) {}

  /** @throws AppError `MESSAGE_INVALID` for a piece that is not sealed to this agent or not of that plan, `NOT_FOUND` for a chunk before its header */
  async hold({ planSha256, chunk, sealed }: z.infer<typeof holdPlan.request>): Promise<void> {
    const { keys, plans, serverId } = this.options;
    await plans.hold(planSha256, chunk, await keys.openPlanPiece(sealed), serverId);
  }

  release(planSha256: string): Promise<void> {
    return this.options.plans.release(planSha256);
  }

  /** From this call on nothing more is written under it, not even by a batch that is under way. */
  async revoke(revoked: z.infer<typeof revokeTickets.request>): Promise<void> {
    const { revocations, guard, now, logger } = this.options;
    const kept = revocations.add({ ...revoked, at: now() });
    guard.recheck();
    await kept;
    logger.info('ticket.revoked', 'The leave to write under a plan was taken back.', { planSha256: revoked.planSha256, runId: revoked.runId });
  }
}
