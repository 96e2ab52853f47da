import { AppError, PlanRow, RunCounts, type RowState, type PlanRowOf, type VerifyResult } from '@usher/contracts';
import { isUniqueViolation } from '@usher/database';
import type { Pool, PoolClient } from 'pg';
import { LeaseLost } from '../tickets/target-agent.js';
import type { RunFence } from './run-fence.js';

export interface OpenRow<Row extends PlanRow = PlanRow> {
  readonly n: number;
  readonly u: number;
  readonly row: Row;
  readonly attempts: number;
  /** Kept from the first intent on; null before. */
  readonly before: unknown;
  /** What was sent instead of the planned value; null = as planned. */
  readonly sent: unknown;
}

export interface Intent {
  readonly n: number;
  readonly before: unknown;
  readonly sent: unknown;
  readonly opKey: string | null;
}

export interface Outcome {
  readonly n: number;
  readonly state: RowState;
  readonly code: string | null;
  /** What the target says now; absent = not looked. */
  readonly now?: unknown;
}

/** One more turn of the wheel for the books: what it cost, and what is told of it. */
export interface Spent {
  readonly requests: number;
  readonly writes: number;
}

/** For the verify pass. */
export interface WantedRow {
  readonly n: number;
  /** A watch state, or a change of settings; null for rows that have none. */
  readonly wanted: unknown;
  readonly fields: PlanRowOf<'watch-state.set'>['fields'] | null;
  readonly loss: PlanRowOf<'watch-state.set'>['loss'] | null;
}

const COLUMNS = 'r.n, r.u, r.row, r.attempts, r.before, r.sent';
const OP_KEY_INDEX = 'migration_row_op_key';

/** The rows of one plan while its run is carried out. Every write is under the run's fence. */
export class RunRows {
  constructor(
    private readonly pool: Pool,
    private readonly planId: string,
    private readonly fence: RunFence,
  ) {}

  /** The first rows of a kind in a state, all of one account, in the order of the plan. */
  async open<Op extends PlanRow['op']>(op: Op, state: 'new' | 'intent', limit: number): Promise<OpenRow<Extract<PlanRow, { op: Op }>>[]> {
    const { rows } = await this.pool.query<OpenRow<Extract<PlanRow, { op: Op }>>>(
      `WITH first AS (SELECT u FROM migration_row WHERE plan_id = $1 AND op = $2 AND state = $3 ORDER BY n LIMIT 1)
       SELECT ${COLUMNS} FROM migration_row r JOIN first USING (u) WHERE r.plan_id = $1 AND r.op = $2 AND r.state = $3 ORDER BY r.n LIMIT $4`,
      [this.planId, op, state, limit],
    );
    return rows.map((row) => ({ ...row, row: PlanRow.parse(row.row) as Extract<PlanRow, { op: Op }> }));
  }

  /** Rows that a process of before left half-way are this one's from now on. */
  async adopt(rows: readonly number[]): Promise<void> {
    await this.fence.write(async (tx) => {
      await tx.query(`UPDATE migration_row SET epoch = $3, updated_at = now() WHERE plan_id = $1 AND n = ANY($2) AND state = 'intent'`, [this.planId, rows, this.fence.epoch]);
    });
  }

  /**
   * Before anything is sent: what was there, what will be sent, and who does it. What needs no write is settled in the same breath.
   * @throws AppError `OP_KEY_MISMATCH` when two rows of the plan name the same change
   */
  async intend(intents: readonly Intent[], settled: readonly Outcome[], also: (tx: PoolClient) => Promise<void>): Promise<void> {
    try {
      await this.fence.write(async (tx) => {
        if (settled.length > 0) await this.settle(tx, settled);
        const { rowCount } = await tx.query(
          `UPDATE migration_row r SET state = 'intent', epoch = $3, attempts = r.attempts + 1, code = NULL, before = coalesce(r.before, c.before), sent = c.sent, op_key = c."opKey", updated_at = now()
             FROM jsonb_to_recordset($2::jsonb) AS c(n int, before jsonb, sent jsonb, "opKey" text)
            WHERE r.plan_id = $1 AND r.n = c.n AND (r.state = 'new' OR (r.state = 'intent' AND r.epoch = $3))`,
          [this.planId, JSON.stringify(intents), this.fence.epoch],
        );
        if (rowCount !== intents.length) throw new LeaseLost();
        await also(tx);
      });
    } catch (error) {
      if (isUniqueViolation(error, OP_KEY_INDEX)) throw new AppError('OP_KEY_MISMATCH', 'Two rows of the plan would write the same title of the same account.', { planId: this.planId }, { cause: error });
      throw error;
    }
  }

  /** What became of rows, the checkpoint of a run. `also` runs in the same transaction. */
  async finish(outcomes: readonly Outcome[], spent: Spent, also: (tx: PoolClient) => Promise<void> = async () => undefined): Promise<void> {
    await this.fence.write(async (tx) => {
      await this.settle(tx, outcomes);
      if (spent.requests > 0 || spent.writes > 0) {
        await tx.query('UPDATE migration_run SET requests = requests + $2, writes = writes + $3 WHERE plan_id = $1', [this.planId, spent.requests, spent.writes]);
      }
      await also(tx);
    });
  }

  /** What the verify pass found of rows. */
  async verified(results: readonly { readonly n: number; readonly verify: VerifyResult; readonly now: unknown }[]): Promise<void> {
    await this.fence.write(async (tx) => {
      await tx.query(
        `UPDATE migration_row r SET verify = c.verify, now = coalesce(c.now, r.now), updated_at = now(),
                state = CASE WHEN c.verify = 'same' AND r.state = 'done' THEN 'verified' WHEN c.verify <> 'same' AND r.state = 'verified' THEN 'done' ELSE r.state END
           FROM jsonb_to_recordset($2::jsonb) AS c(n int, verify text, now jsonb) WHERE r.plan_id = $1 AND r.n = c.n`,
        [this.planId, JSON.stringify(results)],
      );
    });
  }

  /** Rows of an account that cannot be carried out because the account is not there. */
  async skipAccount(u: number, code: string): Promise<number> {
    return await this.fence.write(async (tx) => {
      const { rowCount } = await tx.query(`UPDATE migration_row SET state = 'skipped', code = $3, updated_at = now() WHERE plan_id = $1 AND u = $2 AND state = 'new'`, [this.planId, u, code]);
      return rowCount ?? 0;
    });
  }

  async counts(): Promise<RunCounts> {
    return countsOf(this.pool, this.planId);
  }

  /** How many rows moved since the plan was made, and how many were given up. */
  async drifted(): Promise<number> {
    const { rows } = await this.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND code IN ('TARGET_CHANGED', 'ADJUSTED')`, [this.planId]);
    return rows[0]!.n;
  }

  /** True when a row of this kind was carried out before: what the target does with such rows is known. */
  async hasDone(op: PlanRow['op']): Promise<boolean> {
    const { rowCount } = await this.pool.query(`SELECT 1 FROM migration_row WHERE plan_id = $1 AND op = $2 AND state IN ('done', 'verified') LIMIT 1`, [this.planId, op]);
    return rowCount === 1;
  }

  /** The account that `user.ensure` of this plan made or found for a user; null while there is none. */
  async madeAccount(u: number): Promise<string | null> {
    const { rows } = await this.pool.query<{ id: string | null }>(
      `SELECT now->>'userVendorId' AS id FROM migration_row WHERE plan_id = $1 AND u = $2 AND op = 'user.ensure' AND state IN ('done', 'verified')`,
      [this.planId, u],
    );
    return rows[0]?.id ?? null;
  }

  /** Rows of a kind that the target should hold now, of one account: what was wanted, as it was sent. */
  async toVerify(op: PlanRow['op'], u: number): Promise<WantedRow[]> {
    const { rows } = await this.pool.query<WantedRow>(
      `SELECT r.n, coalesce(r.sent, r.row->'to') AS wanted, r.row->'fields' AS fields, r.row->'loss' AS loss FROM migration_row r
        WHERE r.plan_id = $1 AND r.op = $2 AND r.u = $3 AND (r.state IN ('done', 'verified') OR (r.state = 'skipped' AND r.code = 'ALREADY')) ORDER BY r.n`,
      [this.planId, op, u],
    );
    return rows;
  }

  /** What the verify pass found, and how many rows a person has to look at: not as wanted, given up, or left alone in the run. */
  async findings(): Promise<{ results: Record<string, number>; exceptions: number }> {
    const { rows } = await this.pool.query<{ verify: string | null; isOpen: boolean; n: number }>(
      `SELECT verify, (coalesce(verify, 'same') <> 'same' OR state IN ('conflict', 'failed') OR (state = 'skipped' AND code <> 'ALREADY')) AS "isOpen", count(*)::int AS n
         FROM migration_row WHERE plan_id = $1 AND state IS NOT NULL GROUP BY 1, 2`,
      [this.planId],
    );
    const results: Record<string, number> = {};
    for (const { verify, n } of rows) if (verify !== null) results[verify] = (results[verify] ?? 0) + n;
    return { results, exceptions: rows.reduce((sum, { isOpen, n }) => sum + (isOpen ? n : 0), 0) };
  }

  private async settle(tx: PoolClient, outcomes: readonly Outcome[]): Promise<void> {
    const { rowCount } = await tx.query(
      `UPDATE migration_row r SET state = c.state, code = c.code, now = coalesce(c.now, r.now), epoch = $3, updated_at = now()
         FROM jsonb_to_recordset($2::jsonb) AS c(n int, state text, code text, now jsonb)
        WHERE r.plan_id = $1 AND r.n = c.n AND ((r.state = 'intent' AND r.epoch = $3) OR (r.state = 'new' AND c.state <> 'done'))`,
      [this.planId, JSON.stringify(outcomes), this.fence.epoch],
    );
    // A row that is not as this process left it belongs to somebody else.
    if (rowCount !== outcomes.length) throw new LeaseLost();
  }
}

/** Rows of a plan by what became of them; those that the plan itself leaves out are not counted. */
export async function countsOf(pool: Pick<Pool, 'query'>, planId: string): Promise<RunCounts> {
  const { rows } = await pool.query<{ state: RowState; n: number }>('SELECT state, count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND state IS NOT NULL GROUP BY state', [planId]);
  const counts = RunCounts.parse({ rows: 0, new: 0, intent: 0, done: 0, verified: 0, skipped: 0, conflict: 0, failed: 0 });
  for (const { state, n } of rows) {
    counts[state] = n;
    counts.rows += n;
  }
  return counts;
}
