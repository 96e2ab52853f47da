import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { WindowSettings } from './maintenance-input.js';

export interface WindowRow extends WindowSettings {
  readonly id: string;
  readonly skipped: string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly canceledAt: Date | null;
  readonly canceledBy: string | null;
}

const SELECT = `SELECT id, title, server_ids AS "serverIds", time_zone AS "timeZone", start_local AS "startLocal", duration_min AS "durationMin", rrule, skipped,
  drain_min AS "drainMin", notice_min AS "noticeMin", notice_text AS "noticeText", created_at AS "createdAt", created_by AS "createdBy", updated_at AS "updatedAt",
  canceled_at AS "canceledAt", canceled_by AS "canceledBy" FROM maintenance_window`;

/** SQL of maintenance windows. */
@Injectable()
export class MaintenanceRepository {
  constructor(private readonly pool: Pool) {}

  async list({ includeCanceled }: { includeCanceled: boolean }): Promise<WindowRow[]> {
    const { rows } = await this.pool.query<WindowRow>(`${SELECT} WHERE $1 OR canceled_at IS NULL ORDER BY id`, [includeCanceled]);
    return rows;
  }

  async byId(id: string): Promise<WindowRow | null> {
    const { rows } = await this.pool.query<WindowRow>(`${SELECT} WHERE id = $1`, [id]);
    return rows[0] ?? null;
  }

  /** Null unless exactly one fits. */
  async byIdSuffix(suffix: string): Promise<WindowRow | null> {
    const { rows } = await this.pool.query<WindowRow>(`${SELECT} WHERE id::text LIKE '%' || $1 LIMIT 2`, [suffix]);
    return rows.length === 1 ? rows[0]! : null;
  }

  /**
   * What the whole fleet is told: living windows, servers that are in the fleet, and a number that rises with time whichever
   * process asks, all of one moment.
   */
  async snapshot(): Promise<{ seq: number; nowMs: number; windows: WindowRow[]; livingServers: ReadonlySet<string> }> {
    const [clock, windows, servers] = await Promise.all([
      this.pool.query<{ now: Date; seq: string }>('SELECT clock_timestamp() AS now, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS seq'),
      this.list({ includeCanceled: false }),
      this.pool.query<{ id: string }>(`SELECT id FROM server WHERE state <> 'historical'`),
    ]);
    const { now, seq } = clock.rows[0]!;
    return { seq: Number(seq), nowMs: now.getTime(), windows, livingServers: new Set(servers.rows.map((row) => row.id)) };
  }

  /** Locked until the transaction ends; null when there is none. */
  async lock(tx: PoolClient, id: string): Promise<WindowRow | null> {
    const { rows } = await tx.query<WindowRow>(`${SELECT} WHERE id = $1 FOR UPDATE`, [id]);
    return rows[0] ?? null;
  }

  async insert(tx: PoolClient, id: string, by: string, window: WindowSettings): Promise<void> {
    await tx.query(
      `INSERT INTO maintenance_window (id, created_by, title, server_ids, time_zone, start_local, duration_min, rrule, drain_min, notice_min, notice_text)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [id, by, window.title, window.serverIds, window.timeZone, window.startLocal, window.durationMin, window.rrule, window.drainMin, window.noticeMin, window.noticeText],
    );
  }

  async update(tx: PoolClient, id: string, window: WindowSettings & { skipped: readonly string[] }): Promise<void> {
    await tx.query(
      `UPDATE maintenance_window SET title = $2, server_ids = $3, time_zone = $4, start_local = $5, duration_min = $6, rrule = $7, drain_min = $8, notice_min = $9,
         notice_text = $10, skipped = $11, updated_at = now() WHERE id = $1`,
      [id, window.title, window.serverIds, window.timeZone, window.startLocal, window.durationMin, window.rrule, window.drainMin, window.noticeMin, window.noticeText, window.skipped],
    );
  }

  async skip(tx: PoolClient, id: string, wall: string): Promise<void> {
    await tx.query('UPDATE maintenance_window SET skipped = array_append(skipped, $2), updated_at = now() WHERE id = $1', [id, wall]);
  }

  async cancel(tx: PoolClient, id: string, by: string): Promise<void> {
    await tx.query('UPDATE maintenance_window SET canceled_at = now(), canceled_by = $2, updated_at = now() WHERE id = $1', [id, by]);
  }
}
