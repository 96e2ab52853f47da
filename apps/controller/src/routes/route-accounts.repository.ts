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
   * The accounts of one person: the given one, and on every other server the one that is linked to the same identity, else
   * the one with the same e-mail address, else the one with the same name. What is linked to somebody else, or was said to
   * be somebody else, is not taken. Empty when the given account does not exist.
   */
  async accountsOf(serverId: string, userId: string): Promise<RouteAccount[]> {
    const { rows } = await this.pool.query<AccountRow>(
      `WITH person AS (SELECT u.*, i.identity_id, u.server_id || ':' || u.vendor_id AS key FROM media_user u JOIN server s ON s.id = u.server_id AND s.state <> 'historical'
                         LEFT JOIN identity_user i ON i.server_id = u.server_id AND i.user_vendor_id = u.vendor_id),
            given AS (SELECT * FROM person WHERE server_id = $1 AND vendor_id = $2),
            judged AS (SELECT u.*, CASE WHEN u.key = g.key THEN 'given' WHEN u.identity_id = g.identity_id THEN 'identity' WHEN lower(u.email) = lower(g.email) THEN 'email' ELSE 'name' END AS evidence
                         FROM person u, given g
                        WHERE u.key = g.key OR (u.server_id <> g.server_id AND (u.identity_id = g.identity_id OR ((lower(u.email) = lower(g.email) OR lower(u.name) = lower(g.name))
                          AND (u.identity_id IS NULL OR g.identity_id IS NULL)
                          AND NOT EXISTS (SELECT 1 FROM identity_refusal r WHERE r.key = least(u.key COLLATE "C", g.key COLLATE "C") || '|' || greatest(u.key COLLATE "C", g.key COLLATE "C"))))))
       SELECT DISTINCT ON (server_id) server_id AS "serverId", vendor_id AS "vendorId", name, enabled, evidence FROM judged
        ORDER BY server_id, array_position(ARRAY['given', 'identity', 'email', 'name'], evidence), enabled DESC, vendor_id`,
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
