import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Joining, Placed, Placing } from './item-grouping.js';
import { sortTitleOf, type ItemRow } from './item-row.js';

/** Two servers that are read at once must see each other's titles: one page is placed at a time. */
const ONE_AT_A_TIME = 4_712_008;
/** Enough to see that an id stands on unrelated items. */
const HOLDERS_OF_AN_ID = 40;

const COLUMNS = `l.server_id AS "serverId", l.vendor_id AS id, l.item_id AS "itemId", l.type, l.title, l.parent_vendor_id AS "parentId", l.season_number AS "seasonNumber",
  l.episode_number AS "episodeNumber", l.episode_end_number AS "episodeEndNumber", l.year, l.air_date AS "airDate", l.duration_ms::float8 AS "durationMs", l.path, l.path_key AS "pathKey",
  ARRAY(SELECT o.provider_id FROM item_provider_id o WHERE o.server_id = l.server_id AND o.vendor_id = l.vendor_id ORDER BY o.provider_id COLLATE "C") AS ids`;

export interface KnownRow {
  readonly vendorId: string;
  readonly itemId: string;
  readonly identity: string;
}

export interface Place {
  readonly serverId: string;
  readonly libraryVendorId: string;
  readonly run: string;
}

/** SQL of the item index: where rows go, and which titles they are. Every method runs in the caller's transaction. */
@Injectable()
export class ItemIndexRepository {
  async lock(tx: PoolClient): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ONE_AT_A_TIME]);
    await this.useIndexes(tx);
  }

  /** Tables that grow by thousands of rows a minute have no statistics yet, and without them every key would be sought from end to end. */
  async useIndexes(tx: PoolClient): Promise<void> {
    await tx.query('SET LOCAL enable_seqscan = off');
  }

  async known(tx: PoolClient, serverId: string, vendorIds: readonly string[]): Promise<Map<string, KnownRow>> {
    const { rows } = await tx.query<KnownRow>(
      'SELECT vendor_id AS "vendorId", item_id AS "itemId", identity FROM item_location WHERE server_id = $1 AND vendor_id = ANY($2)',
      [serverId, vendorIds],
    );
    return new Map(rows.map((row) => [row.vendorId, row]));
  }

  /** Those of the given titles that no other row than `vendorIds` of this server is. */
  async ownItems(tx: PoolClient, serverId: string, vendorIds: readonly string[]): Promise<Map<string, string>> {
    if (vendorIds.length === 0) return new Map();
    const { rows } = await tx.query<{ vendor_id: string; item_id: string }>(
      `SELECT min(l.vendor_id) AS vendor_id, l.item_id FROM item_location l
        WHERE l.item_id IN (SELECT item_id FROM item_location WHERE server_id = $1 AND vendor_id = ANY($2))
        GROUP BY l.item_id HAVING count(*) = 1`,
      [serverId, vendorIds],
    );
    return new Map(rows.map((row) => [row.vendor_id, row.item_id]));
  }

  /** Rows of the index that share an id or a path with one of these. */
  async candidates(tx: PoolClient, rows: readonly ItemRow[]): Promise<Placed[]> {
    const keys = rows.flatMap((row) => row.ids.map((id) => ({ type: row.type, id })));
    const { rows: found } = await tx.query<Placed>(
      `WITH near AS (
         SELECT h.server_id, h.vendor_id FROM (SELECT DISTINCT type, id FROM jsonb_to_recordset($1) AS k(type text, id text)) k
           CROSS JOIN LATERAL (SELECT p.server_id, p.vendor_id FROM item_provider_id p WHERE p.type = k.type AND p.provider_id = k.id LIMIT ${HOLDERS_OF_AN_ID}) h
         UNION
         SELECT server_id, vendor_id FROM item_location WHERE path_key = ANY($2)
       )
       SELECT ${COLUMNS} FROM near n JOIN item_location l ON l.server_id = n.server_id AND l.vendor_id = n.vendor_id
         JOIN server s ON s.id = l.server_id AND s.state <> 'historical'`,
      [JSON.stringify(keys), rows.flatMap((row) => row.pathKey ?? [])],
    );
    return found;
  }

  async join(tx: PoolClient, joinings: readonly Joining[]): Promise<void> {
    for (const { from, into } of joinings) {
      await tx.query(`UPDATE item_location SET item_id = $2, evidence = CASE WHEN tier IS NULL THEN '{joined by another server}' ELSE evidence END, tier = coalesce(tier, 'C') WHERE item_id = $1`, [from, into]);
      await tx.query('UPDATE item SET replaced_by = $2 WHERE id = $1 OR replaced_by = $1', [from, into]);
    }
  }

  /** New and changed rows with their titles. */
  async write(tx: PoolClient, place: Place, placings: readonly Placing[]): Promise<void> {
    const leads = placings.filter(({ isLead }) => isLead).map(({ row, itemId }) => ({ ...row, itemId, sortTitle: sortTitleOf(row) }));
    await tx.query(
      `INSERT INTO item (id, type, title, parent_title, season_number, episode_number, year, duration_ms, sort_title)
       SELECT i."itemId", i.type, i.title, i."parentTitle", i."seasonNumber", i."episodeNumber", i.year, i."durationMs", i."sortTitle"
         FROM jsonb_to_recordset($1) AS i("itemId" uuid, type text, title text, "parentTitle" text, "seasonNumber" int, "episodeNumber" int, year int, "durationMs" bigint, "sortTitle" text)
       ON CONFLICT (id) DO UPDATE SET type = excluded.type, title = excluded.title, parent_title = excluded.parent_title, season_number = excluded.season_number,
         episode_number = excluded.episode_number, year = excluded.year, duration_ms = excluded.duration_ms, sort_title = excluded.sort_title`,
      [JSON.stringify(leads)],
    );
    const rows = placings.map(({ row, itemId, tier, evidence }) => ({ ...row, itemId, tier, evidence }));
    const ids = placings.map(({ row }) => row.id);
    await tx.query(
      `INSERT INTO item_location (server_id, vendor_id, library_vendor_id, item_id, type, title, parent_vendor_id, parent_title, season_number, episode_number, episode_end_number, year,
         air_date, duration_ms, video_height, path, path_key, file_count, size_bytes, identity, tier, evidence, read_run, read_at)
       SELECT $1, l.id, $2, l."itemId", l.type, l.title, l."parentId", l."parentTitle", l."seasonNumber", l."episodeNumber", l."episodeEndNumber", l.year,
         l."airDate", l."durationMs", l."videoHeight", l.path, l."pathKey", l."fileCount", l."sizeBytes", l.identity, l.tier, coalesce(l.evidence, '{}'), $3, now()
         FROM jsonb_to_recordset($4) AS l(id text, "itemId" uuid, type text, title text, "parentId" text, "parentTitle" text, "seasonNumber" int, "episodeNumber" int, "episodeEndNumber" int, year int,
           "airDate" text, "durationMs" bigint, "videoHeight" int, path text, "pathKey" text, "fileCount" int, "sizeBytes" bigint, identity text, tier text, evidence text[])
       ON CONFLICT (server_id, vendor_id) DO UPDATE SET library_vendor_id = excluded.library_vendor_id, item_id = excluded.item_id, type = excluded.type, title = excluded.title,
         parent_vendor_id = excluded.parent_vendor_id, parent_title = excluded.parent_title, season_number = excluded.season_number, episode_number = excluded.episode_number,
         episode_end_number = excluded.episode_end_number, year = excluded.year, air_date = excluded.air_date, duration_ms = excluded.duration_ms, video_height = excluded.video_height,
         path = excluded.path, path_key = excluded.path_key, file_count = excluded.file_count, size_bytes = excluded.size_bytes, identity = excluded.identity, tier = excluded.tier,
         evidence = excluded.evidence, read_run = excluded.read_run, read_at = excluded.read_at`,
      [place.serverId, place.libraryVendorId, place.run, JSON.stringify(rows)],
    );
    await tx.query('DELETE FROM item_provider_id WHERE server_id = $1 AND vendor_id = ANY($2)', [place.serverId, ids]);
    await tx.query(
      `INSERT INTO item_provider_id (server_id, vendor_id, type, provider_id)
       SELECT $1, p.vendor_id, p.type, p.id FROM jsonb_to_recordset($2) AS p(vendor_id text, type text, id text)`,
      [place.serverId, JSON.stringify(placings.flatMap(({ row }) => row.ids.map((id) => ({ vendor_id: row.id, type: row.type, id }))))],
    );
  }

  /** Rows that are as they were: seen again. Sizes may have come to be known. */
  async touch(tx: PoolClient, place: Place, rows: readonly ItemRow[]): Promise<void> {
    await tx.query(
      `UPDATE item_location l SET library_vendor_id = $2, read_run = $3, read_at = now(), video_height = r."videoHeight", file_count = greatest(l.file_count, r."fileCount"),
         size_bytes = coalesce(r."sizeBytes", l.size_bytes)
        FROM jsonb_to_recordset($4) AS r(id text, "videoHeight" int, "fileCount" int, "sizeBytes" bigint) WHERE l.server_id = $1 AND l.vendor_id = r.id`,
      [place.serverId, place.libraryVendorId, place.run, JSON.stringify(rows.map(({ id, videoHeight, fileCount, sizeBytes }) => ({ id, videoHeight, fileCount, sizeBytes })))],
    );
  }

  /** What this run of the library did not see is gone. */
  async removeUnseen(tx: PoolClient, { serverId, libraryVendorId, run }: Place): Promise<number> {
    const { rows } = await tx.query<{ item_id: string }>('DELETE FROM item_location WHERE server_id = $1 AND library_vendor_id = $2 AND read_run <> $3 RETURNING item_id', [serverId, libraryVendorId, run]);
    await this.removeEmpty(tx, rows.map((row) => row.item_id));
    return rows.length;
  }

  /** Of these titles, those that nobody holds any more. */
  async removeEmpty(tx: PoolClient, itemIds: readonly string[]): Promise<void> {
    if (itemIds.length === 0) return;
    await tx.query('DELETE FROM item i WHERE i.id = ANY($1) AND i.replaced_by IS NULL AND NOT EXISTS (SELECT 1 FROM item_location l WHERE l.item_id = i.id)', [itemIds]);
  }

  /** Series and albums of the library that another server has too, where both have children that are no title of the other. */
  async openParents(tx: PoolClient, serverId: string, libraryVendorId: string): Promise<{ ours: string; otherServerId: string; theirs: string }[]> {
    const hasOpen = (parent: string, other: string) => `EXISTS (SELECT 1 FROM item_location c WHERE c.server_id = ${parent}.server_id AND c.parent_vendor_id = ${parent}.vendor_id
      AND NOT EXISTS (SELECT 1 FROM item_location d WHERE d.item_id = c.item_id AND d.server_id = ${other}.server_id))`;
    const { rows } = await tx.query<{ ours: string; otherServerId: string; theirs: string }>(
      `SELECT a.vendor_id AS ours, b.server_id AS "otherServerId", b.vendor_id AS theirs
         FROM item_location a JOIN item_location b ON b.item_id = a.item_id AND b.server_id <> a.server_id JOIN server s ON s.id = b.server_id AND s.state <> 'historical'
        WHERE a.server_id = $1 AND a.library_vendor_id = $2 AND a.type IN ('series', 'album') AND ${hasOpen('a', 'b')} AND ${hasOpen('b', 'a')}
        ORDER BY a.vendor_id, b.server_id, b.vendor_id`,
      [serverId, libraryVendorId],
    );
    return rows;
  }

  /** A parent and its children. */
  async family(tx: PoolClient, serverId: string, parentVendorId: string): Promise<Placed[]> {
    const { rows } = await tx.query<Placed>(`SELECT ${COLUMNS} FROM item_location l WHERE l.server_id = $1 AND (l.vendor_id = $2 OR l.parent_vendor_id = $2)`, [serverId, parentVendorId]);
    return rows;
  }

  async noteTier(tx: PoolClient, serverId: string, vendorIds: readonly string[], tier: string, evidence: readonly string[]): Promise<void> {
    await tx.query('UPDATE item_location SET tier = $3, evidence = $4 WHERE server_id = $1 AND vendor_id = ANY($2)', [serverId, vendorIds, tier, evidence]);
  }
}
