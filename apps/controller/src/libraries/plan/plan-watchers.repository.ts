import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';

const DAYS = 90;
/** Where the vendors' own thresholds lie, near enough for an overview. */
const WATCHED_SHARE = 0.9;

export interface WatchedTitle {
  readonly userName: string;
  readonly itemId: string;
  readonly title: string;
  readonly isWatched: boolean;
  readonly isWatching: boolean;
  readonly at: Date;
}

/** Who watched what, by the ledger; and who has an account. */
@Injectable()
export class PlanWatchersRepository {
  constructor(private readonly pool: Pool) {}

  /** Each user and item of a server once, over the last 90 days; the newest last. */
  async watched(serverId: string): Promise<WatchedTitle[]> {
    const { rows } = await this.pool.query<WatchedTitle>(
      `SELECT p.user_name AS "userName", p.item_id AS "itemId", (array_agg(concat_ws(' · ', p.series_title, p.title) ORDER BY p.started_at DESC))[1] AS title,
              bool_or(p.duration_ms > 0 AND p.position_ms >= p.duration_ms * ${WATCHED_SHARE}) AS "isWatched", bool_or(p.ended_at IS NULL) AS "isWatching", max(p.started_at) AS at
         FROM playback p
        WHERE p.server_id = $1 AND p.user_name IS NOT NULL AND (p.started_at > now() - make_interval(days => ${DAYS}) OR p.ended_at IS NULL)
        GROUP BY p.user_name, p.item_id ORDER BY at`,
      [serverId],
    );
    return rows;
  }

  async userNames(serverId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ name: string }>('SELECT name FROM media_user WHERE server_id = $1 AND enabled ORDER BY name', [serverId]);
    return rows.map(({ name }) => name);
  }

  async openStreams(serverId: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM playback WHERE server_id = $1 AND ended_at IS NULL', [serverId]);
    return rows[0]!.count;
  }
}
