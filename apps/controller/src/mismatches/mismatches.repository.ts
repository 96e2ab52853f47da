import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool, type PoolClient } from 'pg';
import type { Evidence, Finding, MismatchRule, MismatchSeverity, MismatchState, RuleState } from './mismatch.js';

export interface MismatchRow {
  readonly id: string;
  readonly rule: MismatchRule;
  readonly severity: MismatchSeverity;
  readonly state: MismatchState;
  readonly text: string;
  readonly why: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly evidence: Evidence[];
  readonly ignoredUntil: Date | null;
  readonly resolution: string | null;
  readonly resolvedBy: string | null;
}

export interface RowFilter {
  readonly states: readonly MismatchState[];
  readonly rules: readonly MismatchRule[] | null;
  readonly serverIds: readonly string[] | null;
}

export interface OpenFlags {
  readonly mismatchId: string;
  readonly rule: MismatchRule;
  readonly flags: Finding['flags'];
}

type Queryable = Pick<PoolClient, 'query'>;

/** What was not found for this long is over; what is found again after it is new. */
const GONE = `interval '5 minutes'`;
/** A row that says the same is touched this often, to show that it still holds. */
const TOUCH = `interval '30 seconds'`;
const MAX_ROWS = 500;

/** A finding that was over, or that was ignored until now, is open again. What a person resolved stays so as long as it goes on. */
const OPENS = `((m.state = 'resolved' AND m.last_seen_at < $2::timestamptz - ${GONE}) OR (m.state = 'ignored' AND m.ignored_until <= $2))`;

const COLUMNS = `id, rule, severity, state, text, why, first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt", evidence, ignored_until AS "ignoredUntil", resolution, resolved_by AS "resolvedBy"`;

/** One row per finding, found again by its key; those that are over stay as history. */
@Injectable()
export class MismatchesRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * Keeps what a check found. `mayEnd`: this process has looked long enough to know what is over.
   * Answers a digest of all that is not resolved, so that the caller sees whether anything changed.
   */
  async keep(findings: readonly Finding[], rules: readonly RuleState[], at: Date, mayEnd: boolean): Promise<string> {
    const rows = findings.map(({ subject, ...finding }) => ({ ...finding, key: `${finding.rule}|${subject}`, id: uuidv7() }));
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    return transaction(this.pool, async (tx) => {
      await this.upsert(tx, rows, at);
      await tx.query(`UPDATE mismatch SET flags = '[]' WHERE flags <> '[]' AND key <> ALL($1)`, [rows.map(({ key }) => key)]);
      if (mayEnd) await this.end(tx, at);
      await tx.query(
        `INSERT INTO mismatch_check (singleton, checked_at, rules) VALUES (true, $1, $2) ON CONFLICT (singleton) DO UPDATE SET checked_at = excluded.checked_at, rules = excluded.rules`,
        [at, JSON.stringify(rules)],
      );
      const { rows: digest } = await tx.query<{ digest: string }>(
        `SELECT coalesce(md5(string_agg(id || state || severity || text || flags::text, '|' ORDER BY id)), '') AS digest FROM mismatch WHERE state <> 'resolved'`,
      );
      return digest[0]!.digest;
    });
  }

  private async upsert(tx: Queryable, rows: readonly object[], at: Date): Promise<void> {
    await tx.query(
      `INSERT INTO mismatch AS m (id, key, rule, severity, text, why, evidence, flags, first_seen_at, last_seen_at)
       SELECT f.id, f.key, f.rule, f.severity, f.text, f.why, f.evidence, f.flags, $2, $2
         FROM jsonb_to_recordset($1) AS f(id uuid, key text, rule text, severity text, text text, why text, evidence jsonb, flags jsonb)
       ON CONFLICT (key) DO UPDATE SET severity = excluded.severity, text = excluded.text, why = excluded.why, evidence = excluded.evidence, flags = excluded.flags, last_seen_at = $2,
         state = CASE WHEN ${OPENS} THEN 'open' ELSE m.state END,
         first_seen_at = CASE WHEN m.state = 'resolved' AND ${OPENS} THEN $2 ELSE m.first_seen_at END,
         ignored_until = CASE WHEN ${OPENS} THEN NULL ELSE m.ignored_until END,
         resolution = CASE WHEN ${OPENS} THEN NULL ELSE m.resolution END,
         resolved_by = CASE WHEN ${OPENS} THEN NULL ELSE m.resolved_by END,
         resolved_at = CASE WHEN ${OPENS} THEN NULL ELSE m.resolved_at END
       WHERE ${OPENS} OR m.last_seen_at < $2::timestamptz - ${TOUCH} OR (m.severity, m.text, m.flags) IS DISTINCT FROM (excluded.severity, excluded.text, excluded.flags)`,
      [JSON.stringify(rows, storable), at],
    );
  }

  private async end(tx: Queryable, at: Date): Promise<void> {
    await tx.query(
      `UPDATE mismatch SET state = 'resolved', resolved_at = $1, ignored_until = NULL,
           resolution = CASE WHEN state = 'open' AND resolution IS NOT NULL THEN resolution ELSE 'It ended by itself.' END,
           resolved_by = CASE WHEN state = 'open' AND resolution IS NOT NULL THEN resolved_by END
        WHERE (state = 'open' OR (state = 'ignored' AND ignored_until <= $1)) AND last_seen_at < $1::timestamptz - ${GONE}`,
      [at],
    );
  }

  /** The most severe first, then the newest. */
  async list({ states, rules, serverIds }: RowFilter): Promise<MismatchRow[]> {
    const { rows } = await this.pool.query<MismatchRow>(
      `SELECT ${COLUMNS} FROM mismatch
        WHERE state = ANY($1) AND ($2::text[] IS NULL OR rule = ANY($2))
          AND ($3::text[] IS NULL OR EXISTS (SELECT 1 FROM jsonb_array_elements(evidence) AS e WHERE e->>'serverId' = ANY($3)))
        ORDER BY array_position(ARRAY['high', 'medium', 'low'], severity), first_seen_at DESC, id DESC LIMIT ${MAX_ROWS}`,
      [states, rules, serverIds],
    );
    return rows;
  }

  async standing(): Promise<{ open: number; checkedAt: Date | null; rules: RuleState[] }> {
    const { rows } = await this.pool.query<{ open: number; checkedAt: Date | null; rules: RuleState[] | null }>(
      `SELECT (SELECT count(*)::int FROM mismatch WHERE state = 'open') AS open, c.checked_at AS "checkedAt", c.rules FROM (SELECT 1) AS one LEFT JOIN mismatch_check c ON true`,
    );
    const { open, checkedAt, rules } = rows[0]!;
    return { open, checkedAt, rules: rules ?? [] };
  }

  /** Flags of what is open. */
  async openFlags(): Promise<OpenFlags[]> {
    const { rows } = await this.pool.query<OpenFlags>(`SELECT id AS "mismatchId", rule, flags FROM mismatch WHERE state = 'open' AND flags <> '[]' ORDER BY id`);
    return rows;
  }

  async locked(tx: Queryable, id: string): Promise<MismatchRow | null> {
    const { rows } = await tx.query<MismatchRow>(`SELECT ${COLUMNS} FROM mismatch WHERE id = $1 FOR UPDATE`, [id]);
    return rows[0] ?? null;
  }

  async find(id: string): Promise<MismatchRow | null> {
    const { rows } = await this.pool.query<MismatchRow>(`SELECT ${COLUMNS} FROM mismatch WHERE id = $1`, [id]);
    return rows[0] ?? null;
  }

  /** With `keepsFlag` it stays open with its answer. */
  async resolve(tx: Queryable, id: string, by: { resolution: string; name: string; at: Date; keepsFlag?: boolean }): Promise<MismatchRow> {
    const { rows } = await tx.query<MismatchRow>(
      `UPDATE mismatch SET state = $5, resolution = $2, resolved_by = $3, resolved_at = $4, ignored_until = NULL WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, by.resolution, by.name, by.at, by.keepsFlag ? 'open' : 'resolved'],
    );
    return rows[0]!;
  }

  async ignore(tx: Queryable, id: string, by: { until: Date; note: string | null; name: string; at: Date }): Promise<MismatchRow> {
    const { rows } = await tx.query<MismatchRow>(
      `UPDATE mismatch SET state = 'ignored', ignored_until = $2, resolution = $3, resolved_by = $4, resolved_at = $5 WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, by.until, by.note, by.name, by.at],
    );
    return rows[0]!;
  }
}

/** Names come from clients: PostgreSQL takes neither NUL nor halves of characters. */
function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD') : value;
}
