import { Injectable } from '@nestjs/common';
import { AppError, type PlanState } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import { ApprovalsService } from '../approvals/approvals.service.js';
import { FrozenPlansService, type FrozenPlan } from '../plans/frozen-plans.service.js';
import { PlanStaleness } from '../plans/plan-staleness.service.js';
import { RunsRepository } from './runs.repository.js';

/** Whether a plan may be carried out now: approved by enough people, still true of its servers, alone with its accounts. */
@Injectable()
export class RunGate {
  constructor(
    private readonly pool: Pool,
    private readonly runs: RunsRepository,
    private readonly plans: FrozenPlansService,
    private readonly approvals: ApprovalsService,
    private readonly staleness: PlanStaleness,
  ) {}

  /** @throws AppError `NOT_FOUND`, `PLAN_BLOCKED`, `PLAN_STALE`, `APPROVAL_MISSING`, `APPROVAL_EXPIRED`, `TICKET_REVOKED` */
  async approved(planId: string): Promise<FrozenPlan> {
    const { rows } = await this.pool.query<{ state: PlanState; message: string | null }>('SELECT state, message FROM migration_plan WHERE id = $1', [planId]);
    const state = rows[0]?.state;
    if (state === undefined || state === 'void') throw new AppError('NOT_FOUND', 'There is no such plan.', { planId });
    if (state === 'stale') throw new AppError('PLAN_STALE', rows[0]!.message ?? 'The servers have changed since the plan was made.', { planId });
    const plan = await this.plans.find(planId);
    if (!plan) throw new AppError('PLAN_BLOCKED', 'This plan is not frozen.', { planId, state });
    await this.approvals.live(plan);
    // An undo compares every row with what its run wrote; the source has no part in it.
    if (plan.header.kind === 'users') await this.staleness.refuseStale(plan.header);
    return plan;
  }

  /** Holds the target until the end of `tx`. @throws AppError `RUN_CONFLICT` when another run has one of the accounts in hand */
  async alone(tx: PoolClient, { planId, header }: FrozenPlan, ownRunId?: string): Promise<void> {
    const accounts = new Set(header.users.map(({ target }) => target.vendorId ?? target.name));
    for (const other of await this.runs.onServer(tx, header.target.serverId)) {
      if (other.runId === ownRunId || other.planId === planId) continue;
      const shared = other.header.users.find(({ target }) => accounts.has(target.vendorId ?? target.name));
      if (shared) throw new AppError('RUN_CONFLICT', `Another run has the account ${shared.target.name} in hand.`, { runId: other.runId, user: shared.target.name });
    }
  }

  async kindOf(planId: string): Promise<'users' | 'rollback'> {
    const { rows } = await this.pool.query<{ kind: 'users' | 'rollback' }>('SELECT kind FROM migration_plan WHERE id = $1', [planId]);
    return rows[0]?.kind ?? 'users';
  }
}
