import { Injectable } from '@nestjs/common';
import type { RouteAccount } from '@usher/contracts';
import type { HeldItem } from '../libraries/items/item-holders.js';
import { Pool } from 'pg';

interface AccountRow {
  readonly serverId: string;
  readonly vendorId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly evidence: RouteAccount['evidence'];
}

/** Who a person is on each server, and where they were last. */
@Injectable()
export class RouteAccountsRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * The accounts of one person: the given one, and on every other server the one with the same e-mail address, else the
   * one with the same name. Empty when the given account does not exist.
   */
  async accountsOf(serverId: string, userId: string): Promise<RouteAccount[]> {
    const { rows } = await this.pool.query<AccountRow>(
      `WITH given AS (SELECT * FROM media_user WHERE server_id = $1 AND vendor_id = $2)
       SELECT DISTINCT ON (u.server_id) u.server_id AS "serverId", u.vendor_id AS "vendorId", u.name, u.enabled,
              CASE WHEN u.server_id = g.server_id THEN 'given' WHEN lower(u.email) = lower(g.email) THEN 'email' ELSE 'name' END AS evidence
         FROM media_user u JOIN server s ON s.id = u.server_id AND s.state <> 'historical', given g
        WHERE (u.server_id = g.server_id AND u.vendor_id = g.vendor_id)
           OR (u.server_id <> g.server_id AND (lower(u.email) = lower(g.email) OR lower(u.name) = lower(g.name)))
        ORDER BY u.server_id, (lower(u.email) IS NOT DISTINCT FROM lower(g.email) AND u.email IS NOT NULL) DESC, u.enabled DESC, u.vendor_id`,
      [serverId, userId],
    );
    return rows.map(({ vendorId, ...account }) => ({ ...account, userId: vendorId }));
  }

  /** Server where this person last played the item, or another episode of its series, within 24 hours. */
  async earlierServer(accounts: readonly RouteAccount[], { holders, parentTitles }: Pick<HeldItem, 'holders' | 'parentTitles'>): Promise<string | null> {
    const { rows } = await this.pool.query<{ server_id: string }>(
      `SELECT p.server_id FROM playback p
         JOIN jsonb_to_recordset($1) AS a("serverId" uuid, "userId" text) ON a."serverId" = p.server_id AND a."userId" = p.user_id
        WHERE p.started_at > now() - interval '24 hours'
          AND (EXISTS (SELECT 1 FROM jsonb_to_recordset($2) AS h("serverId" uuid, "itemId" text) WHERE h."serverId" = p.server_id AND h."itemId" = p.item_id)
            OR p.series_title = ANY($3))
        ORDER BY p.started_at DESC LIMIT 1`,
      [JSON.stringify(accounts), JSON.stringify(holders), parentTitles],
    );
    return rows[0]?.server_id ?? null;
  }
}
