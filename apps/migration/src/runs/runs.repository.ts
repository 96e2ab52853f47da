import { Injectable } from '@nestjs/common';
import type { PlanHeader, RowState, RunState, RunStep } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import { readHeader } from '../plans/frozen-plans.service.js';
import { ACTIVE_RUN_STATES, ENDED_RUN_STATES, statesBefore, type RunEvent } from './run-state.js';

export interface RunRow {
  readonly id: string;
  readonly planId: string;
  readonly targetServerId: string;
  readonly state: RunState;
  readonly step: RunStep | null;
  readonly startedById: string;
  readonly startedByName: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly asked: 'pause' | 'abort' | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly requests: number;
  readonly writes: number;
  readonly verified: RunVerified | null;
  readonly acceptedAt: Date | null;
  readonly acceptedBy: string | null;
  readonly acceptedReason: string | null;
  readonly hasReport: boolean;
}

/** What the last verify pass found. */
export interface RunVerified {
  readonly at: string;
  readonly results: Readonly<Record<string, number>>;
  readonly exceptions: number;
}

/** Rows of one kind in one state. */
export interface OpCount {
  readonly op: string;
  readonly state: RowState;
  readonly n: number;
}

const COLUMNS = `id, plan_id AS "planId", target_server_id AS "targetServerId", state, step, started_by_id AS "startedById", started_by_name AS "startedByName", started_at AS "startedAt",
  ended_at AS "endedAt", asked, code, message, requests, writes, verified, accepted_at AS "acceptedAt", accepted_by AS "acceptedBy", accepted_reason AS "acceptedReason", report IS NOT NULL AS "hasReport"`;

type Db = Pick<PoolClient, 'query'>;

@Injectable()
export class RunsRepository {
  constructor(private readonly pool: Pool) {}

  async find(runId: string, db: Db = this.pool): Promise<RunRow | null> {
    const { rows } = await db.query<RunRow>(`SELECT ${COLUMNS} FROM migration_run WHERE id = $1`, [runId]);
    return rows[0] ?? null;
  }

  async findOfPlan(planId: string, db: Db = this.pool): Promise<RunRow | null> {
    const { rows } = await db.query<RunRow>(`SELECT ${COLUMNS} FROM migration_run WHERE plan_id = $1`, [planId]);
    return rows[0] ?? null;
  }

  /** Of a run: rows by kind and state. */
  async opCounts(planId: string, db: Db = this.pool): Promise<OpCount[]> {
    const { rows } = await db.query<OpCount>('SELECT op, state, count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND state IS NOT NULL GROUP BY op, state', [planId]);
    return rows;
  }

  /** The plan that takes a run back. */
  async rollbackOf(runId: string, db: Db = this.pool): Promise<string | null> {
    const { rows } = await db.query<{ id: string }>(`SELECT id FROM migration_plan WHERE of_run_id = $1 AND state <> 'void' ORDER BY created_at DESC LIMIT 1`, [runId]);
    return rows[0]?.id ?? null;
  }

  async accept(tx: Db, runId: string, by: { operatorName: string; reason: string }): Promise<void> {
    await tx.query('UPDATE migration_run SET accepted_at = now(), accepted_by = $2, accepted_reason = $3 WHERE id = $1', [runId, by.operatorName, by.reason]);
  }

  /** Every row that something is done about becomes `new`; what the plan leaves out has no state. */
  async insert(tx: Db, run: { id: string; planId: string; targetServerId: string; operatorId: string; operatorName: string }): Promise<void> {
    await tx.query('INSERT INTO migration_run (id, plan_id, target_server_id, started_by_id, started_by_name) VALUES ($1, $2, $3, $4, $5)', [run.id, run.planId, run.targetServerId, run.operatorId, run.operatorName]);
    await tx.query(`UPDATE migration_row SET state = 'new' WHERE plan_id = $1 AND op <> 'skip' AND state IS NULL`, [run.planId]);
  }

  /** False when the run is in no state in which this can happen. */
  async move(db: Db, runId: string, event: RunEvent, to: RunState, told: { code?: string | null; message?: string | null } = {}): Promise<boolean> {
    const isEnd = ENDED_RUN_STATES.includes(to);
    const { rowCount } = await db.query(
      `UPDATE migration_run SET state = $2, asked = CASE WHEN $7 THEN asked END, code = $4, message = $5, ended_at = CASE WHEN $6 THEN coalesce(ended_at, now()) ELSE NULL END WHERE id = $1 AND state = ANY($3)`,
      [runId, to, statesBefore(event), told.code ?? null, told.message ?? null, isEnd, event === 'begin' || event === 'written'],
    );
    return rowCount === 1;
  }

  /** For the process that works on it: at the next boundary it stops. */
  async ask(db: Db, runId: string, asked: 'pause' | 'abort'): Promise<void> {
    await db.query('UPDATE migration_run SET asked = $2 WHERE id = $1 AND state = ANY($3)', [runId, asked, ACTIVE_RUN_STATES]);
  }

  async setVerified(db: Db, runId: string, verified: RunVerified, requests: number): Promise<void> {
    await db.query('UPDATE migration_run SET verified = $2, requests = requests + $3 WHERE id = $1', [runId, JSON.stringify(verified), requests]);
  }

  /** Rows that were given up get their tries anew. Returns how many. */
  async renewFailed(db: Db, planId: string): Promise<number> {
    const { rowCount } = await db.query(`UPDATE migration_row SET state = 'new', attempts = 0, code = NULL, updated_at = now() WHERE plan_id = $1 AND state = 'failed'`, [planId]);
    return rowCount ?? 0;
  }

  /** Runs that nobody works on though somebody should, and those that stand for a reason that may have passed. */
  async forsaken(passing: readonly string[]): Promise<{ id: string; targetServerId: string; epoch: number; isPaused: boolean }[]> {
    const { rows } = await this.pool.query<{ id: string; targetServerId: string; epoch: string | null; isPaused: boolean }>(
      `SELECT r.id, r.target_server_id AS "targetServerId", l.epoch, r.state = 'paused' AS "isPaused" FROM migration_run r LEFT JOIN lease l ON l.name = 'run:' || r.id
        WHERE (r.state = ANY($1) OR (r.state = 'paused' AND r.code = ANY($2))) AND (l.expires IS NULL OR l.expires <= clock_timestamp()) ORDER BY r.started_at`,
      [ACTIVE_RUN_STATES, passing],
    );
    return rows.map(({ epoch, ...run }) => ({ ...run, epoch: Number(epoch ?? 0) }));
  }

  /** A run whose obstacle may have passed. False when a person or another process was faster. */
  async goOn(runId: string): Promise<boolean> {
    return this.move(this.pool, runId, 'resume', 'running');
  }

  async epochOf(runId: string): Promise<number> {
    const { rows } = await this.pool.query<{ epoch: string }>('SELECT epoch FROM lease WHERE name = $1', [`run:${runId}`]);
    return Number(rows[0]?.epoch ?? 0);
  }

  /** Runs that write to this server now or may at any moment, with the plans' headers. Holds the server until the end of `tx`. */
  async onServer(tx: Db, targetServerId: string): Promise<{ runId: string; planId: string; header: PlanHeader }[]> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`migration-run:${targetServerId}`]);
    const { rows } = await tx.query<{ runId: string; planId: string; header: Buffer }>(
      `SELECT r.id AS "runId", r.plan_id AS "planId", p.header FROM migration_run r JOIN migration_plan p ON p.id = r.plan_id WHERE r.target_server_id = $1 AND r.state IN ('queued', 'running', 'paused', 'verifying')`,
      [targetServerId],
    );
    return rows.map(({ header, ...run }) => ({ ...run, header: readHeader(header) }));
  }
}
