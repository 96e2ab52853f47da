import { Injectable } from '@nestjs/common';
import { PlacementRecord, type PlacementKind, type PlacementVerdict } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';

export interface PlacementQuery {
  readonly serverIds?: readonly string[];
  readonly verdicts?: readonly PlacementVerdict[];
  readonly kinds?: readonly PlacementKind[];
}

/** Where a playback shows: on which server, with which item, as whom. */
export interface Seat {
  readonly serverId: string;
  readonly itemId: string;
  readonly userId: string;
}

export interface DayCounts {
  readonly placed: number;
  readonly moved: number;
  readonly refused: number;
}

const WHERE = `($1::uuid[] IS NULL OR server_id = ANY($1)) AND ($2::text[] IS NULL OR verdict = ANY($2)) AND ($3::text[] IS NULL OR kind = ANY($3))`;

function parametersOf({ serverIds, verdicts, kinds }: PlacementQuery): unknown[] {
  return [serverIds ?? null, verdicts ?? null, kinds ?? null];
}

/** SQL of decisions. */
@Injectable()
export class PlacementsRepository {
  constructor(private readonly pool: Pool) {}

  async insert(tx: PoolClient, record: PlacementRecord): Promise<void> {
    await tx.query(`INSERT INTO placement (id, at, kind, verdict, route_id, server_id, record) VALUES ($1, $2, $3, $4, $5, $6, $7)`, [
      record.placementId,
      record.at,
      record.kind,
      record.verdict,
      record.routeId,
      record.serverId,
      JSON.stringify(record),
    ]);
  }

  /** Newest first. */
  async page(query: PlacementQuery, take: number, after?: { at: Date; id: string }): Promise<PlacementRecord[]> {
    const { rows } = await this.pool.query<{ record: unknown }>(
      `SELECT record FROM placement WHERE ${WHERE} AND ($4::timestamptz IS NULL OR (at, id) < ($4, $5::uuid)) ORDER BY at DESC, id DESC LIMIT $6`,
      [...parametersOf(query), after?.at ?? null, after?.id ?? null, take],
    );
    return rows.map(({ record }) => PlacementRecord.parse(record));
  }

  async count(query: PlacementQuery): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM placement WHERE ${WHERE}`, parametersOf(query));
    return rows[0]!.count;
  }

  async byId(id: string): Promise<PlacementRecord | undefined> {
    const { rows } = await this.pool.query<{ record: unknown }>('SELECT record FROM placement WHERE id = $1', [id]);
    return rows[0] && PlacementRecord.parse(rows[0].record);
  }

  /**
   * For each seat the decision of the living route that leads to it, as the router follows its routes; of several the newest route.
   * Null where nothing was routed there.
   */
  async ofSeats(seats: readonly Seat[]): Promise<(PlacementRecord | null)[]> {
    const { rows } = await this.pool.query<{ n: number; record: unknown }>(
      `SELECT DISTINCT ON (s.n) s.n, p.record
         FROM jsonb_to_recordset($1) AS s(n int, "serverId" uuid, "itemId" text, "userId" text)
         JOIN route r ON r.server_id = s."serverId" AND r.expires_at > now() AND r.state NOT IN ('ended', 'expired')
          AND r.request->'holders' @> jsonb_build_array(jsonb_build_object('serverId', s."serverId", 'itemId', s."itemId"))
          AND r.request->'accounts' @> jsonb_build_array(jsonb_build_object('serverId', s."serverId", 'userId', s."userId"))
         JOIN placement p ON p.id = r.placement_id
        ORDER BY s.n, r.created_at DESC, r.id DESC`,
      [JSON.stringify(seats.map((seat, n) => ({ ...seat, n })))],
    );
    const found = new Map(rows.map(({ n, record }) => [n, PlacementRecord.parse(record)]));
    return seats.map((_, n) => found.get(n) ?? null);
  }

  /** Since midnight UTC. */
  async today(): Promise<DayCounts> {
    const { rows } = await this.pool.query<DayCounts>(
      `SELECT count(*) FILTER (WHERE verdict <> 'refused')::int AS placed, count(*) FILTER (WHERE verdict <> 'refused' AND kind IN ('failover', 'drain'))::int AS moved,
              count(*) FILTER (WHERE verdict = 'refused')::int AS refused
         FROM placement WHERE at >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`,
    );
    return rows[0]!;
  }

  async removeOld(): Promise<void> {
    await this.pool.query(`DELETE FROM placement WHERE at < now() - interval '30 days'`);
    await this.pool.query(`DELETE FROM reservation WHERE ends_at < now() - interval '1 hour'`);
  }
}
