import { Injectable } from '@nestjs/common';
import type { ServerKind, ServerProfile } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import type { DeliveryState } from '../graphql/enums.js';

/** A delivery whose command is to be written now. */
export interface DueDelivery {
  readonly noticeId: string;
  readonly serverId: string;
  readonly text: string;
  readonly expiresAt: Date;
  readonly targetKind: string;
  readonly sessionVendorIds: string[];
  readonly isExpired: boolean;
  readonly isRemoved: boolean;
  readonly readOnly: boolean;
  readonly kind: ServerKind | null;
  readonly profile: ServerProfile | null;
}

/** A delivery whose command has its outcome. */
export interface AnsweredDelivery {
  readonly noticeId: string;
  readonly serverId: string;
  readonly state: DeliveryState;
  readonly targetKind: string;
  readonly sessionVendorIds: string[];
  readonly tries: number;
  readonly isExpired: boolean;
  readonly outcome: 'done' | 'refused' | 'expired' | 'canceled';
  readonly result: unknown;
  readonly doneAt: Date;
}

export interface DeliveryChange {
  readonly state: DeliveryState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly sent?: number;
  readonly unsupported?: number;
  readonly failed?: number;
  readonly answeredAt?: Date | null;
  /** null = no further try. */
  readonly nextTryInMs?: number | null;
}

const DUE = `d.notice_id AS "noticeId", d.server_id AS "serverId", n.text, n.expires_at AS "expiresAt", n.target_kind AS "targetKind",
  d.session_vendor_ids AS "sessionVendorIds", n.expires_at <= now() AS "isExpired", s.state = 'historical' AS "isRemoved", s.read_only AS "readOnly", s.kind, s.profile
  FROM notice_delivery d JOIN notice n ON n.id = d.notice_id JOIN server s ON s.id = d.server_id`;

/** SQL of what is due: every process may ask, each row is handed to one of them. The database's clock decides. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly pool: Pool) {}

  /** Marks notices whose time has come as handed over; their ids. */
  async takeDueNotices(tx: PoolClient, limit: number): Promise<string[]> {
    const { rows } = await tx.query<{ id: string }>(
      `UPDATE notice SET dispatched_at = now() WHERE id IN (
         SELECT id FROM notice WHERE dispatched_at IS NULL AND canceled_at IS NULL AND show_at <= now() ORDER BY show_at LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  async planned(tx: PoolClient, noticeIds: readonly string[]): Promise<DueDelivery[]> {
    const { rows } = await tx.query<DueDelivery>(`SELECT ${DUE} WHERE d.notice_id = ANY($1) AND d.state = 'planned' ORDER BY d.server_id FOR UPDATE OF d`, [noticeIds]);
    return rows;
  }

  /** Those whose media server was away at the last try. */
  async toRetry(tx: PoolClient, limit: number): Promise<DueDelivery[]> {
    const { rows } = await tx.query<DueDelivery>(
      `SELECT ${DUE} WHERE d.state = 'waiting' AND d.command_id IS NULL AND d.next_try_at <= now() ORDER BY d.next_try_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED`,
      [limit],
    );
    return rows;
  }

  /** Also those that were given up while their command was on its way. */
  async answered(tx: PoolClient, limit: number): Promise<AnsweredDelivery[]> {
    const { rows } = await tx.query<AnsweredDelivery>(
      `SELECT d.notice_id AS "noticeId", d.server_id AS "serverId", d.state, n.target_kind AS "targetKind", d.session_vendor_ids AS "sessionVendorIds", d.tries,
              n.expires_at <= now() AS "isExpired", o.outcome, o.result, o.done_at AS "doneAt"
         FROM notice_delivery d JOIN notice n ON n.id = d.notice_id JOIN command_outbox o ON o.id = d.command_id
        WHERE (d.state = 'waiting' AND o.done_at IS NOT NULL) OR (d.state IN ('canceled', 'expired') AND d.answered_at IS NULL AND o.outcome = 'done')
        ORDER BY o.done_at LIMIT $1 FOR UPDATE OF d SKIP LOCKED`,
      [limit],
    );
    return rows;
  }

  async sent(tx: PoolClient, { noticeId, serverId }: { noticeId: string; serverId: string }, commandId: string): Promise<void> {
    await tx.query(
      `UPDATE notice_delivery SET state = 'waiting', command_id = $3, tries = tries + 1, tried_at = now(), next_try_at = NULL WHERE notice_id = $1 AND server_id = $2`,
      [noticeId, serverId, commandId],
    );
  }

  /** With `nextTryInMs` the command is forgotten, and another one becomes due then. */
  async change(tx: PoolClient, { noticeId, serverId }: { noticeId: string; serverId: string }, change: DeliveryChange): Promise<void> {
    const retryMs = change.nextTryInMs ?? null;
    await tx.query(
      `UPDATE notice_delivery SET state = $3, code = $4, reason = $5, sent = coalesce($6, sent), unsupported = coalesce($7, unsupported), failed = coalesce($8, failed),
         answered_at = coalesce($9, answered_at), next_try_at = now() + $10::interval, command_id = CASE WHEN $10::interval IS NULL THEN command_id END
       WHERE notice_id = $1 AND server_id = $2`,
      [noticeId, serverId, change.state, change.code, change.reason, change.sent ?? null, change.unsupported ?? null, change.failed ?? null, change.answeredAt ?? null, retryMs === null ? null : `${retryMs} milliseconds`],
    );
  }

  /** Of these notices, those without an open delivery end. */
  async endNotices(tx: PoolClient, noticeIds: readonly string[]): Promise<void> {
    await tx.query(
      `UPDATE notice SET ended_at = now() WHERE id = ANY($1) AND ended_at IS NULL AND dispatched_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM notice_delivery d WHERE d.notice_id = notice.id AND d.state IN ('planned', 'waiting'))`,
      [noticeIds],
    );
  }

  /** In how many ms something is due next, by the database's clock; null = nothing is planned. */
  async nextDueInMs(): Promise<number | null> {
    const { rows } = await this.pool.query<{ ms: number | null }>(
      `SELECT ceil(extract(epoch FROM least(
          (SELECT min(show_at) FROM notice WHERE dispatched_at IS NULL AND canceled_at IS NULL),
          (SELECT min(next_try_at) FROM notice_delivery WHERE state = 'waiting' AND command_id IS NULL)) - now()) * 1000)::float8 AS ms`,
    );
    return rows[0]!.ms;
  }
}
