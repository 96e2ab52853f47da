import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Heartbeat } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import type { Clock, TimerHandle } from '@usher/resilience';
import { ChangeHub } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { ActiveAgents } from './active-agents.js';
import { AgentPresence } from './agent-presence.js';
import { PresenceRepository } from './presence.repository.js';
import { judge } from './presence-rules.js';

const SWEEP_MS = 5_000;

/** Turns what is heard of agents into the state of servers. Every controller does; the row decides. */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** What this process last wrote or found written, so that a heartbeat without news costs no query. */
  private readonly settled = new Map<string, string>();
  /** Servers being settled; true = something new came meanwhile. */
  private readonly settling = new Map<string, boolean>();
  private readonly heard = new Set<string>();
  private timer: TimerHandle | null = null;
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly presence: AgentPresence,
    private readonly directory: ActiveAgents,
    private readonly repository: PresenceRepository,
    private readonly changes: ChangeHub,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.directory.onJoined((serverId, agentId) => this.presence.expect(serverId, agentId));
    this.directory.onLeft((serverId) => {
      this.presence.forget(serverId);
      this.settled.delete(serverId);
    });
    // A row that somebody else wrote is looked at again.
    this.stopListening = this.changes.listen((change) => {
      if (change.kind === 'server') for (const serverId of change.ids) this.settled.delete(serverId);
    });
    this.plan();
  }

  onApplicationShutdown(): void {
    this.stopListening();
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
  }

  greeted(serverId: string, agentId: string, sentAt: string): void {
    this.presence.greeted(serverId, agentId, sentAt);
    this.heard.add(serverId);
    void this.settle(serverId);
  }

  beat(serverId: string, agentId: string, heartbeat: Heartbeat): void {
    if (!this.presence.beat(serverId, agentId, heartbeat)) return;
    this.heard.add(serverId);
    void this.settle(serverId);
  }

  linkChanged(acctPub: string, connected: boolean): void {
    const agent = this.directory.byAccount(acctPub);
    if (agent) {
      this.presence.linkChanged(agent.serverId, connected);
      void this.settle(agent.serverId);
    } else if (connected) {
      // Enrolled at another controller a moment ago: its first words follow at once.
      this.directory.refresh().catch((error: unknown) => this.logger.warn('agents.not_refreshed', 'The list of agents could not be read; it is repeated.', { error }));
    }
  }

  brokerLink(connected: boolean): void {
    this.presence.brokerLink(connected);
  }

  /** Looks for silence, and writes down whom this process heard. */
  async sweep(): Promise<void> {
    await Promise.all(this.directory.serverIds().map((serverId) => this.settle(serverId)));
    const entries = [...this.heard].map((serverId) => this.directory.byServer(serverId)).filter((entry) => entry !== undefined);
    this.heard.clear();
    const answering = entries.filter((entry) => this.presence.isAnswering(entry.serverId));
    await this.repository.seen(entries.map((entry) => entry.agentId), answering.map((entry) => entry.serverId));
  }

  /** One writer per server in this process; news that come meanwhile are judged right after. */
  private async settle(serverId: string): Promise<void> {
    const isBusy = this.settling.has(serverId);
    this.settling.set(serverId, isBusy);
    if (isBusy) return;
    try {
      do {
        this.settling.set(serverId, false);
        await runInContext({ serverId }, () => this.write(serverId));
      } while (this.settling.get(serverId));
    } catch (error) {
      this.settled.delete(serverId);
      this.logger.warn('server.state_not_written', 'The state of a server could not be written; the next heartbeat tries again.', { error });
    } finally {
      this.settling.delete(serverId);
    }
  }

  private async write(serverId: string): Promise<void> {
    if (!this.presence.isJudging() || !this.directory.byServer(serverId)) return;
    const standing = this.presence.standing(serverId);
    const silent = this.presence.isSilent(serverId);
    const verdict = judge({ silent, linked: standing.linked, vendor: standing.heartbeat?.vendor ?? null, clockOffsetMs: standing.clockOffsetMs });
    if (!verdict) return;
    const key = `${verdict.state}|${verdict.code}|${verdict.reason}`;
    if (this.settled.get(serverId) === key) return;
    this.settled.set(serverId, key);
    if (await this.repository.write(serverId, verdict, silent)) {
      this.logger.info('server.state_changed', 'The state of a server changed.', { ...verdict });
      this.changes.publish('server', [serverId]);
    } else if (silent) {
      // Another controller may have heard the agent: asked again at the next sweep.
      this.settled.delete(serverId);
    }
  }

  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      void this.sweep()
        .catch((error: unknown) => this.logger.warn('presence.sweep_failed', 'Looking for silent agents failed; it is repeated.', { error }))
        .finally(() => this.timer && this.plan());
    }, SWEEP_MS);
  }
}
