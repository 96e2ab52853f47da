import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { MediaUserIdentityObject } from './identities.graphql.js';
import type { IdentityRow } from './identities.repository.js';

export interface AccountRow {
  readonly identityId: string;
  readonly serverId: string;
  readonly userVendorId: string;
  readonly userName: string;
  readonly evidence: string;
  readonly linkedBy: string;
  readonly linkedAt: Date;
  readonly isThere: boolean;
  readonly isAdministrator: boolean;
  readonly enabled: boolean;
  readonly lastSeenAt: Date | null;
  readonly plays30d: number;
  readonly watchedMs30d: number;
}

export interface MergeRow {
  readonly id: string;
  readonly fromId: string;
  readonly fromName: string;
  readonly intoId: string;
  readonly mergedBy: string;
  readonly at: Date;
  readonly undoneAt: Date | null;
}

const PEOPLE = `FROM identity i WHERE i.merged_into IS NULL AND EXISTS (SELECT 1 FROM identity_user u WHERE u.identity_id = i.id)
  AND ($1::text IS NULL OR i.display_name ILIKE $1 OR EXISTS (SELECT 1 FROM identity_user u WHERE u.identity_id = i.id AND u.user_name ILIKE $1)
    OR EXISTS (SELECT 1 FROM identity_email e WHERE e.identity_id = i.id AND e.email ILIKE $1))`;

/** SQL that shows people. */
@Injectable()
export class IdentityReadingRepository {
  constructor(private readonly pool: Pool) {}

  /** By name, then id. `search` is a pattern of LIKE. */
  async page(search: string | null, take: number, after: { name: string; id: string } | null): Promise<(IdentityRow & { sortName: string })[]> {
    const { rows } = await this.pool.query<IdentityRow & { sortName: string }>(
      `SELECT i.id, i.display_name AS "displayName", i.created_at AS "createdAt", i.merged_into AS "mergedInto", lower(i.display_name) COLLATE "C" AS "sortName" ${PEOPLE}
          AND ($2::text IS NULL OR (lower(i.display_name) COLLATE "C", i.id) > ($2, $3::uuid)) ORDER BY lower(i.display_name) COLLATE "C", i.id LIMIT $4`,
      [search, after?.name ?? null, after?.id ?? null, take],
    );
    return rows;
  }

  async counts(search: string | null): Promise<{ people: number; linkedAccounts: number; accounts: number }> {
    const { rows } = await this.pool.query<{ people: number; linkedAccounts: number; accounts: number }>(
      `SELECT (SELECT count(*)::int ${PEOPLE}) AS people, (SELECT count(*)::int FROM identity_user) AS "linkedAccounts",
              (SELECT count(*)::int FROM media_user u JOIN server s ON s.id = u.server_id AND s.state <> 'historical') AS accounts`,
      [search],
    );
    return rows[0]!;
  }

  async accounts(identityIds: readonly string[]): Promise<AccountRow[]> {
    const { rows } = await this.pool.query<AccountRow & { watchedMs30d: string }>(
      `SELECT i.identity_id AS "identityId", i.server_id AS "serverId", i.user_vendor_id AS "userVendorId", coalesce(u.name, i.user_name) AS "userName", i.evidence, i.linked_by AS "linkedBy",
              i.linked_at AS "linkedAt", u.vendor_id IS NOT NULL AS "isThere", coalesce(u.is_administrator, false) AS "isAdministrator", coalesce(u.enabled, false) AS enabled,
              u.last_seen_at AS "lastSeenAt", coalesce(p.plays, 0)::int AS "plays30d", coalesce(p.watched, 0)::bigint AS "watchedMs30d"
         FROM identity_user i LEFT JOIN media_user u ON u.server_id = i.server_id AND u.vendor_id = i.user_vendor_id
         LEFT JOIN (SELECT b.server_id, b.user_id, count(*) AS plays, sum(b.watched_ms) AS watched FROM playback b
                      JOIN identity_user m ON m.server_id = b.server_id AND m.user_vendor_id = b.user_id AND m.identity_id = ANY($1)
                     WHERE b.started_at > now() - interval '30 days' GROUP BY 1, 2) p ON p.server_id = i.server_id AND p.user_id = i.user_vendor_id
        WHERE i.identity_id = ANY($1) ORDER BY i.linked_at, i.server_id, i.user_vendor_id`,
      [identityIds],
    );
    return rows.map((row) => ({ ...row, watchedMs30d: Number(row.watchedMs30d) }));
  }

  /** Into the given people; the newest first. */
  async merges(identityIds: readonly string[]): Promise<MergeRow[]> {
    const { rows } = await this.pool.query<MergeRow>(
      `SELECT m.id, m.from_id AS "fromId", m.undo->>'fromName' AS "fromName", m.into_id AS "intoId", m.merged_by AS "mergedBy", m.at, m.undone_at AS "undoneAt"
         FROM identity_merge m WHERE m.into_id = ANY($1) ORDER BY m.at DESC, m.id`,
      [identityIds],
    );
    return rows;
  }

  /** By `<server>:<user>`. */
  async identitiesOf(keys: readonly string[]): Promise<Map<string, MediaUserIdentityObject>> {
    const { rows } = await this.pool.query<MediaUserIdentityObject & { key: string }>(
      `SELECT k.key, i.id, i.display_name AS "displayName", u.linked_at AS "linkedAt", u.evidence, e.email, coalesce(e.verified_at IS NOT NULL, false) AS "isEmailVerified"
         FROM unnest($1::text[]) AS k(key)
         JOIN identity_user u ON u.server_id = split_part(k.key, ':', 1)::uuid AND u.user_vendor_id = substr(k.key, position(':' in k.key) + 1)
         JOIN identity i ON i.id = u.identity_id
         LEFT JOIN LATERAL (SELECT email, verified_at FROM identity_email WHERE identity_id = i.id ORDER BY verified_at IS NULL, verified_at, email LIMIT 1) e ON true`,
      [keys],
    );
    return new Map(rows.map(({ key, ...identity }) => [key, identity]));
  }
}
