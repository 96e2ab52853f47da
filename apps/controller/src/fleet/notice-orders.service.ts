import { Injectable } from '@nestjs/common';
import { AppError, Uuid7, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { parseInput } from '../graphql/parse-input.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { targetsOf, Text, timesOf } from './notice-input.js';
import { NoticeTargetsService } from './notice-targets.service.js';
import type { NoticeObject, SendNoticeInput } from './notices.graphql.js';
import { NoticesRepository } from './notices.repository.js';
import { NoticesService } from './notices.service.js';

/** Sends and cancels notices: rows are written here, what is due in them is done by `DeliveriesService`. */
@Injectable()
export class NoticeOrdersService {
  constructor(
    private readonly notices: NoticesService,
    private readonly targets: NoticeTargetsService,
    private readonly repository: NoticesRepository,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
    private readonly changes: ChangeHub,
  ) {}

  /** One notice row and one delivery row per server, in one transaction. @throws VALIDATION_FAILED, NOT_FOUND, IDEMPOTENCY_CONFLICT */
  async send(actor: Actor, input: SendNoticeInput): Promise<NoticeObject> {
    const operator = actor.require('operator');
    const text = parseInput(Text, input.text, 'text');
    const wanted = targetsOf(input.targets);
    const { noticeId } = await this.idempotency.once<{ noticeId: string }>({ operator, key: input.idempotencyKey, op: 'sendNotice', request: input }, async (save) => {
      const { showAt, expiresAt } = timesOf(input, await this.repository.nowMs());
      const servers = await this.targets.resolve(actor, wanted);
      const id = uuidv7();
      await transaction(this.pool, async (tx) => {
        const deliveries = servers.map(({ row, sessionVendorIds }) => ({ serverId: row.id, sessionVendorIds }));
        await this.repository.insert(tx, { id, text, targetKind: wanted.kind, showAt, expiresAt, createdBy: actor.name }, deliveries);
        const payload = { notice: id, text, targets: wanted.kind, servers: servers.map(({ row }) => row.alias), showAt: showAt.toISOString(), expiresAt: expiresAt.toISOString() };
        await this.audit.append(tx, actor, { action: 'notice.created', payload });
        await save(tx, { noticeId: id });
      });
      this.changes.publish('notice', [id]);
      return { noticeId: id };
    });
    return this.notices.find(actor, noticeId);
  }

  /** Stops what was not sent yet; repeating it changes nothing. @throws NOT_FOUND, VALIDATION_FAILED when nothing of it is open */
  async cancel(actor: Actor, id: string): Promise<NoticeObject> {
    actor.require('operator');
    const isId = Uuid7.safeParse(id).success;
    await transaction(this.pool, async (tx) => {
      const notice = isId ? await this.repository.lock(tx, id) : null;
      if (!notice) throw new AppError('NOT_FOUND', 'There is no such notice.');
      if (notice.canceledAt) return;
      if (notice.endedAt) throw new AppError('VALIDATION_FAILED', 'Nothing of this notice is open any more; it cannot be taken back.', { field: 'id' });
      await this.repository.cancel(tx, id, actor.name);
      await this.audit.append(tx, actor, { action: 'notice.canceled', payload: { notice: id, text: notice.text } });
    });
    this.changes.publish('notice', [id]);
    return this.notices.find(actor, id);
  }
}
