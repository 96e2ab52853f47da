import { Injectable } from '@nestjs/common';
import type { ErrorCode, ServerProfile } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import type { PathMap } from '@usher/matching';
import { PlanItems, type PlanItemRow } from './plan-items.js';
import type { PlanProgress, PlanResult, PlanState } from './plan-result.js';
import type { PathMapRow, PlanRequest } from './plan-request.js';

/** A check that gave no sign for so long has ended with its process; another one takes it up. */
const ALIVE_S = 60;
const KEPT = `interval '24 hours'`;

export interface PlanRow {
  readonly id: string;
  readonly rev: number;
  readonly sourceServerId: string;
  readonly targetServerId: string;
  readonly request: PlanRequest;
  readonly state: PlanState;
  readonly progress: PlanProgress | null;
  readonly result: PlanResult | null;
  readonly failure: { readonly code: ErrorCode; readonly message: string } | null;
  readonly signature: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly checkedAt: Date | null;
  readonly expiresAt: Date;
}

export interface PlanLibraryRow {
  readonly vendorId: string;
  readonly name: string;
  readonly type: string;
  readonly folders: string[];
}

export interface PlanServer {
  readonly id: string;
  readonly alias: string;
  readonly state: string;
  readonly readOnly: boolean;
  readonly profile: ServerProfile | null;
  readonly libraries: PlanLibraryRow[];
}

/** Rows that are read at a time. */
const PAGE = 1_000;

const PLAN = `id, rev, source_server_id AS "sourceServerId", target_server_id AS "targetServerId", request, state, progress, result, failure, signature,
  created_by AS "createdBy", created_at AS "createdAt", checked_at AS "checkedAt", expires_at AS "expiresAt"`;

/** SQL of prechecks. A check writes only while it is the holder of the revision that it checks. */
@Injectable()
export class LibraryPlansRepository {
  constructor(private readonly pool: Pool) {}

  async insert(tx: PoolClient, plan: { id: string; sourceServerId: string; targetServerId: string; request: PlanRequest; createdBy: string }): Promise<void> {
    await tx.query(
      `INSERT INTO library_plan (id, source_server_id, target_server_id, request, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, now() + ${KEPT})`,
      [plan.id, plan.sourceServerId, plan.targetServerId, JSON.stringify(plan.request), plan.createdBy],
    );
  }

  async find(id: string): Promise<PlanRow | null> {
    const { rows } = await this.pool.query<PlanRow>(`SELECT ${PLAN} FROM library_plan WHERE id = $1 AND expires_at > now()`, [id]);
    return rows[0] ?? null;
  }

  /** The next revision, to be checked again; null when `rev` is not the newest. */
  async replaceMap(tx: PoolClient, id: string, rev: number, pathMap: readonly PathMapRow[]): Promise<PlanRow | null> {
    const { rows } = await tx.query<PlanRow>(
      `UPDATE library_plan SET rev = rev + 1, request = jsonb_set(request, '{pathMap}', $3::jsonb), state = 'checking', progress = NULL, failure = NULL, holder = NULL, beat_at = NULL,
         expires_at = now() + ${KEPT} WHERE id = $1 AND rev = $2 AND expires_at > now() RETURNING ${PLAN}`,
      [id, rev, JSON.stringify(pathMap)],
    );
    return rows[0] ?? null;
  }

  /** Plans that wait for a check, or whose check has ended without a word. */
  async open(): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM library_plan WHERE state = 'checking' AND expires_at > now() AND (holder IS NULL OR beat_at < now() - make_interval(secs => ${ALIVE_S}))`,
    );
    return rows.map(({ id }) => id);
  }

  /** Null when it needs no check or somebody else makes it. */
  async claim(id: string, holder: string): Promise<PlanRow | null> {
    const { rows } = await this.pool.query<PlanRow>(
      `UPDATE library_plan SET holder = $2, beat_at = now() WHERE id = $1 AND state = 'checking' AND expires_at > now()
         AND (holder IS NULL OR beat_at < now() - make_interval(secs => ${ALIVE_S})) RETURNING ${PLAN}`,
      [id, holder],
    );
    return rows[0] ?? null;
  }

  /** False when this check is not wanted any more: another revision, another holder. */
  async beat({ id, rev }: PlanRow, holder: string, progress: PlanProgress): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE library_plan SET progress = $4, beat_at = now() WHERE id = $1 AND rev = $2 AND holder = $3 AND state = 'checking'`,
      [id, rev, holder, JSON.stringify(progress)],
    );
    return rowCount === 1;
  }

  async finish({ id, rev }: PlanRow, holder: string, result: PlanResult, signature: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE library_plan SET state = 'ready', result = $4, signature = $5, progress = NULL, failure = NULL, holder = NULL, beat_at = NULL, checked_at = now(), expires_at = now() + ${KEPT}
        WHERE id = $1 AND rev = $2 AND holder = $3`,
      [id, rev, holder, JSON.stringify(result), signature],
    );
    return rowCount === 1;
  }

  async fail({ id, rev }: PlanRow, holder: string, failure: { code: ErrorCode; message: string }): Promise<void> {
    await this.pool.query(
      `UPDATE library_plan SET state = 'failed', failure = $4, progress = NULL, holder = NULL, beat_at = NULL, checked_at = now() WHERE id = $1 AND rev = $2 AND holder = $3`,
      [id, rev, holder, JSON.stringify(failure)],
    );
  }

  /** This process ends; another one takes the check up at once. */
  async release({ id, rev }: PlanRow, holder: string): Promise<void> {
    await this.pool.query('UPDATE library_plan SET holder = NULL, beat_at = NULL WHERE id = $1 AND rev = $2 AND holder = $3', [id, rev, holder]);
  }

  async removeExpired(): Promise<void> {
    await this.pool.query('DELETE FROM library_plan WHERE expires_at <= now()');
  }

  async server(id: string): Promise<PlanServer | null> {
    const { rows } = await this.pool.query<PlanServer>(
      `SELECT s.id, s.alias, s.state, s.read_only AS "readOnly", s.profile,
              coalesce((SELECT jsonb_agg(jsonb_build_object('vendorId', l.vendor_id, 'name', l.name, 'type', l.type, 'folders', l.folders) ORDER BY l.name, l.vendor_id) FROM library l WHERE l.server_id = s.id), '[]') AS libraries
         FROM server s WHERE s.id = $1 AND s.state <> 'historical'`,
      [id],
    );
    return rows[0] ?? null;
  }

  /** What the check rests on: another text means that a server or its libraries changed. */
  async signature(serverIds: readonly string[]): Promise<string> {
    const { rows } = await this.pool.query<{ signature: string }>(
      `SELECT md5(coalesce(string_agg(part, '|' ORDER BY part), '')) AS signature FROM (
         SELECT concat_ws(' ', s.id, s.state = 'historical', s.read_only, s.machine_id, s.version) AS part FROM server s WHERE s.id = ANY($1)
         UNION ALL SELECT concat_ws(' ', l.server_id, l.vendor_id, l.name, l.type, l.item_count, l.child_count, l.folders::text) FROM library l WHERE l.server_id = ANY($1)) parts`,
      [serverIds],
    );
    return rows[0]!.signature;
  }

  /** All rows of some libraries as they are at one moment, page by page. Two sides at a time are held in memory while they are compared. */
  async items(serverId: string, libraryVendorIds: readonly string[], map: PathMap | null = null): Promise<PlanItems> {
    const items = new PlanItems(map);
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(
        `DECLARE plan_items NO SCROLL CURSOR FOR
         SELECT l.vendor_id AS id, l.library_vendor_id AS "libraryVendorId", l.type, l.title, l.parent_vendor_id AS "parentId", l.season_number AS "seasonNumber", l.episode_number AS "episodeNumber",
                l.episode_end_number AS "episodeEndNumber", l.year, l.air_date AS "airDate", l.duration_ms::float8 AS "durationMs", l.video_height AS "videoHeight", l.path, l.size_bytes::float8 AS "sizeBytes",
                ARRAY(SELECT p.provider_id FROM item_provider_id p WHERE p.server_id = l.server_id AND p.vendor_id = l.vendor_id ORDER BY p.provider_id COLLATE "C") AS ids
           FROM item_location l
          WHERE l.server_id = $1 AND l.library_vendor_id = ANY($2)`,
        [serverId, libraryVendorIds],
      );
      for (;;) {
        const { rows } = await client.query<PlanItemRow>(`FETCH ${PAGE} FROM plan_items`);
        for (const row of rows) items.add(row);
        if (rows.length < PAGE) break;
      }
      await client.query('COMMIT');
    } catch (error) {
      failure = error instanceof Error ? error : new Error('The rows could not be read.');
      throw error;
    } finally {
      // A connection inside a broken transaction is of no use to anybody.
      client.release(failure);
    }
    return items;
  }
}
