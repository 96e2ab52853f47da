import { Injectable } from '@nestjs/common';
import type { PlanRequest, PlanState } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool, type PoolClient } from 'pg';
import type { Checked, PlanRecord } from './plan-record.js';
import { BEHIND } from './plan-rows.repository.js';

/** A check that gave no sign for so long has ended with its process; another one takes it up. */
const ALIVE_S = 60;

const PLAN = `p.id, p.version, p.kind, p.of_run_id AS "ofRunId", p.state, p.source_server_id AS "sourceServerId", p.target_server_id AS "targetServerId", p.request, p.checked,
  p.plan_sha256 AS "planSha256", p.initiator_id AS "initiatorId", p.initiator_name AS "initiatorName", p.code, p.message, p.created_at AS "createdAt", p.checked_at AS "checkedAt",
  p.frozen_at AS "frozenAt", (SELECT r.id FROM migration_run r WHERE r.plan_id = p.id) AS "runId"`;

/** A version that is to be changed, and the states from which it may be. */
export interface Change {
  readonly planId: string;
  readonly version: number;
}

/** SQL of plans. A check writes only while it is the holder of the version that it checks. */
@Injectable()
export class PlansRepository {
  constructor(private readonly pool: Pool) {}

  /** False when there is a plan of this id. */
  async insert(plan: { planId: string; request: PlanRequest; operatorId: string; operatorName: string }): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `INSERT INTO migration_plan (id, source_server_id, target_server_id, request, initiator_id, initiator_name) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
      [plan.planId, plan.request.sourceServerId, plan.request.targetServerId, JSON.stringify(plan.request), plan.operatorId, plan.operatorName],
    );
    return rowCount === 1;
  }

  async find(planId: string, db: Pool | PoolClient = this.pool): Promise<PlanRecord | null> {
    const { rows } = await db.query<PlanRecord>(`SELECT ${PLAN} FROM migration_plan p WHERE p.id = $1`, [planId]);
    return rows[0] ?? null;
  }

  /** Newest first; ids rise with time. */
  async list(after: string | null, limit: number): Promise<PlanRecord[]> {
    const { rows } = await this.pool.query<PlanRecord>(
      `SELECT ${PLAN} FROM migration_plan p
        WHERE $1::uuid IS NULL OR (p.created_at, p.id) < (SELECT created_at, id FROM migration_plan WHERE id = $1)
        ORDER BY p.created_at DESC, p.id DESC LIMIT $2`,
      [after, limit],
    );
    return rows;
  }

  /** A new version with another request: nothing of the old one is left. Null when `version` is not the newest, or a run has begun. */
  async replaceRequest({ planId, version }: Change, request: PlanRequest): Promise<PlanRecord | null> {
    return await transaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query(
        `UPDATE migration_plan p SET version = version + 1, request = $3, source_server_id = $4, target_server_id = $5, checked = NULL, checked_at = NULL, ${UNFROZEN}, state = 'draft'
          WHERE id = $1 AND version = $2 AND state <> 'void' AND ${NOT_RUN}`,
        [planId, version, JSON.stringify(request), request.sourceServerId, request.targetServerId],
      );
      if (rowCount === 0) return null;
      await voidApprovals(tx, planId);
      await tx.query('DELETE FROM migration_row WHERE plan_id = $1', [planId]);
      await tx.query('DELETE FROM migration_chunk WHERE plan_id = $1', [planId]);
      return await this.find(planId, tx);
    });
  }

  /** A new version because of decisions; its rows stay to be looked at until it is checked again. */
  async renew(tx: PoolClient, { planId, version }: Change): Promise<boolean> {
    const { rowCount } = await tx.query(`UPDATE migration_plan p SET version = version + 1, ${UNFROZEN}, state = 'draft' WHERE id = $1 AND version = $2 AND state IN ('draft', 'checked', 'frozen', 'approved', 'stale') AND ${NOT_RUN}`, [planId, version]);
    if (rowCount === 0) return false;
    await voidApprovals(tx, planId);
    await tx.query('DELETE FROM migration_chunk WHERE plan_id = $1', [planId]);
    return true;
  }

  /** To be checked; what was frozen or approved becomes a new version. False when a run has begun or the plan is void. */
  async requestCheck(planId: string): Promise<boolean> {
    return await transaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query(
        `UPDATE migration_plan p SET version = CASE WHEN state = 'draft' THEN version ELSE version + 1 END, ${UNFROZEN}, state = 'checking'
          WHERE id = $1 AND kind = 'users' AND state IN ('draft', 'checked', 'frozen', 'approved', 'stale') AND ${NOT_RUN}`,
        [planId],
      );
      if (rowCount === 0) return false;
      await voidApprovals(tx, planId);
      await tx.query('DELETE FROM migration_chunk WHERE plan_id = $1', [planId]);
      return true;
    });
  }

  /** Checks that wait, or that ended without a word. */
  async open(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(`SELECT id FROM migration_plan WHERE state = 'checking' AND (holder IS NULL OR beat_at < now() - make_interval(secs => ${ALIVE_S}))`);
    return rows.map(({ id }) => id);
  }

  /** Null when it needs no check or somebody else makes it. Rows of an earlier try are gone. */
  async claim(planId: string, holder: string): Promise<PlanRecord | null> {
    return await transaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query(
        `UPDATE migration_plan SET holder = $2, beat_at = now() WHERE id = $1 AND state = 'checking' AND (holder IS NULL OR beat_at < now() - make_interval(secs => ${ALIVE_S}))`,
        [planId, holder],
      );
      if (rowCount === 0) return null;
      await tx.query('DELETE FROM migration_row WHERE plan_id = $1', [planId]);
      return await this.find(planId, tx);
    });
  }

  /** False when this check is not wanted any more: another version, another holder. */
  async beat({ id, version }: PlanRecord, holder: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(`UPDATE migration_plan SET beat_at = now() WHERE id = $1 AND version = $2 AND holder = $3 AND state = 'checking'`, [id, version, holder]);
    return rowCount === 1;
  }

  /** Moves the skips behind the writes, so that an agent gets the writes in one piece. False when this check is not wanted any more. */
  async finish({ id, version }: PlanRecord, holder: string, checked: Checked): Promise<boolean> {
    return await transaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query(
        `UPDATE migration_plan SET state = 'checked', checked = $4, checked_at = now(), code = NULL, message = NULL, holder = NULL, beat_at = NULL, updated_at = now()
          WHERE id = $1 AND version = $2 AND holder = $3 AND state = 'checking'`,
        [id, version, holder, JSON.stringify(checked)],
      );
      if (rowCount === 0) return false;
      await tx.query(`UPDATE migration_row SET n = n - $2::int, row = jsonb_set(row, '{n}', to_jsonb(n - $2::int)) WHERE plan_id = $1 AND n >= ${BEHIND}`, [id, BEHIND - checked.counts.writes]);
      return true;
    });
  }

  async fail({ id, version }: PlanRecord, holder: string, failure: { code: string; message: string }): Promise<void> {
    await this.pool.query(
      `UPDATE migration_plan SET state = 'draft', checked = NULL, checked_at = NULL, code = $4, message = $5, holder = NULL, beat_at = NULL, updated_at = now() WHERE id = $1 AND version = $2 AND holder = $3 AND state = 'checking'`,
      [id, version, holder, failure.code, failure.message],
    );
  }

  /** This process ends; another one takes the check up at once. */
  async release({ id, version }: PlanRecord, holder: string): Promise<void> {
    await this.pool.query('UPDATE migration_plan SET holder = NULL, beat_at = NULL WHERE id = $1 AND version = $2 AND holder = $3', [id, version, holder]);
  }

  /** False when a run is under way. */
  async discard(planId: string): Promise<boolean> {
    return await transaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query(`UPDATE migration_plan p SET ${UNFROZEN}, state = 'void' WHERE id = $1 AND ${NOT_RUN}`, [planId]);
      if (rowCount === 0) return false;
      await voidApprovals(tx, planId);
      await tx.query('DELETE FROM migration_row WHERE plan_id = $1', [planId]);
      await tx.query('DELETE FROM migration_chunk WHERE plan_id = $1', [planId]);
      return true;
    });
  }

  /** Only what is frozen or approved can go stale. */
  async markStale(planId: string, message: string): Promise<void> {
    const states: readonly PlanState[] = ['frozen', 'approved'];
    await this.pool.query(`UPDATE migration_plan SET state = 'stale', code = 'PLAN_STALE', message = $2, updated_at = now() WHERE id = $1 AND state = ANY($3)`, [planId, message, states]);
  }
}

const UNFROZEN = `header = NULL, plan_sha256 = NULL, frozen_at = NULL, code = NULL, message = NULL, holder = NULL, beat_at = NULL, updated_at = now()`;
const NOT_RUN = 'NOT EXISTS (SELECT 1 FROM migration_run r WHERE r.plan_id = p.id)';

async function voidApprovals(tx: PoolClient, planId: string): Promise<void> {
  await tx.query(`UPDATE migration_approval SET revoked_at = now(), revoked_by = 'a new version' WHERE plan_id = $1 AND revoked_at IS NULL`, [planId]);
}
