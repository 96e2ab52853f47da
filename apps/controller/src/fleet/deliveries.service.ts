import { Injectable } from '@nestjs/common';
import { isErrorCode, showNotice, WireError, type NoticeOutcome } from '@usher/contracts';
import { Outbox, OutboxPublisher, transaction } from '@usher/database';
import { fullJitter } from '@usher/resilience';
import { Pool, type PoolClient } from 'pg';
import { ChangeHub } from '../graphql/changes.js';
import { DeliveriesRepository, type AnsweredDelivery, type DeliveryChange, type DueDelivery } from './deliveries.repository.js';
import { refusalOf } from './notice-prospect.js';
import { NoticeTargetsService } from './notice-targets.service.js';

const AT_ONCE = 100;
const RETRY = { baseMs: 5_000, capMs: 60_000 };

/** Hands notices whose time has come to the outbox, and writes down what became of them. Any process may do it at any time. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly repository: DeliveriesRepository,
    private readonly targets: NoticeTargetsService,
    private readonly outbox: Outbox,
    private readonly publisher: OutboxPublisher,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
  ) {}

  /** Everything that is due now. */
  async turn(): Promise<void> {
    const works = [(tx: PoolClient) => this.dispatch(tx), (tx: PoolClient) => this.retry(tx), (tx: PoolClient) => this.settle(tx)];
    for (let hasChanged = true; hasChanged; ) {
      hasChanged = false;
      for (const work of works) hasChanged = (await this.step(work)) || hasChanged;
    }
  }

  /** One transaction; the notices that it changed are told after its commit. */
  private async step(work: (tx: PoolClient) => Promise<readonly string[]>): Promise<boolean> {
    const noticeIds = await transaction(this.pool, async (tx) => {
      const changed = [...new Set(await work(tx))];
      if (changed.length > 0) await this.repository.endNotices(tx, changed);
      return changed;
    });
    if (noticeIds.length === 0) return false;
    this.publisher.wake();
    this.changes.publish('notice', noticeIds);
    return true;
  }

  private async dispatch(tx: PoolClient): Promise<string[]> {
    const noticeIds = await this.repository.takeDueNotices(tx, AT_ONCE);
    if (noticeIds.length === 0) return [];
    for (const delivery of await this.repository.planned(tx, noticeIds)) await this.order(tx, delivery);
    return noticeIds;
  }

  private async retry(tx: PoolClient): Promise<string[]> {
    const due = await this.repository.toRetry(tx, AT_ONCE);
    for (const delivery of due) await this.order(tx, delivery);
    return due.map((delivery) => delivery.noticeId);
  }

  /** A command for the agent, unless it is known what it would answer. */
  private async order(tx: PoolClient, delivery: DueDelivery): Promise<void> {
    const { noticeId, serverId, text, expiresAt } = delivery;
    const known = this.outcomeWithoutAsking(delivery);
    if (known) return this.repository.change(tx, delivery, known);
    const sessionVendorIds = sessionsOf(delivery);
    const commandId = await this.outbox.add(tx, {
      serverId,
      contract: showNotice,
      request: { noticeId, text, expiresAt: expiresAt.toISOString(), sessionVendorIds },
      deadlineMs: expiresAt.getTime() - Date.now(),
    });
    await this.repository.sent(tx, delivery, commandId);
  }

  private outcomeWithoutAsking(delivery: DueDelivery): DeliveryChange | null {
    if (delivery.isRemoved) return { state: 'refused', code: 'NOT_FOUND', reason: 'This server was taken out of the fleet.' };
    if (delivery.isExpired) return { state: 'expired', code: 'TIMED_OUT', reason: 'It expired before it could be sent.' };
    const refusal = refusalOf(delivery);
    return refusal && { state: 'refused', ...refusal, unsupported: this.sessionCount(delivery), answeredAt: new Date() };
  }

  private async settle(tx: PoolClient): Promise<string[]> {
    const answered = await this.repository.answered(tx, AT_ONCE);
    for (const delivery of answered) await this.repository.change(tx, delivery, this.read(delivery));
    return answered.map((delivery) => delivery.noticeId);
  }

  private read(delivery: AnsweredDelivery): DeliveryChange {
    switch (delivery.outcome) {
      case 'done':
        return readReply(delivery, showNotice.reply.parse(delivery.result));
      case 'refused':
        return this.readRefusal(delivery, WireError.parse(delivery.result));
      case 'expired':
        return { state: 'expired', code: 'AGENT_OFFLINE', reason: 'Its agent was not there until the notice expired.' };
      case 'canceled':
        return { state: 'refused', code: 'NOT_FOUND', reason: 'This server was taken out of the fleet.' };
    }
  }

  private readRefusal(delivery: AnsweredDelivery, { code, message }: WireError): DeliveryChange {
    const cannot = code === 'SERVER_READ_ONLY' || code === 'CAPABILITY_MISSING';
    const change: DeliveryChange = { state: 'refused', code: isErrorCode(code) ? code : 'INTERNAL', reason: message.slice(0, 300), answeredAt: delivery.doneAt };
    return cannot ? { ...change, unsupported: this.sessionCount(delivery) } : change;
  }

  /** As far as is known here: the agent was not asked, or refused before it looked. */
  private sessionCount(delivery: { serverId: string; targetKind: string; sessionVendorIds: string[] }): number {
    return this.targets.sessionsOf(delivery.serverId, sessionsOf(delivery)).length;
  }
}

/** null = all sessions of the server. */
function sessionsOf({ targetKind, sessionVendorIds }: { targetKind: string; sessionVendorIds: string[] }): string[] | null {
  return targetKind === 'sessions' ? sessionVendorIds : null;
}

function readReply({ tries, isExpired, state, doneAt }: AnsweredDelivery, { again, sent, unsupported, failed, reasons }: NoticeOutcome): DeliveryChange {
  const code = reasons[0]?.code ?? (sent + unsupported + failed === 0 ? 'NOBODY' : null);
  const reason = reasons.map(({ message, count }) => (count > 1 ? `${count} × ${message}` : message)).join(' ').slice(0, 300) || (code === 'NOBODY' ? 'Nobody was connected.' : null);
  const counts = { sent, unsupported, failed, code, reason };
  if (!again) return { ...counts, state: state === 'canceled' ? 'canceled' : 'answered', answeredAt: doneAt };
  if (state !== 'waiting') return { ...counts, state, answeredAt: doneAt };
  if (isExpired) return { ...counts, state: 'expired', answeredAt: doneAt };
  return { ...counts, state: 'waiting', nextTryInMs: Math.max(1_000, fullJitter(tries, RETRY)) };
}
