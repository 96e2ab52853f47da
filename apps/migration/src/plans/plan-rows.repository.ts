import { Injectable } from '@nestjs/common';
import { AppError, type PlanRow, type PlanTab, type RowState } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import type { PlanRecord } from './plan-record.js';
import type { DraftRow } from './rules/state-rows.js';

/** Skips get their place behind all writes when these are counted. */
export const BEHIND = 1_000_000_000;

export interface RowFilter {
  readonly tab: PlanTab | null;
  readonly u: number | null;
  readonly states: readonly RowState[];
  readonly search: string | null;
}

/** A row with what became of it. */
export interface StoredRow {
  readonly n: number;
  readonly row: PlanRow;
  readonly tab: string;
  readonly state: RowState | null;
  readonly code: string | null;
  readonly now: unknown;
  readonly verify: string | null;
  readonly targetTitle: string | null;
}

/** SQL of the rows of plans. */
@Injectable()
export class PlanRowsRepository {
  constructor(private readonly pool: Pool) {}

  /** @throws AppError `STALE_EPOCH` when this check is not wanted any more */
  async insert({ id, version }: PlanRecord, holder: string, drafts: readonly DraftRow[]): Promise<void> {
    const rows = drafts.map(({ row, tab, hasLoss }) => ({ n: row.n, op: row.op, u: row.u, item: 'item' in row ? row.item : null, title: 'title' in row ? row.title : row.op === 'user.ensure' ? row.name : null, tab, hasLoss, row }));
    const { rowCount } = await this.pool.query(
      `WITH mine AS (SELECT 1 FROM migration_plan WHERE id = $1 AND version = $2 AND holder = $3 AND state = 'checking' FOR SHARE)
       INSERT INTO migration_row (plan_id, n, op, u, item, title, tab, has_loss, row)
       SELECT $1, r.n, r.op, r.u, r.item, r.title, r.tab, r."hasLoss", r.row
         FROM jsonb_to_recordset($4::jsonb) AS r(n int, op text, u int, item text, title text, tab text, "hasLoss" boolean, row jsonb), mine`,
      [id, version, holder, JSON.stringify(rows)],
    );
    if (rowCount !== drafts.length) throw new AppError('STALE_EPOCH', 'This check is not wanted any more.');
  }

  /** In order, some at a time. */
  async *all(db: PoolClient, planId: string): AsyncGenerator<PlanRow> {
    for (let after = -1; ; ) {
      const { rows } = await db.query<{ n: number; row: PlanRow }>('SELECT n, row FROM migration_row WHERE plan_id = $1 AND n > $2 ORDER BY n LIMIT 1000', [planId, after]);
      for (const { row } of rows) yield row;
      if (rows.length === 0) return;
      after = rows.at(-1)!.n;
    }
  }

  async page({ id, targetServerId }: PlanRecord, filter: RowFilter, after: number | null, limit: number): Promise<StoredRow[]> {
    const { where, values } = conditions(id, filter);
    const { rows } = await this.pool.query<StoredRow>(
      `SELECT r.n, r.row, r.tab, r.state, r.code, r.now, r.verify,
              (SELECT l.title FROM item_location l WHERE l.server_id = $${values.length + 1} AND l.vendor_id = coalesce(r.row -> 'to' ->> 'itemVendorId', r.row -> 'candidates' ->> 0)) AS "targetTitle"
         FROM migration_row r WHERE ${where} AND r.n > $${values.length + 2} ORDER BY r.n LIMIT $${values.length + 3}`,
      [...values, targetServerId, after ?? -1, limit],
    );
    return rows;
  }

  async count(planId: string, filter: RowFilter): Promise<number> {
    const { where, values } = conditions(planId, filter);
    const { rows } = await this.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM migration_row r WHERE ${where}`, values);
    return rows[0]!.count;
  }

  /** Which of these titles of users the plan has rows of, and whether they would be written. */
  async known(planId: string, items: readonly string[]): Promise<{ u: number; item: string; op: string }[]> {
    const { rows } = await this.pool.query<{ u: number; item: string; op: string }>('SELECT DISTINCT u, item, op FROM migration_row WHERE plan_id = $1 AND item = ANY($2)', [planId, items]);
    return rows;
  }

  /** Rows that a person may decide about, in order. */
  async decidable({ id, targetServerId }: PlanRecord, after: number, limit: number): Promise<StoredRow[]> {
    const { rows } = await this.pool.query<StoredRow>(
      `SELECT r.n, r.row, r.tab, r.state, r.code, r.now, r.verify,
              (SELECT l.title FROM item_location l WHERE l.server_id = $2 AND l.vendor_id = coalesce(r.row -> 'to' ->> 'itemVendorId', r.row -> 'candidates' ->> 0)) AS "targetTitle"
         FROM migration_row r WHERE r.plan_id = $1 AND r.n > $3 AND ${DECIDABLE} ORDER BY r.n LIMIT $4`,
      [id, targetServerId, after, limit],
    );
    return rows;
  }

  async countDecidable(planId: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM migration_row r WHERE r.plan_id = $1 AND ${DECIDABLE}`, [planId]);
    return rows[0]!.count;
  }
}

/** What is there already, or cannot be held by the target, is no question. */
const DECIDABLE = `(r.tab = 'conflict' OR (r.op = 'skip' AND r.row ->> 'reason' IN ('not-on-target', 'excluded', 'library-not-mapped')) OR r.row ->> 'tier' IN ('D', 'E', 'M'))`;

function conditions(planId: string, { tab, u, states, search }: RowFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [planId];
  const parts = ['r.plan_id = $1'];
  const add = (sql: (place: string) => string, value: unknown): void => {
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  if (tab === 'loss') parts.push('r.has_loss');
  else if (tab !== null) add((place) => `r.tab = ${place}`, tab);
  if (u !== null) add((place) => `r.u = ${place}`, u);
  if (states.length > 0) add((place) => `coalesce(r.state, 'new') = ANY(${place})`, states);
  if (search !== null && search.trim() !== '') add((place) => `strpos(lower(coalesce(r.title, '')), lower(${place})) > 0`, search.trim());
  return { where: parts.join(' AND '), values };
}
