import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { ReportException, ReportFacts, Tally } from './report.js';

const MAX_EXCEPTIONS = 10_000;

/** What a person has to look at: not as wanted, given up, or left alone while the run was under way. */
const IS_OPEN = `(coalesce(verify, 'same') <> 'same' OR state IN ('conflict', 'failed', 'new', 'intent') OR (state = 'skipped' AND code <> 'ALREADY'))`;

interface RunRow {
  readonly state: ReportFacts['run']['state'];
  readonly planId: string;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly requests: number;
  readonly writes: number;
  readonly tickets: number;
  readonly code: string | null;
  readonly verified: { at: string } | null;
  readonly acceptedAt: Date | null;
  readonly acceptedBy: string | null;
  readonly acceptedReason: string | null;
}

/** SQL of the report: counts are made where the rows are. */
@Injectable()
export class ReportsRepository {
  constructor(private readonly pool: Pool) {}

  async run(runId: string): Promise<RunRow | null> {
    const { rows } = await this.pool.query<RunRow>(
      `SELECT state, plan_id AS "planId", started_by_name AS "startedBy", started_at AS "startedAt", ended_at AS "endedAt", requests, writes, code, verified,
              accepted_at AS "acceptedAt", accepted_by AS "acceptedBy", accepted_reason AS "acceptedReason", (SELECT count(*)::int FROM migration_ticket t WHERE t.run_id = r.id) AS tickets
         FROM migration_run r WHERE id = $1`,
      [runId],
    );
    return rows[0] ?? null;
  }

  async tallies(planId: string, users: number): Promise<Pick<ReportFacts, 'rows' | 'byUser' | 'byTier' | 'byField' | 'verify' | 'skips'>> {
    const [states, tiers, fields, verify, skips] = await Promise.all([
      this.count<{ u: number; state: string }>(`SELECT u, state, count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND state IS NOT NULL GROUP BY u, state`, planId),
      this.count<{ name: string }>(`SELECT row->>'tier' AS name, count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND op = 'watch-state.set' GROUP BY 1`, planId),
      this.count<{ field: string; name: string }>(
        `SELECT f.field, coalesce(verify, state) AS name, count(*)::int AS n FROM migration_row, jsonb_array_elements_text(row->'fields') AS f(field) WHERE plan_id = $1 AND op = 'watch-state.set' AND state IS NOT NULL GROUP BY 1, 2`,
        planId,
      ),
      this.count<{ name: string }>(`SELECT verify AS name, count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND verify IS NOT NULL GROUP BY 1`, planId),
      this.count<{ name: string }>(`SELECT row->>'reason' AS name, count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND op = 'skip' GROUP BY 1`, planId),
    ]);
    const byUser: Record<string, number>[] = Array.from({ length: users }, () => ({}));
    const rows: Record<string, number> = {};
    for (const { u, state, n } of states) {
      rows[state] = (rows[state] ?? 0) + n;
      (byUser[u] ??= {})[state] = n;
    }
    const byField: Record<string, Record<string, number>> = {};
    for (const { field, name, n } of fields) (byField[field] ??= {})[name] = n;
    return { rows, byUser, byField, byTier: tallyOf(tiers), verify: tallyOf(verify), skips: tallyOf(skips) };
  }

  async exceptions(planId: string, names: readonly string[]): Promise<{ exceptions: ReportException[]; leftOut: number }> {
    const { rows } = await this.pool.query<ReportException & { u: number }>(
      `SELECT n, u, op, title, item, state, code, verify, coalesce(sent, row->'to') AS wanted, now FROM migration_row WHERE plan_id = $1 AND state IS NOT NULL AND ${IS_OPEN} ORDER BY n LIMIT ${MAX_EXCEPTIONS}`,
      [planId],
    );
    const { rows: all } = await this.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM migration_row WHERE plan_id = $1 AND state IS NOT NULL AND ${IS_OPEN}`, [planId]);
    return { exceptions: rows.map(({ u, ...row }) => ({ ...row, user: names[u] ?? '' })), leftOut: all[0]!.n - rows.length };
  }

  /** Old id → new id of every title that the target holds now as wanted, written or found so. */
  async items(planId: string): Promise<ReportFacts['items']> {
    const { rows } = await this.pool.query<ReportFacts['items'][number]>(
      `SELECT DISTINCT item AS source, row->'to'->>'itemVendorId' AS target, row->>'tier' AS tier FROM migration_row
        WHERE plan_id = $1 AND op = 'watch-state.set' AND (state IN ('done', 'verified') OR (state = 'skipped' AND code = 'ALREADY')) ORDER BY 1, 2`,
      [planId],
    );
    return rows;
  }

  async auditSeq(): Promise<number> {
    const { rows } = await this.pool.query<{ seq: string | null }>('SELECT max(seq) AS seq FROM audit_event');
    return Number(rows[0]?.seq ?? 0);
  }

  /** The report, and what it says of titles, so that old ids stay findable. */
  async store(runId: string, text: string, jws: string, servers: { sourceServerId: string; targetServerId: string } | null, items: ReportFacts['items']): Promise<void> {
    await this.pool.query('UPDATE migration_run SET report = $2, report_jws = $3 WHERE id = $1', [runId, Buffer.from(text, 'utf8'), jws]);
    if (!servers || items.length === 0) return;
    await this.pool.query(
      `INSERT INTO migration_item_map (source_server_id, source_item, target_server_id, target_item, tier)
       SELECT DISTINCT ON (i.source) $1::uuid, i.source, $2::uuid, i.target, i.tier FROM jsonb_to_recordset($3::jsonb) AS i(source text, target text, tier text)
       ON CONFLICT (source_server_id, source_item, target_server_id) DO UPDATE SET target_item = excluded.target_item, tier = excluded.tier, at = now()`,
      [servers.sourceServerId, servers.targetServerId, JSON.stringify(items)],
    );
  }

  async stored(runId: string): Promise<{ text: string; jws: string } | null> {
    const { rows } = await this.pool.query<{ report: Buffer | null; jws: string | null }>('SELECT report, report_jws AS jws FROM migration_run WHERE id = $1', [runId]);
    const { report, jws } = rows[0] ?? {};
    return report && jws ? { text: report.toString('utf8'), jws } : null;
  }

  private async count<Row>(sql: string, planId: string): Promise<(Row & { n: number })[]> {
    const { rows } = await this.pool.query(sql, [planId]);
    return rows as (Row & { n: number })[];
  }
}

function tallyOf(rows: readonly { name: string; n: number }[]): Tally {
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}
