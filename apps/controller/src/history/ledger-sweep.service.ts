import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@usher/platform';
import { AgentPresence } from '../agents/agent-presence.js';
import { Scheduler } from '../agents/scheduler.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { LedgerRepository } from './ledger.repository.js';

const EVERY_MS = 60_000;
/** A row must be missing in this many looks: its closing fact may be on the way. */
const LOOKS = 3;

/**
 * Closes rows whose end nobody will tell any more: the agent that opened them was replaced or lost its folder, or
 * the server was removed. A row is lost when its agent has nothing left to send and a fresh list lacks the playback.
 */
@Injectable()
export class LedgerSweepService implements OnModuleInit {
  private missed = new Map<string, number>();

  constructor(
    private readonly repository: LedgerRepository,
    private readonly sessions: SessionsService,
    private readonly presence: AgentPresence,
    private readonly scheduler: Scheduler,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'ledger-sweep', everyMs: EVERY_MS, run: () => this.sweep() });
  }

  async sweep(): Promise<void> {
    const missed = new Map<string, number>();
    for (const { id, serverId, historical } of await this.repository.openRows()) {
      if (historical) missed.set(id, LOOKS);
      else if (this.isAbsent(serverId, id)) missed.set(id, (this.missed.get(id) ?? 0) + 1);
    }
    this.missed = missed;
    const lost = [...missed].flatMap(([id, looks]) => (looks >= LOOKS ? id : []));
    if (lost.length === 0) return;
    await this.repository.closeLost(lost);
    this.logger.info('playback.lost', 'Playbacks were closed whose end nobody told.', { playbacks: lost.length });
  }

  /** Only a fresh list of an agent without unsent facts says anything. */
  private isAbsent(serverId: string, playbackId: string): boolean {
    const snapshot = this.sessions.live.snapshot(serverId);
    const heartbeat = this.presence.standing(serverId).heartbeat;
    if (!snapshot || !heartbeat || heartbeat.spoolPending > 0 || this.sessions.isStale(snapshot)) return false;
    return !snapshot.sessions.some((session) => session.stream?.playbackId === playbackId);
  }
}
