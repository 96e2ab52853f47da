import { Injectable } from '@nestjs/common';
import { AppError, Uuid7, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool, type PoolClient } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { changedWindow, newWindow, type WindowSettings } from './maintenance-input.js';
import type { CancelMaintenanceInput, MaintenanceWindowObject, ScheduleMaintenanceInput, UpdateMaintenanceInput } from './maintenance.graphql.js';
import { MaintenanceRepository, type WindowRow } from './maintenance.repository.js';
import { MaintenanceService } from './maintenance.service.js';
import { NoticesRepository } from './notices.repository.js';
import { occurrencesBetween } from './occurrences.js';

/** Plans, changes and cancels maintenance windows. */
@Injectable()
export class MaintenanceOrdersService {
  constructor(
    private readonly windows: MaintenanceService,
    private readonly repository: MaintenanceRepository,
    private readonly notices: NoticesRepository,
    private readonly audit: AuditService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
    private readonly changes: ChangeHub,
  ) {}

  /** @throws VALIDATION_FAILED, NOT_FOUND, IDEMPOTENCY_CONFLICT */
  async schedule(actor: Actor, input: ScheduleMaintenanceInput): Promise<MaintenanceWindowObject> {
    const operator = actor.require('operator');
    const { windowId } = await this.idempotency.once<{ windowId: string }>({ operator, key: input.idempotencyKey, op: 'scheduleMaintenance', request: input }, async (save) => {
      const window = newWindow(input.window, await this.notices.nowMs());
      await this.windows.serversOf(actor, window);
      const id = uuidv7();
      await transaction(this.pool, async (tx) => {
        await this.repository.insert(tx, id, actor.name, window);
        await this.audit.append(tx, actor, { action: 'maintenance.scheduled', payload: payloadOf(id, window) });
        await save(tx, { windowId: id });
      });
      this.changes.publish('maintenance', [id]);
      return { windowId: id };
    });
    return this.windows.find(actor, windowId);
  }

  /** Notices of dates that are not what they were are canceled. @throws as `schedule` */
  async update(actor: Actor, input: UpdateMaintenanceInput): Promise<MaintenanceWindowObject> {
    actor.require('operator');
    const nowMs = await this.notices.nowMs();
    const canceled = await transaction(this.pool, async (tx) => {
      const before = await this.living(tx, input.id);
      const after = changedWindow(before, input, nowMs);
      await this.windows.serversOf(actor, after);
      await this.repository.update(tx, input.id, after);
      await this.audit.append(tx, actor, { action: 'maintenance.updated', payload: payloadOf(input.id, after) });
      return isSameTime(before, after) ? [] : this.cancelNotices(tx, actor, input.id, null);
    });
    return this.told(actor, input.id, canceled);
  }

  /** One date, or all of it; repeating it changes nothing. @throws NOT_FOUND */
  async cancel(actor: Actor, { id, occurrenceAt }: CancelMaintenanceInput): Promise<MaintenanceWindowObject> {
    actor.require('operator');
    const nowMs = await this.notices.nowMs();
    const canceled = await transaction(this.pool, async (tx) => {
      const window = await this.known(tx, id);
      if (window.canceledAt) return [];
      if (occurrenceAt) return this.skip(tx, actor, window, occurrenceAt, nowMs);
      await this.repository.cancel(tx, id, actor.name);
      await this.audit.append(tx, actor, { action: 'maintenance.canceled', payload: { window: id, title: window.title } });
      return this.cancelNotices(tx, actor, id, null);
    });
    return this.told(actor, id, canceled);
  }

  private async skip(tx: PoolClient, actor: Actor, window: WindowRow, occurrenceAt: Date, nowMs: number): Promise<string[]> {
    const atMs = occurrenceAt.getTime();
    const found = occurrencesBetween({ ...window, skipped: [] }, atMs, atMs).find(({ startMs }) => startMs === atMs);
    if (!found) throw new AppError('NOT_FOUND', 'This window has no such date.', { field: 'occurrenceAt' });
    if (window.skipped.includes(found.wall)) return [];
    if (found.endMs <= nowMs) throw new AppError('VALIDATION_FAILED', 'This date is over.', { field: 'occurrenceAt' });
    await this.repository.skip(tx, window.id, found.wall);
    await this.audit.append(tx, actor, { action: 'maintenance.date_canceled', payload: { window: window.id, title: window.title, date: found.wall } });
    return this.cancelNotices(tx, actor, window.id, occurrenceAt);
  }

  private async cancelNotices(tx: PoolClient, actor: Actor, windowId: string, occurrenceAt: Date | null): Promise<string[]> {
    const noticeIds = await this.notices.openOfWindow(tx, windowId, occurrenceAt);
    for (const noticeId of noticeIds) await this.notices.cancel(tx, noticeId, actor.name);
    return noticeIds;
  }

  private async known(tx: PoolClient, id: string): Promise<WindowRow> {
    const window = Uuid7.safeParse(id).success ? await this.repository.lock(tx, id) : null;
    if (!window) throw new AppError('NOT_FOUND', 'There is no such window.');
    return window;
  }

  private async living(tx: PoolClient, id: string): Promise<WindowRow> {
    const window = await this.known(tx, id);
    if (window.canceledAt) throw new AppError('VALIDATION_FAILED', 'This window was canceled; plan a new one.', { field: 'id' });
    return window;
  }

  private told(actor: Actor, id: string, noticeIds: readonly string[]): Promise<MaintenanceWindowObject> {
    this.changes.publish('maintenance', [id]);
    if (noticeIds.length > 0) this.changes.publish('notice', noticeIds);
    return this.windows.find(actor, id);
  }
}

function isSameTime(before: WindowSettings, after: WindowSettings): boolean {
  return (['timeZone', 'startLocal', 'durationMin', 'rrule'] as const).every((name) => before[name] === after[name]) && before.serverIds.join() === after.serverIds.join();
}

function payloadOf(id: string, { title, serverIds, timeZone, startLocal, durationMin, rrule, drainMin, noticeMin }: WindowSettings): Record<string, unknown> {
  return { window: id, title, servers: serverIds, timeZone, startLocal, durationMin, rrule, drainMin, noticeMin };
}
