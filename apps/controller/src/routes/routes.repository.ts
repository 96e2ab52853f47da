import { Injectable } from '@nestjs/common';
import { PlacementRequest, type RouteRecord } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';

interface RouteRow {
  readonly id: string;
  readonly link_sha256: Buffer;
  readonly state: RouteRecord['state'];
  readonly request: unknown;
  readonly placement_id: string;
  readonly server_id: string | null;
  readonly position_ms: string;
  readonly position_at: Date;
  readonly moves: number;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export type RouteNote = Pick<RouteRecord, 'routeId' | 'state' | 'positionMs' | 'positionAt' | 'expiresAt'>;

const LIVING = `expires_at > now() AND state NOT IN ('ended', 'expired')`;

function toRecord(row: RouteRow): RouteRecord {
  return {
    routeId: row.id,
    linkSha256: row.link_sha256.toString('hex'),
    state: row.state,
    request: PlacementRequest.parse(row.request),
    placementId: row.placement_id,
    serverId: row.server_id,
    positionMs: Number(row.position_ms),
    positionAt: row.position_at.toISOString(),
    moves: row.moves,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}

/** SQL of routes. */
@Injectable()
export class RoutesRepository {
  constructor(private readonly pool: Pool) {}

  /** False when a route of this id exists. */
  async insert(tx: PoolClient, route: RouteRecord): Promise<boolean> {
    const { rowCount } = await tx.query(
      `INSERT INTO route (id, link_sha256, state, request, item_key, placement_id, server_id, position_ms, position_at, moves, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
      [
        route.routeId,
        Buffer.from(route.linkSha256, 'hex'),
        route.state,
        JSON.stringify(route.request),
        route.request.itemKey,
        route.placementId,
        route.serverId,
        route.positionMs,
        route.positionAt,
        route.moves,
        route.createdAt,
        route.expiresAt,
      ],
    );
    return rowCount === 1;
  }

  /** False when the route has another placement than `replaces` by now. */
  async replace(tx: PoolClient, route: RouteRecord, replaces: string): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE route SET state = $3, request = $4, placement_id = $5, server_id = $6, position_ms = $7, position_at = $8, moves = $9, expires_at = $10
        WHERE id = $1 AND placement_id = $2`,
      [route.routeId, replaces, route.state, JSON.stringify(route.request), route.placementId, route.serverId, route.positionMs, route.positionAt, route.moves, route.expiresAt],
    );
    return rowCount === 1;
  }

  /** Older notes than the row are left out; a note never brings an ended route back. */
  async note(notes: readonly RouteNote[]): Promise<void> {
    await this.pool.query(
      `UPDATE route r SET state = n.state, position_ms = n."positionMs", position_at = n."positionAt", expires_at = greatest(r.expires_at, n."expiresAt")
         FROM jsonb_to_recordset($1) AS n("routeId" uuid, state text, "positionMs" bigint, "positionAt" timestamptz, "expiresAt" timestamptz)
        WHERE r.id = n."routeId" AND r.position_at <= n."positionAt" AND r.state NOT IN ('ended', 'expired')`,
      [JSON.stringify(notes)],
    );
  }

  /** Living routes in the order of their ids. */
  async page(after: string | null, limit: number): Promise<RouteRecord[]> {
    const { rows } = await this.pool.query<RouteRow>(`SELECT * FROM route WHERE ${LIVING} AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`, [after, limit]);
    return rows.map(toRecord);
  }

  async newest(limit: number): Promise<RouteRecord[]> {
    const { rows } = await this.pool.query<RouteRow>(`SELECT * FROM route WHERE ${LIVING} ORDER BY created_at DESC, id DESC LIMIT $1`, [limit]);
    return rows.map(toRecord);
  }

  /** Expired ones, too. */
  async byId(id: string): Promise<RouteRecord | undefined> {
    const { rows } = await this.pool.query<RouteRow>('SELECT * FROM route WHERE id = $1', [id]);
    return rows[0] && toRecord(rows[0]);
  }

  async living(by: { linkSha256: string } | { routeId: string }): Promise<RouteRecord | undefined> {
    const [column, value] = 'routeId' in by ? ['id', by.routeId] : ['link_sha256', Buffer.from(by.linkSha256, 'hex')];
    const { rows } = await this.pool.query<RouteRow>(`SELECT * FROM route WHERE ${column} = $1 AND ${LIVING}`, [value]);
    return rows[0] && toRecord(rows[0]);
  }

  async removeOld(): Promise<void> {
    await this.pool.query(`DELETE FROM route WHERE expires_at < now() - interval '30 days'`);
  }
}
