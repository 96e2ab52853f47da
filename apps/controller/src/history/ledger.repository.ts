import { Injectable } from '@nestjs/common';
import type { playbackChanged, playbackEnded, playbackStarted } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import type { z } from 'zod';

export type Started = z.infer<typeof playbackStarted.body>;
export type Changed = z.infer<typeof playbackChanged.body>;
export type Ended = z.infer<typeof playbackEnded.body>;

/** Rows that this controller closed itself, because nobody could tell their end; a late word of the agent wins. */
const LOST = 'lost';

/** SQL of the ledger's writing side. Every statement names the server: an agent touches only its own rows. */
@Injectable()
export class LedgerRepository {
  constructor(private readonly pool: Pool) {}

  /** Repeating it changes nothing. */
  async open(tx: PoolClient, serverId: string, started: Started): Promise<void> {
    const { item, quality } = started;
    await tx.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_id, user_name, device_name, client, address, network,
         item_id, item_type, title, series_title, season_number, episode_number, year, duration_ms,
         started_at, position_ms, delivery, reasons, bit_rate_kbps, video_height)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
       ON CONFLICT (id) DO NOTHING`,
      [
        started.playbackId, serverId, started.sessionVendorId, started.userId, started.userName, started.deviceName, started.client, started.address,
        started.network, item.itemId, item.type, item.title, item.seriesTitle, item.seasonNumber, item.episodeNumber, item.year, item.durationMs,
        started.at, started.positionMs, quality.delivery, quality.reasons, quality.bitRateKbps, quality.videoHeight,
      ],
    );
  }

  /** False when this server has no such row. A row that has ended stays as it is. */
  async change(tx: PoolClient, serverId: string, changed: Changed): Promise<boolean> {
    const { quality } = changed;
    const { rowCount } = await tx.query(
      `UPDATE playback SET position_ms = CASE WHEN ended_at IS NULL THEN $3 ELSE position_ms END,
         watched_ms = CASE WHEN ended_at IS NULL THEN greatest(watched_ms, $4) ELSE watched_ms END,
         pauses = pauses + CASE WHEN ended_at IS NULL AND $5 = 'paused' THEN 1 ELSE 0 END,
         delivery = CASE WHEN ended_at IS NULL THEN $6 ELSE delivery END, reasons = CASE WHEN ended_at IS NULL THEN $7 ELSE reasons END,
         bit_rate_kbps = CASE WHEN ended_at IS NULL THEN $8 ELSE bit_rate_kbps END,
         video_height = CASE WHEN ended_at IS NULL THEN $9 ELSE video_height END
       WHERE id = $1 AND server_id = $2`,
      [changed.playbackId, serverId, changed.positionMs, changed.watchedMs, changed.change, quality.delivery, quality.reasons, quality.bitRateKbps, quality.videoHeight],
    );
    return rowCount === 1;
  }

  /** False when this server has no such row. The first end stays, unless it was only assumed. */
  async close(tx: PoolClient, serverId: string, ended: Ended): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE playback SET ended_at = CASE WHEN ended_at IS NULL OR end_reason = '${LOST}' THEN greatest(started_at, $3::timestamptz) ELSE ended_at END,
         position_ms = CASE WHEN ended_at IS NULL OR end_reason = '${LOST}' THEN $4 ELSE position_ms END,
         watched_ms = CASE WHEN ended_at IS NULL OR end_reason = '${LOST}' THEN greatest(watched_ms, $5) ELSE watched_ms END,
         end_reason = CASE WHEN ended_at IS NULL OR end_reason = '${LOST}' THEN $6 ELSE end_reason END
       WHERE id = $1 AND server_id = $2`,
      [ended.playbackId, serverId, ended.at, ended.positionMs, ended.watchedMs, ended.reason],
    );
    return rowCount === 1;
  }

  /** Open rows, for the sweep. */
  async openRows(): Promise<{ id: string; serverId: string; historical: boolean }[]> {
    const { rows } = await this.pool.query<{ id: string; serverId: string; historical: boolean }>(
      `SELECT p.id, p.server_id AS "serverId", s.state = 'historical' AS historical FROM playback p JOIN server s ON s.id = p.server_id WHERE p.ended_at IS NULL`,
    );
    return rows;
  }

  async closeLost(ids: readonly string[]): Promise<void> {
    await this.pool.query(`UPDATE playback SET ended_at = greatest(started_at, now()), end_reason = '${LOST}' WHERE id = ANY($1) AND ended_at IS NULL`, [ids]);
  }
}
