import { Injectable } from '@nestjs/common';
import { AppError, uuidv7, type Library } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import type { Place } from './item-index.repository.js';

/** A reader that gave no sign for so long has ended. */
const ALIVE_S = 60;

export interface IndexableLibrary extends Pick<Library, 'vendorId' | 'name' | 'folders' | 'itemCount' | 'childCount'> {
  readonly serverId: string;
  readonly type: string;
  readonly finishedAt: Date | null;
  readonly signature: string | null;
}

/** How far the index of each library is, and who reads it now. */
@Injectable()
export class LibraryReadingsRepository {
  constructor(private readonly pool: Pool) {}

  /** Libraries that hold what is indexed, of servers that can be read now; with their servers' capabilities known. */
  async indexable(serverId: string | null = null): Promise<IndexableLibrary[]> {
    const { rows } = await this.pool.query<IndexableLibrary>(
      `SELECT l.server_id AS "serverId", l.vendor_id AS "vendorId", l.name, l.type, l.folders, l.item_count AS "itemCount", l.child_count AS "childCount",
              r.finished_at AS "finishedAt", r.signature
         FROM library l JOIN server s ON s.id = l.server_id LEFT JOIN library_reading r ON r.server_id = l.server_id AND r.library_vendor_id = l.vendor_id
        WHERE s.state IN ('online', 'degraded') AND s.profile->'capabilities' ? 'items.list' AND l.type IN ('movies', 'shows', 'music', 'mixed') AND ($1::uuid IS NULL OR s.id = $1)
        ORDER BY l.server_id, r.finished_at NULLS FIRST, l.vendor_id`,
      [serverId],
    );
    return rows;
  }

  /** A new run of this library; null while somebody else reads it. */
  async begin(serverId: string, libraryVendorId: string): Promise<Place | null> {
    const run = uuidv7();
    const { rowCount } = await this.pool.query(
      `INSERT INTO library_reading AS r (server_id, library_vendor_id, run, beat_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (server_id, library_vendor_id) DO UPDATE SET run = excluded.run, beat_at = now(), done = 0, total = NULL
         WHERE r.run IS NULL OR r.beat_at < now() - make_interval(secs => ${ALIVE_S})`,
      [serverId, libraryVendorId, run],
    );
    return rowCount === 1 ? { serverId, libraryVendorId, run } : null;
  }

  /** @throws AppError STALE_EPOCH when this run was taken over */
  async beat(tx: Pick<PoolClient, 'query'>, { serverId, libraryVendorId, run }: Place, more: number, total: number | null): Promise<void> {
    const { rowCount } = await tx.query(
      'UPDATE library_reading SET beat_at = now(), done = done + $4, total = coalesce($5, total) WHERE server_id = $1 AND library_vendor_id = $2 AND run = $3',
      [serverId, libraryVendorId, run, more, total],
    );
    if (rowCount !== 1) throw new AppError('STALE_EPOCH', 'Another process reads this library now.', { serverId, libraryVendorId });
  }

  /** @throws AppError STALE_EPOCH */
  async finish(tx: PoolClient, place: Place, signature: string): Promise<void> {
    await this.beat(tx, place, 0, null);
    await tx.query('UPDATE library_reading SET run = NULL, beat_at = NULL, finished_at = now(), signature = $3 WHERE server_id = $1 AND library_vendor_id = $2', [place.serverId, place.libraryVendorId, signature]);
  }

  /** The run ends without a result; the next one starts anew. */
  async giveUp({ serverId, libraryVendorId, run }: Place): Promise<void> {
    await this.pool.query('UPDATE library_reading SET run = NULL, beat_at = NULL WHERE server_id = $1 AND library_vendor_id = $2 AND run = $3', [serverId, libraryVendorId, run]);
  }

  /** What is left of libraries and servers that are gone. In small pieces: a large one would hold up pages that are being placed. */
  async removeForeign(limit: number): Promise<number> {
    const { rowCount } = await this.pool.query(
      `WITH gone AS (
         SELECT l.server_id, l.vendor_id FROM item_location l
          WHERE NOT EXISTS (SELECT 1 FROM library b JOIN server s ON s.id = b.server_id AND s.state <> 'historical' WHERE b.server_id = l.server_id AND b.vendor_id = l.library_vendor_id)
          LIMIT $1),
       removed AS (DELETE FROM item_location l USING gone g WHERE l.server_id = g.server_id AND l.vendor_id = g.vendor_id RETURNING l.item_id)
       SELECT item_id FROM removed`,
      [limit],
    );
    await this.pool.query(
      `DELETE FROM library_reading r WHERE NOT EXISTS (SELECT 1 FROM library b JOIN server s ON s.id = b.server_id AND s.state <> 'historical' WHERE b.server_id = r.server_id AND b.vendor_id = r.library_vendor_id)`,
    );
    if (rowCount) await this.pool.query('DELETE FROM item i WHERE i.replaced_by IS NULL AND NOT EXISTS (SELECT 1 FROM item_location l WHERE l.item_id = i.id)');
    return rowCount ?? 0;
  }
}

/** Another one means that the library changed: its counts or its folders. */
export function signatureOf({ itemCount, childCount, folders }: Pick<IndexableLibrary, 'itemCount' | 'childCount' | 'folders'>): string {
  return JSON.stringify([itemCount, childCount, folders]);
}
