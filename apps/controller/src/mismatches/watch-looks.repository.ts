import { Injectable } from '@nestjs/common';
import type { WatchGlance } from '@usher/contracts';
import { Pool } from 'pg';
import type { LookAccount, Located, Round } from './watch-rounds.js';
import type { Register, SeenTitle } from './world.js';

/** What was played so long ago was looked at since, or will be by the day's turn. */
const PLAYED_WITHIN = `interval '2 days'`;
/** Titles that differ, of the whole fleet: about 6 MB. Nobody looks through more. */
const MAX_DIFFERING = 20_000;

/**
 * Accounts that can be asked: enabled, of a person, on a server that answers and tells states; of several on one server the
 * one that was used last. Asked for a title by name, Jellyfin also tells of libraries that the account does not see: what it
 * sees has to be known first. Plex shows what is hidden to nobody.
 */
const ASKABLE = `
  SELECT DISTINCT ON (i.identity_id, i.server_id) i.identity_id, i.server_id, i.user_vendor_id
    FROM identity_user i
    JOIN server s ON s.id = i.server_id AND s.state IN ('online', 'degraded') AND s.profile->'capabilities' ? 'watchStates.read'
    JOIN media_user u ON u.server_id = i.server_id AND u.vendor_id = i.user_vendor_id AND u.enabled AND (u.libraries IS NOT NULL OR s.kind = 'plex')
   ORDER BY i.identity_id, i.server_id, u.last_seen_at DESC NULLS LAST, i.user_vendor_id`;
/** Of people with two such accounts at least. */
const COMPARED = `SELECT a.* FROM (SELECT *, count(*) OVER (PARTITION BY identity_id) AS accounts FROM (${ASKABLE}) AS askable) AS a WHERE a.accounts > 1`;

interface Naming {
  readonly title: string;
  readonly parentTitle: string | null;
  readonly seasonNumber: number | null;
  readonly episodeNumber: number | null;
  readonly year: number | null;
}

/** `Dune (2021)`, `The Bear S02E06 Fishes`: two titles of one name are two rows. */
function nameOf({ title, parentTitle, seasonNumber, episodeNumber, year }: Naming): string {
  if (parentTitle === null) return year === null ? title : `${title} (${year})`;
  const two = (value: number | null) => String(value ?? 0).padStart(2, '0');
  return `${parentTitle} S${two(seasonNumber)}E${two(episodeNumber)} ${title}`;
}

/** What was seen of accounts when they were looked at: at most 146 titles of about 70 bytes for each account and type. */
@Injectable()
export class WatchLooksRepository {
  constructor(private readonly pool: Pool) {}

  /** `personId`: of one person; null = of all. */
  async accounts(personId: string | null): Promise<LookAccount[]> {
    const { rows } = await this.pool.query<Omit<LookAccount, 'lookedAtMs' | 'playedAtMs'> & { lookedAt: Date | null; playedAt: Date | null }>(
      `SELECT a.identity_id AS "personId", a.server_id AS "serverId", a.user_vendor_id AS "userId", t.type, k.looked_at AS "lookedAt", p.ended_at AS "playedAt"
         FROM (${COMPARED}) AS a
         CROSS JOIN (VALUES ('movie'), ('episode')) AS t(type)
         LEFT JOIN watch_look k ON k.server_id = a.server_id AND k.user_vendor_id = a.user_vendor_id AND k.type = t.type
         LEFT JOIN (SELECT server_id, user_id, item_type, max(ended_at) AS ended_at FROM playback WHERE ended_at > now() - ${PLAYED_WITHIN} GROUP BY 1, 2, 3) AS p
           ON p.server_id = a.server_id AND p.user_id = a.user_vendor_id AND p.item_type = t.type
        WHERE $1::uuid IS NULL OR a.identity_id = $1
        ORDER BY a.identity_id, t.type, a.server_id`,
      [personId],
    );
    return rows.map(({ lookedAt, playedAt, ...account }) => ({ ...account, lookedAtMs: lookedAt?.getTime() ?? null, playedAtMs: playedAt?.getTime() ?? null }));
  }

  async hasPerson(personId: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('SELECT 1 FROM identity WHERE id = $1 AND merged_into IS NULL', [personId]);
    return rowCount === 1;
  }

  /** When each server was asked last. */
  async askedAtMs(): Promise<Map<string, number>> {
    const { rows } = await this.pool.query<{ serverId: string; at: Date }>('SELECT server_id AS "serverId", max(looked_at) AS at FROM watch_look GROUP BY 1');
    return new Map(rows.map(({ serverId, at }) => [serverId, at.getTime()]));
  }

  /** Ids that the last look at these accounts held, by server. */
  async before({ accounts, type }: Round): Promise<Map<string, string[]>> {
    const { rows } = await this.pool.query<{ serverId: string; ids: string[] }>(
      `SELECT k.server_id AS "serverId", ARRAY(SELECT t.id FROM jsonb_to_recordset(k.states) AS t(id text)) AS ids
         FROM watch_look k JOIN jsonb_to_recordset($1) AS a("serverId" uuid, "userId" text) ON k.server_id = a."serverId" AND k.user_vendor_id = a."userId" WHERE k.type = $2`,
      [JSON.stringify(accounts), type],
    );
    return new Map(rows.map(({ serverId, ids }) => [serverId, ids]));
  }

  /** Every copy of these titles on these servers. */
  async located(serverIds: readonly string[], titles: readonly { readonly serverId: string; readonly vendorId: string }[]): Promise<Located[]> {
    const { rows } = await this.pool.query<Located>(
      `SELECT l.item_id AS "itemId", l.server_id AS "serverId", l.vendor_id AS "vendorId" FROM item_location l
        WHERE l.server_id = ANY($1) AND l.item_id IN (SELECT o.item_id FROM item_location o JOIN jsonb_to_recordset($2) AS t("serverId" uuid, "vendorId" text) ON o.server_id = t."serverId" AND o.vendor_id = t."vendorId")`,
      [serverIds, JSON.stringify(titles)],
    );
    return rows;
  }

  /** All of a round at once: the rules see the round of before or this one. */
  async save({ type }: Pick<Round, 'type'>, looks: readonly { readonly serverId: string; readonly userId: string; readonly states: readonly WatchGlance[] }[], at: Date): Promise<void> {
    const rows = looks.map(({ serverId, userId, states }) => ({ serverId, userId, states: states.map(({ itemVendorId, played, positionMs }) => ({ id: itemVendorId, played, positionMs })) }));
    await this.pool.query(
      `INSERT INTO watch_look (server_id, user_vendor_id, type, looked_at, states)
       SELECT l."serverId", l."userId", $2, $3, l.states FROM jsonb_to_recordset($1) AS l("serverId" uuid, "userId" text, states jsonb)
       ON CONFLICT (server_id, user_vendor_id, type) DO UPDATE SET looked_at = excluded.looked_at, states = excluded.states`,
      [JSON.stringify(rows), type, at],
    );
  }

  /** What was seen of accounts that nobody links any more. */
  async removeForeign(): Promise<void> {
    await this.pool.query('DELETE FROM watch_look k WHERE NOT EXISTS (SELECT 1 FROM identity_user i WHERE i.server_id = k.server_id AND i.user_vendor_id = k.user_vendor_id)');
  }

  /** Titles of which the servers of a person say different things; the rule looks closer. */
  async differing(): Promise<SeenTitle[]> {
    const { rows } = await this.pool.query<Omit<SeenTitle, 'lookedAtMs'> & Naming & { lookedAt: Date }>(
      `WITH located AS (
         SELECT i.identity_id, k.server_id, k.user_vendor_id, k.looked_at, t.id, t.played, t."positionMs", l.item_id, l.library_vendor_id, l.duration_ms
           FROM watch_look k JOIN identity_user i ON i.server_id = k.server_id AND i.user_vendor_id = k.user_vendor_id
           JOIN server s ON s.id = k.server_id AND s.state <> 'historical'
           CROSS JOIN LATERAL jsonb_to_recordset(k.states) AS t(id text, played boolean, "positionMs" float8)
           JOIN item_location l ON l.server_id = k.server_id AND l.vendor_id = t.id),
       apart AS (
         SELECT identity_id, item_id FROM located GROUP BY 1, 2
         HAVING count(DISTINCT server_id) > 1 AND (bool_or(played) <> bool_and(played) OR max("positionMs") <> min("positionMs"))),
       since AS (
         SELECT DISTINCT k.server_id, k.user_vendor_id, p.item_id FROM watch_look k
           JOIN playback p ON p.server_id = k.server_id AND p.user_id = k.user_vendor_id AND p.item_type = k.type AND (p.ended_at > k.looked_at OR p.ended_at IS NULL))
       SELECT d.identity_id AS "personId", d.item_id AS "itemId", i.title, i.parent_title AS "parentTitle", i.season_number AS "seasonNumber", i.episode_number AS "episodeNumber", i.year, d.duration_ms::float8 AS "durationMs", d.server_id AS "serverId", d.user_vendor_id AS "userId",
              d.id AS "vendorId", d.library_vendor_id AS "libraryVendorId", d.played, d."positionMs", d.looked_at AS "lookedAt", p.item_id IS NOT NULL AS "isOld"
         FROM located d JOIN apart USING (identity_id, item_id) JOIN item i ON i.id = d.item_id
         LEFT JOIN since p ON p.server_id = d.server_id AND p.user_vendor_id = d.user_vendor_id AND p.item_id = d.id
        ORDER BY d.identity_id, i.sort_title, d.item_id, d.server_id, d.id LIMIT ${MAX_DIFFERING}`,
    );
    return rows.map(({ lookedAt, parentTitle, seasonNumber, episodeNumber, year, title, ...seen }) => ({ ...seen, title: nameOf({ parentTitle, seasonNumber, episodeNumber, year, title }), lookedAtMs: lookedAt.getTime() }));
  }

  /** How many accounts can be compared, and how many were looked at for films and episodes both. */
  async progress(): Promise<Register['looks']> {
    const { rows } = await this.pool.query<Register['looks']>(
      `SELECT count(*)::int AS accounts, count(*) FILTER (WHERE (SELECT count(*) FROM watch_look k WHERE k.server_id = a.server_id AND k.user_vendor_id = a.user_vendor_id) > 1)::int AS looked FROM (${COMPARED}) AS a`,
    );
    return rows[0]!;
  }
}
