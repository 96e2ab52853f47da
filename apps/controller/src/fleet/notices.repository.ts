import { Injectable } from '@nestjs/common';
import { Outbox } from '@usher/database';
import { Pool, type PoolClient } from 'pg';
import type { DeliveryState, NoticeState, NoticeTargetKind } from '../graphql/enums.js';

export interface NoticeRow {
  readonly id: string;
  readonly text: string;
  readonly targetKind: NoticeTargetKind;
  readonly showAt: Date;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly dispatchedAt: Date | null;
  readonly endedAt: Date | null;
  readonly canceledAt: Date | null;
  readonly canceledBy: string | null;
  readonly windowId: string | null;
  readonly minutesBefore: number | null;
}

export interface DeliveryRow {
  readonly noticeId: string;
  readonly serverId: string;
  readonly serverAlias: string;
  readonly sessionVendorIds: string[];
  readonly state: DeliveryState;
  readonly tries: number;
  readonly triedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly sent: number;
  readonly unsupported: number;
  readonly failed: number;
  readonly code: string | null;
  readonly reason: string | null;
}

export interface NewNotice {
  readonly id: string;
  readonly text: string;
  readonly targetKind: NoticeTargetKind;
  readonly showAt: Date;
  readonly expiresAt: Date;
  readonly createdBy: string;
  /** A notice of a maintenance window: one per occurrence and offset. */
  readonly of?: { readonly windowId: string; readonly occurrenceAt: Date; readonly minutesBefore: number };
}

export interface NoticeQuery {
  readonly states?: readonly NoticeState[];
  readonly serverIds?: readonly string[];
  readonly windowId?: string;
}

const COLUMNS = `n.id, n.text, n.target_kind AS "targetKind", n.show_at AS "showAt", n.expires_at AS "expiresAt", n.created_at AS "createdAt",
  n.created_by AS "createdBy", n.dispatched_at AS "dispatchedAt", n.ended_at AS "endedAt", n.canceled_at AS "canceledAt", n.canceled_by AS "canceledBy",
  n.window_id AS "windowId", n.minutes_before AS "minutesBefore"`;

/** The same words as `stateOf` in notice-view.ts. */
const STATE = `CASE WHEN n.canceled_at IS NOT NULL THEN 'canceled' WHEN n.dispatched_at IS NULL THEN 'planned' WHEN n.ended_at IS NULL THEN 'sending' ELSE 'ended' END`;

const WHERE = `($1::text[] IS NULL OR ${STATE} = ANY($1)) AND ($2::uuid IS NULL OR n.window_id = $2)
  AND ($3::uuid[] IS NULL OR EXISTS (SELECT 1 FROM notice_delivery d WHERE d.notice_id = n.id AND d.server_id = ANY($3)))`;

/** SQL of notices as people see them. */
@Injectable()
export class NoticesRepository {
  constructor(
    private readonly pool: Pool,
    private readonly outbox: Outbox,
  ) {}

  /** By the database's clock, which also decides what is due: epoch ms. */
  async nowMs(): Promise<number> {
    const { rows } = await this.pool.query<{ now: Date }>('SELECT now() AS now');
    return rows[0]!.now.getTime();
  }

  /** False when the window has this notice already. */
  async insert(tx: PoolClient, notice: NewNotice, targets: readonly { serverId: string; sessionVendorIds: readonly string[] | null }[]): Promise<boolean> {
    const { rowCount } = await tx.query(
      `INSERT INTO notice (id, text, target_kind, show_at, expires_at, created_by, window_id, occurrence_at, minutes_before)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (window_id, occurrence_at, minutes_before) DO NOTHING`,
      [notice.id, notice.text, notice.targetKind, notice.showAt, notice.expiresAt, notice.createdBy, notice.of?.windowId ?? null, notice.of?.occurrenceAt ?? null, notice.of?.minutesBefore ?? null],
    );
    if (rowCount !== 1) return false;
    for (const { serverId, sessionVendorIds } of targets) {
      await tx.query('INSERT INTO notice_delivery (notice_id, server_id, session_vendor_ids) VALUES ($1, $2, $3)', [notice.id, serverId, sessionVendorIds ?? []]);
    }
    return true;
  }

  async byId(id: string): Promise<NoticeRow | null> {
    const { rows } = await this.pool.query<NoticeRow>(`SELECT ${COLUMNS} FROM notice n WHERE n.id = $1`, [id]);
    return rows[0] ?? null;
  }

  /** Null unless exactly one fits. */
  async byIdSuffix(suffix: string): Promise<NoticeRow | null> {
    const { rows } = await this.pool.query<NoticeRow>(`SELECT ${COLUMNS} FROM notice n WHERE n.id::text LIKE '%' || $1 LIMIT 2`, [suffix]);
    return rows.length === 1 ? rows[0]! : null;
  }

  async page({ states, serverIds, windowId }: NoticeQuery, take: number, after?: { createdAt: Date; id: string }): Promise<NoticeRow[]> {
    const { rows } = await this.pool.query<NoticeRow>(
      `SELECT ${COLUMNS} FROM notice n WHERE ${WHERE} AND ($4::timestamptz IS NULL OR (n.created_at, n.id) < ($4, $5::uuid))
       ORDER BY n.created_at DESC, n.id DESC LIMIT $6`,
      [states ?? null, windowId ?? null, serverIds ?? null, after?.createdAt ?? null, after?.id ?? null, take],
    );
    return rows;
  }

  async count({ states, serverIds, windowId }: NoticeQuery): Promise<number> {
    const { rows } = await this.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM notice n WHERE ${WHERE}`, [states ?? null, windowId ?? null, serverIds ?? null]);
    return rows[0]!.count;
  }

  /** Of several notices, by alias. How often a command was sent stands in the outbox. */
  async deliveries(noticeIds: readonly string[]): Promise<DeliveryRow[]> {
    const { rows } = await this.pool.query<DeliveryRow>(
      `SELECT d.notice_id AS "noticeId", d.server_id AS "serverId", s.alias AS "serverAlias", d.session_vendor_ids AS "sessionVendorIds", d.state,
              greatest(d.tries, coalesce(o.attempts, 0)) AS tries, d.tried_at AS "triedAt", d.answered_at AS "answeredAt", d.sent, d.unsupported, d.failed, d.code, d.reason
         FROM notice_delivery d JOIN server s ON s.id = d.server_id LEFT JOIN command_outbox o ON o.id = d.command_id
        WHERE d.notice_id = ANY($1) ORDER BY lower(s.alias), s.id`,
      [noticeIds],
    );
    return rows;
  }

  /** Locked until the transaction ends; null when there is none. */
  async lock(tx: PoolClient, id: string): Promise<NoticeRow | null> {
    const { rows } = await tx.query<NoticeRow>(`SELECT ${COLUMNS} FROM notice n WHERE n.id = $1 FOR UPDATE`, [id]);
    return rows[0] ?? null;
  }

  /** Open deliveries end here, and so do their commands; what is on its way may still be shown, and is told then. */
  async cancel(tx: PoolClient, id: string, by: string): Promise<void> {
    await tx.query('UPDATE notice SET canceled_at = now(), canceled_by = $2, ended_at = now() WHERE id = $1', [id, by]);
    const { rows } = await tx.query<{ command_id: string | null }>(
      `UPDATE notice_delivery SET state = 'canceled', next_try_at = NULL WHERE notice_id = $1 AND state IN ('planned', 'waiting') RETURNING command_id`,
      [id],
    );
    await this.outbox.cancelCommands(tx, rows.flatMap((row) => row.command_id ?? []));
  }

  /** Notices of a window that have not ended; with `occurrenceAt` of one occurrence only. */
  async openOfWindow(tx: PoolClient, windowId: string, occurrenceAt: Date | null): Promise<string[]> {
    const { rows } = await tx.query<{ id: string }>(
      `SELECT id FROM notice WHERE window_id = $1 AND ended_at IS NULL AND ($2::timestamptz IS NULL OR occurrence_at = $2) ORDER BY id FOR UPDATE`,
      [windowId, occurrenceAt],
    );
    return rows.map((row) => row.id);
  }
}
