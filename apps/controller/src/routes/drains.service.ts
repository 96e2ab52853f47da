import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { requireServerId } from '../servers/server-ids.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { BookingsRepository } from './bookings.repository.js';
import { DrainsRepository, type DrainRow } from './drains.repository.js';
import type { DrainServerInput, ServerDrainObject } from './route.graphql.js';

const MAX_REASON = 200;

/** Takes servers out of routing, and back in. Kept in the database: a drain outlives every restart. */
@Injectable()
export class DrainsService {
  constructor(
    private readonly pool: Pool,
    private readonly drains: DrainsRepository,
    private readonly bookings: BookingsRepository,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** When it returns, no new start was or will be written for this server. Repeating it changes the terms only. */
  async drain(actor: Actor, input: DrainServerInput): Promise<ServerDrainObject> {
    const operator = actor.require('operator');
    const serverId = await this.living(input.serverId);
    if (input.idempotencyKey.length < 1 || input.idempotencyKey.length > 200) throw invalid('idempotencyKey', 'The idempotency key must have 1 to 200 characters.');
    const reason = input.reason?.trim() || null;
    if (reason !== null && reason.length > MAX_REASON) throw invalid('reason', `A reason has at most ${MAX_REASON} characters.`);
    const until = input.until ?? null;
    if (until !== null && until.getTime() <= this.clock.now()) throw invalid('until', 'The end of a drain must be in the future.');
    const move = input.move ?? 'next';
    const row = await transaction(this.pool, async (tx) => {
      await this.bookings.lockStarts(tx, serverId);
      const drained = await this.drains.put(tx, { serverId, until, move, reason, operatorName: operator.name, streamsAtStart: this.streamsOf(serverId) });
      await this.audit.append(tx, actor, { action: 'server.draining', serverId, payload: { until, move, reason } });
      return drained;
    });
    this.changes.publish('server', [serverId]);
    return this.show(row);
  }

  /** False when it was not drained. */
  async undrain(actor: Actor, id: string): Promise<boolean> {
    actor.require('operator');
    const serverId = await this.living(id);
    const wasDrained = await transaction(this.pool, async (tx) => {
      const removed = await this.drains.remove(tx, serverId);
      if (removed) await this.audit.append(tx, actor, { action: 'server.undrained', serverId });
      return removed;
    });
    if (wasDrained) this.changes.publish('server', [serverId]);
    return wasDrained;
  }

  /** By server. */
  async running(): Promise<Map<string, ServerDrainObject>> {
    return new Map((await this.drains.running()).map((row) => [row.serverId, this.show(row)]));
  }

  /** Ends drains whose time is over. */
  async endOver(): Promise<void> {
    const serverIds = await this.drains.removeOver();
    if (serverIds.length > 0) this.changes.publish('server', serverIds);
  }

  private async living(id: string): Promise<string> {
    const serverId = requireServerId(id);
    if (!(await this.drains.isLiving(serverId))) throw new AppError('NOT_FOUND', 'No server has this id.', { serverId });
    return serverId;
  }

  private show({ operatorName, streamsAtStart, ...row }: DrainRow): ServerDrainObject {
    const left = this.streamsOf(row.serverId);
    return { ...row, by: operatorName, left, started: Math.max(left, streamsAtStart) };
  }

  private streamsOf(serverId: string): number {
    return this.sessions.live.snapshot(serverId)?.sessions.filter(({ stream, ghost }) => stream !== null && !ghost).length ?? 0;
  }
}

function invalid(field: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', message, { field });
}
