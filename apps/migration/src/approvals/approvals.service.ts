import { Inject, Injectable } from '@nestjs/common';
import { FleetDirectory } from '@usher/bus';
import { AppError, type PlanState } from '@usher/contracts';
import { appendAudit, transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { verifyApproval, type VerifiedApproval } from '@usher/security';
import { Pool, type PoolClient } from 'pg';
import { CLOCK } from '../infrastructure.js';
import { FrozenPlansService, type FrozenPlan } from '../plans/frozen-plans.service.js';
import { PlanProgressPublisher } from '../plans/plan-progress.publisher.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { liveApprovals, type LiveApprovals } from './live-approvals.js';
import { RevocationTeller } from './revocation-teller.js';

/** Who approved what. The controller signs; here it is checked, kept, and counted. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly repository: ApprovalsRepository,
    private readonly pool: Pool,
    private readonly plans: FrozenPlansService,
    private readonly directory: FleetDirectory,
    private readonly revocations: RevocationTeller,
    private readonly progress: PlanProgressPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Keeps one person's approval; with enough of them the plan is approved.
   * @throws AppError `PLAN_STALE` for another hash or a plan that is not frozen, `FORBIDDEN`, `TICKET_INVALID`, `APPROVAL_EXPIRED`
   */
  async store(planId: string, jws: string): Promise<void> {
    const approval = await verifyApproval(jws, this.directory.keys, { now: this.clock.now() });
    const state = await transaction(this.pool, async (tx) => {
      const state = await stateOf(tx, planId);
      const plan = await this.plans.find(planId, tx);
      if (!plan || (state !== 'frozen' && state !== 'approved')) throw new AppError('PLAN_STALE', 'This plan is not frozen any more.', { state });
      checkMeaning(approval, plan);
      await this.repository.insert(tx, planId, plan.planSha256, {
        sha256: approval.sha256,
        jws,
        operatorId: approval.approver,
        operatorName: approval.approverName,
        notBefore: new Date(approval.nbf * 1000),
        expiresAt: new Date(approval.exp * 1000),
        maxWrites: approval.maxWrites,
      });
      return this.settleState(tx, plan);
    });
    this.progress.tell({ id: planId }, state, null);
  }

  /** Takes approvals back: the agent hears of it at once, or as soon as it is there. */
  async revoke(planId: string, approverId: string | null, by: { operatorId: string; operatorName: string }): Promise<void> {
    const { serverId, state } = await transaction(this.pool, async (tx) => {
      await stateOf(tx, planId);
      const plan = await this.plans.find(planId, tx);
      if (!plan) throw new AppError('NOT_FOUND', 'This plan has no approvals.', { planId });
      const count = await this.repository.revoke(tx, planId, approverId, by.operatorName);
      const now = await this.settleState(tx, plan);
      const { source, target } = plan.header;
      await appendAudit(tx, { actor: by.operatorName, actorId: by.operatorId, action: 'tickets.revoked', serverId: target.serverId, payload: { planId, peerServerId: source.serverId, approvals: count } });
      return { serverId: target.serverId, state: now };
    });
    this.progress.tell({ id: planId }, state, null);
    await this.revocations.tell(serverId);
  }

  /** What may be written under now. @throws AppError `APPROVAL_EXPIRED`, `TICKET_REVOKED`, `APPROVAL_MISSING` */
  async live({ planId, planSha256, header }: FrozenPlan): Promise<LiveApprovals> {
    return liveApprovals(await this.repository.ofPlan(planId, planSha256), header.options.approvalsRequired, this.clock.now());
  }

  /** Who approved, for the report. */
  async all({ planId, planSha256 }: FrozenPlan) {
    return this.repository.ofPlan(planId, planSha256);
  }

  /** `approved` while enough people say so; else frozen again. Without live ones of the right number nothing is started. */
  private async settleState(tx: PoolClient, plan: FrozenPlan): Promise<'approved' | 'frozen'> {
    const approvals = await this.repository.ofPlan(plan.planId, plan.planSha256, tx);
    const standing = approvals.filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt.getTime() > this.clock.now());
    const isApproved = new Set(standing.map(({ operatorId }) => operatorId)).size >= plan.header.options.approvalsRequired;
    const state = isApproved ? 'approved' : 'frozen';
    await tx.query(`UPDATE migration_plan SET state = $2, updated_at = now() WHERE id = $1 AND state IN ('frozen', 'approved')`, [plan.planId, state]);
    return state;
  }
}

/** Holds the plan until the end of `tx`. */
async function stateOf(tx: PoolClient, planId: string): Promise<PlanState> {
  const { rows } = await tx.query<{ state: PlanState }>('SELECT state FROM migration_plan WHERE id = $1 FOR UPDATE', [planId]);
  if (!rows[0]) throw new AppError('NOT_FOUND', 'There is no such plan.', { planId });
  return rows[0].state;
}

/** The approval is of exactly these bytes, and by somebody who may give it. */
function checkMeaning(approval: VerifiedApproval, { planId, planSha256, header }: FrozenPlan): void {
  if (approval.planId !== planId || approval.planSha256 !== planSha256) throw new AppError('PLAN_STALE', 'The approval is of another version of the plan.', { planId });
  const isMeant = approval.server === header.target.serverId && approval.peer === header.source.serverId && approval.initiator === header.initiator && approval.required === header.options.approvalsRequired;
  if (!isMeant) throw new AppError('TICKET_INVALID', 'The approval says something else than the plan.', { reason: 'approval' });
  if (approval.required === 2 && approval.approver === header.initiator) throw new AppError('FORBIDDEN', 'Where two people approve, whoever made the plan is not one of them.', { reason: 'initiator' });
}
