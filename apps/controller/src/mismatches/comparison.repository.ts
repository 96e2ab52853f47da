import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { AccountLink, ComparedServer, Play } from './comparison.js';

export interface AccountKey {
  readonly serverId: string;
  readonly userId: string;
}

export interface AllowanceRow {
  readonly id: string;
  readonly mismatchId: string;
  readonly identityId: string;
  readonly networkA: string;
  readonly networkB: string;
  readonly note: string;
  readonly allowedBy: string;
  readonly at: Date;
}

type Queryable = Pick<PoolClient, 'query'>;

/** Of one person, over all accounts; the oldest are left out above it. */
export const MAX_PLAYS = 5_000;
const ALLOWANCE = `SELECT id, mismatch_id AS "mismatchId", identity_id AS "identityId", network_a AS "networkA", network_b AS "networkB", note, allowed_by AS "allowedBy", at FROM mismatch_allowance`;

/** The ledger is read per account, by its index of accounts and times: what it costs does not grow with the ledger. */
export const PLAYS_SQL = `SELECT p.* FROM jsonb_to_recordset($1) AS a("serverId" uuid, "userId" text)
  CROSS JOIN LATERAL (
    SELECT id, server_id AS "serverId", coalesce(series_title, title) AS title, device_name AS "deviceName", client, address, network, started_at AS "startedAt", ended_at AS "endedAt", watched_ms AS "watchedMs"
      FROM playback WHERE server_id = a."serverId" AND user_id = a."userId" AND started_at > $2 ORDER BY started_at DESC LIMIT $3) p
  ORDER BY p."startedAt" DESC LIMIT $3`;

interface PlayRow extends Omit<Play, 'startedAtMs' | 'endedAtMs' | 'watchedMs'> {
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly watchedMs: string;
}

/** What a comparison reads beside the live sessions; and the pairs of networks that people were allowed. */
@Injectable()
export class ComparisonRepository {
  constructor(private readonly pool: Pool) {}

  /** Newest first; one more than `MAX_PLAYS` when there are more. */
  async plays(accounts: readonly AccountKey[], since: Date): Promise<Play[]> {
    if (accounts.length === 0) return [];
    const { rows } = await this.pool.query<PlayRow>(PLAYS_SQL, [JSON.stringify(accounts.map(({ serverId, userId }) => ({ serverId, userId }))), since, MAX_PLAYS + 1]);
    return rows.map(({ startedAt, endedAt, watchedMs, ...play }) => ({ ...play, startedAtMs: startedAt.getTime(), endedAtMs: endedAt?.getTime() ?? null, watchedMs: Number(watchedMs) }));
  }

  async accountsOf(personId: string): Promise<AccountLink[]> {
    const { rows } = await this.pool.query<AccountLink>(
      `SELECT i.server_id AS "serverId", i.user_vendor_id AS "userId", u.email, i.evidence, i.linked_by AS "linkedBy"
         FROM identity_user i LEFT JOIN media_user u ON u.server_id = i.server_id AND u.vendor_id = i.user_vendor_id WHERE i.identity_id = $1 ORDER BY 1, 2`,
      [personId],
    );
    return rows;
  }

  /** Addresses with who verified them. */
  async verified(personId: string): Promise<Map<string, string>> {
    const { rows } = await this.pool.query<{ email: string; by: string | null }>('SELECT email, verified_by AS by FROM identity_email WHERE identity_id = $1 AND verified_at IS NOT NULL', [personId]);
    return new Map(rows.map(({ email, by }) => [email, by ?? 'somebody']));
  }

  /** Also those that were removed: the ledger may name them. */
  async servers(): Promise<Map<string, ComparedServer>> {
    const { rows } = await this.pool.query<ComparedServer>('SELECT id, alias, location FROM server');
    return new Map(rows.map((server) => [server.id, server]));
  }

  /** The newest first. */
  async allowancesOf(personId: string): Promise<AllowanceRow[]> {
    return (await this.pool.query<AllowanceRow>(`${ALLOWANCE} WHERE identity_id = $1 ORDER BY at DESC, id DESC`, [personId])).rows;
  }

  async allow(tx: Queryable, rows: readonly AllowanceRow[]): Promise<void> {
    await tx.query(
      `INSERT INTO mismatch_allowance (id, identity_id, mismatch_id, network_a, network_b, note, allowed_by, at)
       SELECT a.id, a."identityId", a."mismatchId", a."networkA", a."networkB", a.note, a."allowedBy", a.at
         FROM jsonb_to_recordset($1) AS a(id uuid, "identityId" uuid, "mismatchId" uuid, "networkA" text, "networkB" text, note text, "allowedBy" text, at timestamptz)
       ON CONFLICT (identity_id, network_a, network_b) DO NOTHING`,
      [JSON.stringify(rows)],
    );
  }

  /** The row that was there; its answered mismatch is open again, so that the next check flags it if it still holds. */
  async forget(tx: Queryable, id: string): Promise<AllowanceRow | null> {
    const { rows } = await tx.query<AllowanceRow>(`${ALLOWANCE} WHERE id = $1 FOR UPDATE`, [id]);
    const row = rows[0];
    if (!row) return null;
    await tx.query('DELETE FROM mismatch_allowance WHERE id = $1', [id]);
    await tx.query(`UPDATE mismatch SET state = 'open', resolution = NULL, resolved_by = NULL, resolved_at = NULL WHERE id = $1 AND state = 'resolved' AND last_seen_at > now() - interval '5 minutes'`, [row.mismatchId]);
    return row;
  }
}
