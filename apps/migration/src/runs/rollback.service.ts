import { Inject, Injectable } from '@nestjs/common';
import { AppError, type PlanHeader, type PlanRow, type PlanView } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool, type PoolClient } from 'pg';
import { CLOCK } from '../infrastructure.js';
import { FrozenPlansService, type FrozenPlan } from '../plans/frozen-plans.service.js';
import { PlanFreezing } from '../plans/plan-freezing.service.js';
import { PlanViews } from '../plans/plan-views.service.js';
import { undoOf, type WrittenRow } from './rollback-rows.js';
import { ROLLBACK_MS } from './run-view.js';
import { RunsRepository, type RunRow } from './runs.repository.js';

interface Wish {
  readonly runId: string;
  readonly planId: string;
  readonly operatorId: string;
  readonly operatorName: string;
}

const AT_ONCE = 1_000;
/** Above every row number. */
const NEWEST = 2_147_483_647;

/** Makes the plan that takes a run back: its rows the other way round, the newest first, frozen at once. */
@Injectable()
export class RollbackService {
  constructor(
    private readonly pool: Pool,
    private readonly runs: RunsRepository,
    private readonly plans: FrozenPlansService,
    private readonly freezing: PlanFreezing,
    private readonly views: PlanViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers the plan that exists. @throws AppError `NOT_FOUND`, `RUN_CONFLICT`, `ROLLBACK_WINDOW_CLOSED`, `VALIDATION_FAILED` */
  async create(wish: Wish): Promise<PlanView> {
    const run = await this.runs.find(wish.runId);
    const plan = run && (await this.plans.find(run.planId));
    if (!run || !plan) throw new AppError('NOT_FOUND', 'There is no such run.', { runId: wish.runId });
    this.mustBePossible(run, plan);
    const planId = (await this.runs.rollbackOf(wish.runId)) ?? (await this.insert(wish, run, plan));
    // One that was begun by a process which ended is finished here.
    await this.freeze(planId, plan);
    return this.views.view(planId);
  }

  private mustBePossible(run: RunRow, { header }: FrozenPlan): void {
    if (header.kind === 'rollback') throw new AppError('VALIDATION_FAILED', 'An undo is not taken back; make a new plan.', { field: 'runId' });
    if (!['done', 'aborted', 'failed', 'awaiting-decision'].includes(run.state)) throw new AppError('RUN_CONFLICT', 'Only a run that has ended can be taken back; abort it first.', { runId: run.id, state: run.state });
    if (run.endedAt !== null && run.endedAt.getTime() + ROLLBACK_MS < this.clock.now()) throw new AppError('ROLLBACK_WINDOW_CLOSED', 'The values of before are kept for 30 days.', { runId: run.id });
  }

  /** Plan and rows in one transaction, so that there is never half of them. Another call for the same run waits and finds it. */
  private async insert({ runId, planId, operatorId, operatorName }: Wish, run: RunRow, { header }: FrozenPlan): Promise<string> {
    return transaction(this.pool, async (tx) => {
      await tx.query('SELECT 1 FROM migration_run WHERE id = $1 FOR UPDATE', [runId]);
      const other = await this.runs.rollbackOf(runId, tx);
      if (other) return other;
      await tx.query(
        `INSERT INTO migration_plan (id, kind, of_run_id, source_server_id, target_server_id, request, initiator_id, initiator_name)
         SELECT $1, 'rollback', $2, source_server_id, target_server_id, request, $3, $4 FROM migration_plan WHERE id = $5`,
        [planId, runId, operatorId, operatorName, run.planId],
      );
      const writes = await this.insertRows(tx, planId, run.planId);
      const users = await this.usersOf(tx, run.planId, header);
      const checked = { source: header.source, target: header.target, users, findings: [], libraries: [], paths: [], counts: { rows: writes, writes, skips: {}, tiers: {}, verdicts: { exact: writes, lossy: 0, impossible: 0 }, decisions: 0 }, estimate: null };
      await tx.query('UPDATE migration_plan SET checked = $2, checked_at = now() WHERE id = $1', [planId, JSON.stringify(checked)]);
      return planId;
    });
  }

  private async insertRows(tx: PoolClient, planId: string, ofPlanId: string): Promise<number> {
    let next = 0;
    for (let before = NEWEST; ; ) {
      const { rows } = await tx.query<WrittenRow & { n: number }>(
        `SELECT n, u, row, state, before, sent, now FROM migration_row WHERE plan_id = $1 AND n < $2 AND (state IN ('done', 'verified', 'intent') OR (state = 'failed' AND before IS NOT NULL)) ORDER BY n DESC LIMIT ${AT_ONCE}`,
        [ofPlanId, before],
      );
      const undone = rows.flatMap((row) => undoOf(row) ?? []).map((row): PlanRow => ({ ...row, n: next++ }) as PlanRow);
      await insertRows(tx, planId, undone);
      if (rows.length < AT_ONCE) return next;
      before = rows.at(-1)!.n;
    }
  }

  /** Accounts that the run made have their ids by now. */
  private async usersOf(tx: PoolClient, planId: string, { users }: PlanHeader): Promise<PlanHeader['users']> {
    const { rows } = await tx.query<{ u: number; id: string }>(`SELECT u, now->>'userVendorId' AS id FROM migration_row WHERE plan_id = $1 AND op = 'user.ensure' AND now->>'userVendorId' IS NOT NULL`, [planId]);
    const ids = new Map(rows.map(({ u, id }) => [u, id]));
    return users.map((user, u) => ({ ...user, verdicts: [], target: { ...user.target, vendorId: user.target.vendorId ?? ids.get(u) ?? null } }));
  }

  private async freeze(planId: string, { header }: FrozenPlan): Promise<void> {
    const { rows } = await this.pool.query<{ state: string; version: number; ofRun: string; initiator: string; at: Date; users: PlanHeader['users'] }>(
      `SELECT state, version, of_run_id AS "ofRun", initiator_id AS initiator, created_at AS at, checked->'users' AS users FROM migration_plan WHERE id = $1`,
      [planId],
    );
    const { state, version, ofRun, initiator, at, users } = rows[0]!;
    if (state !== 'draft') return;
    const { source, target, libraries, paths, fields, options } = header;
    await this.freezing.freeze({ planId, version, kind: 'rollback', ofRun, madeAt: at.toISOString(), initiator, source, target, users, libraries, paths, fields, options }, 'draft');
  }
}

async function insertRows(tx: PoolClient, planId: string, rows: readonly PlanRow[]): Promise<void> {
  if (rows.length === 0) return;
  const drafts = rows.map((row) => ({ n: row.n, op: row.op, u: row.u, item: 'item' in row ? row.item : null, title: 'title' in row ? row.title : 'name' in row ? row.name : null, row }));
  await tx.query(
    `INSERT INTO migration_row (plan_id, n, op, u, item, title, tab, row) SELECT $1, r.n, r.op, r.u, r.item, r.title, 'change', r.row FROM jsonb_to_recordset($2::jsonb) AS r(n int, op text, u int, item text, title text, row jsonb)`,
    [planId, JSON.stringify(drafts)],
  );
}
