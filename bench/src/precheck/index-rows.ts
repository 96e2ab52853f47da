import { uuidv7 } from '@usher/contracts';
import type { createPool } from '@usher/database';
import type { Matchable } from '@usher/matching';

type Pool = ReturnType<typeof createPool>;

const AT_ONCE = 5_000;
const GIB = 2 ** 30;

/** Puts a server into the registry as if its library had been read; no agent serves it. Returns its id. */
export async function addIndexed(pool: Pool, alias: string, folders: readonly string[], rows: readonly Matchable[]): Promise<string> {
  const id = uuidv7();
  await pool.query(`INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, machine_id) VALUES ($1, $2, $3, $4, $4, 'jellyfin', 'remote', 'offline', $3)`, [id, alias, id, `http://${id}.example`]);
  await pool.query(`INSERT INTO library (server_id, vendor_id, name, type, item_count, folders, read_at) VALUES ($1, 'all', 'All', 'mixed', $2, $3, now())`, [id, rows.length, folders]);
  for (let from = 0; from < rows.length; from += AT_ONCE) await addRows(pool, id, rows.slice(from, from + AT_ONCE));
  await pool.query('ANALYZE item, item_location, item_provider_id');
  return id;
}

async function addRows(pool: Pool, serverId: string, rows: readonly Matchable[]): Promise<void> {
  const given = JSON.stringify(rows.map((row) => ({ ...row, itemId: uuidv7(), sizeBytes: row.path === null ? null : 2 * GIB + (row.durationMs ?? 0) })));
  await pool.query(
    `WITH given AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS g("itemId" uuid, id text, type text, title text, "parentId" text, "seasonNumber" int, "episodeNumber" int, "episodeEndNumber" int,
                      year int, "airDate" text, "durationMs" bigint, path text, "sizeBytes" bigint)),
          titles AS (INSERT INTO item (id, type, title, sort_title) SELECT "itemId", type, title, lower(title) FROM given)
     INSERT INTO item_location (server_id, vendor_id, library_vendor_id, item_id, type, title, parent_vendor_id, season_number, episode_number, episode_end_number, year, air_date, duration_ms,
                                video_height, path, file_count, size_bytes, identity, read_run, read_at)
     SELECT $1, id, 'all', "itemId", type, title, "parentId", "seasonNumber", "episodeNumber", "episodeEndNumber", year, "airDate", "durationMs", 1080, path, (path IS NOT NULL)::int, "sizeBytes", '', "itemId", now()
       FROM given`,
    [serverId, given],
  );
  await pool.query(
    `INSERT INTO item_provider_id (server_id, vendor_id, type, provider_id)
     SELECT $1, g.id, g.type, p.id FROM jsonb_to_recordset($2::jsonb) AS g(id text, type text, ids jsonb), jsonb_array_elements_text(g.ids) AS p(id)`,
    [serverId, given],
  );
}
