import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';

export interface OverlapRow {
  readonly libraryVendorId: string;
  readonly libraryName: string;
  readonly titles: number;
  readonly onBoth: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What is played; series and albums only hold it. */
const PLAYED = `('movie', 'episode', 'track')`;

@Injectable()
export class OverlapRepository {
  constructor(private readonly pool: Pool) {}

  /** Of the source, by library. The tier of a title is the weaker one of both rows: each says how it joined the others. */
  async rows(sourceServerId: string, targetServerId: string): Promise<OverlapRow[]> {
    const { rows } = await this.pool.query<OverlapRow>(
      `WITH held AS (
         SELECT a.library_vendor_id, a.item_id,
                (SELECT max(greatest(coalesce(a.tier, 'A'), coalesce(b.tier, 'A'))) FROM item_location b WHERE b.item_id = a.item_id AND b.server_id = $2) AS tier
           FROM item_location a WHERE a.server_id = $1 AND a.type IN ${PLAYED})
       SELECT l.vendor_id AS "libraryVendorId", l.name AS "libraryName", count(DISTINCT h.item_id)::int AS titles, count(DISTINCT h.item_id) FILTER (WHERE h.tier IS NOT NULL)::int AS "onBoth",
              count(DISTINCT h.item_id) FILTER (WHERE h.tier = 'A')::int AS a, count(DISTINCT h.item_id) FILTER (WHERE h.tier = 'B')::int AS b, count(DISTINCT h.item_id) FILTER (WHERE h.tier = 'C')::int AS c
         FROM held h JOIN library l ON l.server_id = $1 AND l.vendor_id = h.library_vendor_id
        GROUP BY l.vendor_id, l.name ORDER BY l.name, l.vendor_id`,
      [sourceServerId, targetServerId],
    );
    return rows;
  }

  async onlyTarget(sourceServerId: string, targetServerId: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(
      `SELECT count(DISTINCT b.item_id)::int AS count FROM item_location b WHERE b.server_id = $2 AND b.type IN ${PLAYED}
        AND NOT EXISTS (SELECT 1 FROM item_location a WHERE a.item_id = b.item_id AND a.server_id = $1)`,
      [sourceServerId, targetServerId],
    );
    return rows[0]!.count;
  }

  /** When the index of a server was read last; undefined for a server that does not exist. */
  async readAt(serverId: string): Promise<Date | null | undefined> {
    const { rows } = await this.pool.query<{ at: Date | null }>(
      `SELECT (SELECT max(r.finished_at) FROM library_reading r WHERE r.server_id = s.id) AS at FROM server s WHERE s.id = $1 AND s.state <> 'historical'`,
      [serverId],
    );
    return rows[0] && rows[0].at;
  }
}
