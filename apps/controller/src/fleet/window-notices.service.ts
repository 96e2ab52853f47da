import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import { Actor } from '../auth/actor.js';
import { ChangeHub } from '../graphql/changes.js';
import { MaintenanceRepository, type WindowRow } from './maintenance.repository.js';
import { NoticesRepository } from './notices.repository.js';
import { dueNotices, type WindowNotice } from './window-notices.js';

/** Makes the notices that windows asked for, when their time has come, each once whoever looks. */
@Injectable()
export class WindowNoticesService {
  /** What is in the table already; asked before the table is. */
  private readonly made = new Set<string>();
  /** Servers inside a window at the last look of this process. */
  private inside: ReadonlySet<string> | null = null;

  constructor(
    private readonly windows: MaintenanceRepository,
    private readonly notices: NoticesRepository,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
  ) {}

  /** Returns in how many ms something is due next; null = nothing is planned for the coming day. */
  async turn(): Promise<number | null> {
    const { windows, livingServers, nowMs } = await this.windows.snapshot();
    const due = windows.map((window) => ({ window, ...dueNotices(window, nowMs) }));
    for (const { window, notices } of due) {
      const serverIds = window.serverIds.filter((serverId) => livingServers.has(serverId));
      if (serverIds.length > 0) for (const notice of notices) await this.make(window, serverIds, notice);
    }
    this.tellBoundaries(new Set(due.filter(({ isOn }) => isOn).flatMap(({ window }) => window.serverIds)));
    const nexts = due.flatMap(({ nextMs }) => nextMs ?? []);
    return nexts.length > 0 ? Math.min(...nexts) - nowMs : null;
  }

  private async make(window: WindowRow, serverIds: readonly string[], { occurrenceMs, minutesBefore, text, showMs, expiresMs }: WindowNotice): Promise<void> {
    const key = `${window.id}|${occurrenceMs}|${minutesBefore}`;
    if (this.made.has(key)) return;
    const id = uuidv7();
    const isNew = await transaction(this.pool, async (tx) => {
      const of = { windowId: window.id, occurrenceAt: new Date(occurrenceMs), minutesBefore };
      const notice = { id, text, targetKind: 'servers' as const, showAt: new Date(showMs), expiresAt: new Date(expiresMs), createdBy: window.createdBy, of };
      const inserted = await this.notices.insert(tx, notice, serverIds.map((serverId) => ({ serverId, sessionVendorIds: null })));
      if (inserted) await this.audit.append(tx, Actor.host(), { action: 'notice.created', payload: { notice: id, window: window.id, title: window.title, minutesBefore, servers: serverIds } });
      return inserted;
    });
    if (this.made.size > 10_000) this.made.clear();
    this.made.add(key);
    if (isNew) this.changes.publish('notice', [id]);
  }

  /** The flag of a server changes by the clock alone: whoever watches servers hears of it. */
  private tellBoundaries(inside: ReadonlySet<string>): void {
    const before = this.inside;
    this.inside = inside;
    if (before === null) return;
    const changed = [...inside, ...before].filter((serverId) => inside.has(serverId) !== before.has(serverId));
    if (changed.length > 0) this.changes.publish('server', [...new Set(changed)]);
  }
}
