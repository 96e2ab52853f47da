import { Injectable } from '@nestjs/common';
import { appendAudit, type AuditRow } from '@usher/database';
import { currentContext } from '@usher/platform';
import type { PoolClient } from 'pg';
import type { Actor } from '../auth/actor.js';

export type AuditEntry = Pick<AuditRow, 'action' | 'serverId' | 'payload'>;

/** Who did what, when, to which server. */
@Injectable()
export class AuditService {
  /** Appends a row in the caller's transaction, so that a change without its row cannot be. */
  async append(tx: Pick<PoolClient, 'query'>, actor: Actor, entry: AuditEntry): Promise<void> {
    await appendAudit(tx, { ...entry, actor: actor.name, actorId: actor.signedIn?.operatorId ?? null, correlationId: currentContext().correlationId ?? null, address: actor.address });
  }
}
