import { Injectable } from '@nestjs/common';
import { Uuid7, type ItemHolder, type RouteAccount } from '@usher/contracts';
import { Pool } from 'pg';

export interface Whereabouts {
  readonly title: string;
  readonly holders: ItemHolder[];
}

interface LocationRow {
  readonly serverId: string;
  readonly vendorId: string;
  readonly title: string;
  readonly parentTitle: string | null;
  readonly videoHeight: number | null;
  readonly durationMs: string | null;
  readonly sizeBytes: string | null;
}

interface AccountRow {
  readonly serverId: string;
  readonly vendorId: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly evidence: RouteAccount['evidence'];
}

/** Who holds an item, and who a person is on each server. */
@Injectable()
export class WhereaboutsRepository {
  constructor(private readonly pool: Pool) {}

  /** Follows titles that were joined to another. Undefined for a title that is not known. */
  async whereIs(itemKey: string): Promise<Whereabouts | undefined> {
    if (!Uuid7.safeParse(itemKey).success) return undefined;
    const { rows } = await this.pool.query<LocationRow>(
      `WITH RECURSIVE joined AS (SELECT id, replaced_by FROM item WHERE id = $1 UNION SELECT i.id, i.replaced_by FROM item i JOIN joined j ON i.id = j.replaced_by)
       SELECT DISTINCT ON (l.server_id) l.server_id AS "serverId", l.vendor_id AS "vendorId", l.title, l.parent_title AS "parentTitle", l.video_height AS "videoHeight",
              l.duration_ms AS "durationMs", l.size_bytes AS "sizeBytes"
         FROM item_location l JOIN joined j ON j.id = l.item_id JOIN server s ON s.id = l.server_id AND s.state <> 'historical'
        ORDER BY l.server_id, l.video_height DESC NULLS LAST, l.vendor_id`,
      [itemKey],
    );
    const first = rows[0];
    if (!first) return undefined;
    const title = first.parentTitle === null ? first.title : `${first.parentTitle} · ${first.title}`;
    return { title: title.slice(0, 1_000), holders: rows.map(holderOf) };
  }

  /** False for a title that nobody ever had. */
  async isKnown(itemKey: string): Promise<boolean> {
    if (!Uuid7.safeParse(itemKey).success) return false;
    const { rowCount } = await this.pool.query('SELECT 1 FROM item WHERE id = $1', [itemKey]);
    return rowCount === 1;
  }

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
  async earlierServer(accounts: readonly RouteAccount[], holders: readonly ItemHolder[]): Promise<string | null> {
    const { rows } = await this.pool.query<{ server_id: string }>(
      `SELECT p.server_id FROM playback p
         JOIN jsonb_to_recordset($1) AS a("serverId" uuid, "userId" text) ON a."serverId" = p.server_id AND a."userId" = p.user_id
        WHERE p.started_at > now() - interval '24 hours'
          AND (EXISTS (SELECT 1 FROM jsonb_to_recordset($2) AS h("serverId" uuid, "itemId" text) WHERE h."serverId" = p.server_id AND h."itemId" = p.item_id)
            OR p.series_title IN (SELECT l.parent_title FROM item_location l JOIN jsonb_to_recordset($2) AS h("serverId" uuid, "itemId" text) ON h."serverId" = l.server_id AND h."itemId" = l.vendor_id))
        ORDER BY p.started_at DESC LIMIT 1`,
      [JSON.stringify(accounts), JSON.stringify(holders)],
    );
    return rows[0]?.server_id ?? null;
  }
}

/** The rate of a file follows from its size; the rest of what a file is, only the media server knows. */
function holderOf({ serverId, vendorId, videoHeight, durationMs, sizeBytes }: LocationRow): ItemHolder {
  const ms = durationMs === null ? null : Number(durationMs);
  const kbps = ms && sizeBytes !== null ? Math.round((Number(sizeBytes) * 8) / ms) : null;
  const source = { height: videoHeight || null, videoCodec: null, tenBit: null, hdr: null, framesPerSecond: null, bitRateKbps: kbps, durationMs: ms };
  return { serverId, itemId: vendorId, source };
}
