import { Injectable } from '@nestjs/common';
import { AppError, type Session } from '@usher/contracts';
import { AgentPresence } from '../agents/agent-presence.js';
import type { Actor } from '../auth/actor.js';
import { ServersService } from '../servers/servers.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { WantedTargets } from './notice-input.js';
import type { NoticeTarget } from './notice-prospect.js';

export type ServerRow = Awaited<ReturnType<ServersService['living']>>;

/** One server that a notice goes to; `sessionVendorIds` null = all its sessions. */
export interface TargetServer {
  readonly row: ServerRow;
  readonly sessionVendorIds: readonly string[] | null;
}

/** Turns what was named into servers, and tells what is known of their sessions now. */
@Injectable()
export class NoticeTargetsService {
  constructor(
    private readonly servers: ServersService,
    private readonly sessions: SessionsService,
    private readonly presence: AgentPresence,
  ) {}

  /** @throws NOT_FOUND for a server or session that is not there, VALIDATION_FAILED when nobody is linked */
  async resolve(actor: Actor, wanted: WantedTargets, field = 'targets.serverIds'): Promise<TargetServer[]> {
    const rows = await this.servers.list(actor);
    if (wanted.kind === 'linked') {
      const linked = rows.filter((row) => row.role !== 'unlinked');
      if (linked.length === 0) throw new AppError('VALIDATION_FAILED', 'No server is linked.', { field: 'targets.allLinked' });
      return linked.map((row) => ({ row, sessionVendorIds: null }));
    }
    const byId = new Map(rows.map((row) => [row.id, row]));
    const living = (serverId: string, field: string): ServerRow => {
      const row = byId.get(serverId);
      if (!row) throw new AppError('NOT_FOUND', 'There is no such server.', { serverId, field });
      return row;
    };
    if (wanted.kind === 'servers') return wanted.serverIds.map((serverId) => ({ row: living(serverId, field), sessionVendorIds: null }));
    return [...wanted.sessions].map(([serverId, vendorIds]) => {
      const row = living(serverId, 'targets.sessionIds');
      const gone = vendorIds.find((vendorId) => !this.sessions.live.find(serverId, vendorId));
      if (gone !== undefined) throw new AppError('NOT_FOUND', 'This session is not there any more.', { serverId, field: 'targets.sessionIds' });
      return { row, sessionVendorIds: vendorIds };
    });
  }

  prospectTarget({ row, sessionVendorIds }: TargetServer): NoticeTarget {
    return { readOnly: row.readOnly, kind: row.kind, profile: row.profile, isAnswering: this.isAnswering(row.id), sessions: this.sessionsOf(row.id, sessionVendorIds) };
  }

  /** Of the newest list, also an old one. */
  sessionsOf(serverId: string, sessionVendorIds: readonly string[] | null): readonly Session[] {
    const sessions = this.sessions.live.snapshot(serverId)?.sessions ?? [];
    return sessionVendorIds === null ? sessions : sessions.filter((session) => sessionVendorIds.includes(session.vendorId));
  }

  /** True when the newest list is older than it should be. */
  isStale(serverId: string): boolean {
    const snapshot = this.sessions.live.snapshot(serverId);
    return snapshot !== null && this.sessions.isStale(snapshot);
  }

  isAnswering(serverId: string): boolean {
    return this.presence.isAnswering(serverId);
  }
}
