import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AgentMessageContext } from '@usher/bus';
import type { ServerLoad, ServerState, SessionsState } from '@usher/contracts';
import type { Clock, TimerHandle } from '@usher/resilience';
import { ActiveAgents } from '../agents/active-agents.js';
import { AgentPresence } from '../agents/agent-presence.js';
import type { Actor } from '../auth/actor.js';
import { LatestByKey } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { optionalServerIds } from '../servers/server-ids.js';
import { LiveSessions, type ServerSnapshot } from './live-sessions.js';
import { formFor, showSession, showSnapshot, type SessionForm } from './session-view.js';
import { totalsOfSnapshots } from './session-totals.js';
import { partsOf } from './session-id.js';
import type { FleetOverviewObject, ServerSessionsObject, SessionObject } from './sessions.graphql.js';
import { SessionsRepository } from './sessions.repository.js';

const SWEEP_MS = 1_000;

interface Watcher {
  readonly serverIds: ReadonlySet<string> | null;
  readonly form: SessionForm;
  readonly queue: LatestByKey<string, ServerSessionsObject>;
}

/** The live view of this process and those who watch it. Every controller has its own, fed by the same messages. */
@Injectable()
export class SessionsService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly live: LiveSessions;
  private readonly watchers = new Set<Watcher>();
  private readonly snapshotListeners = new Set<(snapshot: ServerSnapshot) => void>();
  /** How many follow the positions of single sessions, by server. */
  private readonly mirrored = new Map<string, number>();
  /** Servers last shown as stale. */
  private readonly staleServers = new Set<string>();
  private timer: TimerHandle | null = null;

  constructor(
    private readonly directory: ActiveAgents,
    private readonly presence: AgentPresence,
    private readonly repository: SessionsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.live = new LiveSessions(clock);
  }

  onApplicationBootstrap(): void {
    this.directory.onLeft((serverId) => {
      this.live.forget(serverId);
      this.staleServers.delete(serverId);
    });
    this.plan();
  }

  onApplicationShutdown(): void {
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
    for (const watcher of [...this.watchers]) watcher.queue.close();
  }

  receive(message: SessionsState, { serverId, agentId }: AgentMessageContext): void {
    if (!this.isCurrent(serverId, agentId)) return;
    const snapshot = this.live.receive({ serverId, agentId }, message);
    if (!snapshot) return;
    for (const listener of this.snapshotListeners) listener(snapshot);
    this.tell(snapshot);
  }

  /** Called with every new snapshot. */
  onSnapshot(listener: (snapshot: ServerSnapshot) => void): void {
    this.snapshotListeners.add(listener);
  }

  /** Sends the snapshots of these servers again: something beside them changed that is shown with them. */
  showAgain(serverIds: Iterable<string>): void {
    for (const snapshot of this.snapshots([...serverIds])) this.tell(snapshot);
  }

  receiveLoad(message: { seq: number; load: ServerLoad }, { serverId, agentId }: AgentMessageContext): void {
    if (this.isCurrent(serverId, agentId)) this.live.receiveLoad({ serverId, agentId }, message);
  }

  /** For everybody who is signed in; addresses are masked below role operator. Servers that never sent a list are left out. */
  list(actor: Actor, serverIds?: readonly string[] | null): ServerSessionsObject[] {
    actor.require('viewer');
    const form = formFor(actor);
    return this.snapshots(optionalServerIds(serverIds)).map((snapshot) => showSnapshot(snapshot, this.isStale(snapshot), form));
  }

  /**
   * The snapshot of each server at once, then every newer one, and again when it turns stale or fresh. A slow reader
   * gets the newest of each server; what it missed in between is not kept.
   */
  watch(actor: Actor, serverIds?: readonly string[] | null): AsyncIterableIterator<ServerSessionsObject> {
    actor.require('viewer');
    const wanted = optionalServerIds(serverIds);
    const queue = new LatestByKey<string, ServerSessionsObject>(() => this.watchers.delete(watcher));
    const watcher: Watcher = { serverIds: wanted ? new Set(wanted) : null, form: formFor(actor), queue };
    this.watchers.add(watcher);
    for (const snapshot of this.snapshots(wanted)) queue.push(snapshot.serverId, showSnapshot(snapshot, this.isStale(snapshot), watcher.form));
    return queue;
  }

  /** One session as it is now; null when it is not there. For everybody who is signed in. @throws VALIDATION_FAILED */
  one(actor: Actor, id: string): SessionObject | null {
    actor.require('viewer');
    const { serverId, vendorId } = partsOf(id);
    const session = this.live.find(serverId, vendorId);
    return session && showSession(serverId, session, formFor(actor));
  }

  /** How many streams one account has there now, as far as its server answers. */
  streamsOf(serverId: string, userId: string): number {
    const snapshot = this.live.snapshot(serverId);
    if (!snapshot || this.isStale(snapshot)) return 0;
    return snapshot.sessions.filter((session) => session.stream !== null && session.userId === userId).length;
  }

  /** The servers that somebody follows now. */
  followed(): string[] {
    const watchers = [...this.watchers];
    const online = this.directory.serverIds().filter((serverId) => this.presence.isOnline(serverId));
    return online.filter((serverId) => this.isMirrored(serverId) || watchers.some((watcher) => !watcher.serverIds || watcher.serverIds.has(serverId)));
  }

  /** Until the returned function is called, somebody follows the positions at this server. */
  mirror(serverId: string): () => void {
    this.mirrored.set(serverId, (this.mirrored.get(serverId) ?? 0) + 1);
    return () => {
      const left = (this.mirrored.get(serverId) ?? 1) - 1;
      if (left > 0) this.mirrored.set(serverId, left);
      else this.mirrored.delete(serverId);
    };
  }

  isMirrored(serverId: string): boolean {
    return this.mirrored.has(serverId);
  }

  /** Streams of servers that do not answer are counted apart. */
  async overview(actor: Actor, serverIds?: readonly string[] | null): Promise<FleetOverviewObject> {
    actor.require('viewer');
    const wanted = optionalServerIds(serverIds);
    const counts = await this.repository.countByState(wanted);
    const snapshots = this.snapshots(wanted);
    const of = (state: ServerState) => counts[state] ?? 0;
    return {
      servers: of('online') + of('degraded') + of('offline') + of('pending'),
      serversOnline: of('online'),
      serversDegraded: of('degraded'),
      serversOffline: of('offline'),
      serversPending: of('pending'),
      ...totalsOfSnapshots(snapshots.filter((snapshot) => !this.isStale(snapshot))),
      lastKnownStreams: totalsOfSnapshots(snapshots.filter((snapshot) => this.isStale(snapshot))).streams,
    };
  }

  /** True when a newer snapshot is overdue, or when agent or media server do not answer. */
  isStale(snapshot: ServerSnapshot): boolean {
    return this.live.isOverdue(snapshot) || !this.presence.isAnswering(snapshot.serverId);
  }

  /** Tells the watchers of servers that turned stale or fresh since the last look. */
  sweep(): void {
    for (const snapshot of this.live.snapshots()) {
      if (this.isStale(snapshot) !== this.staleServers.has(snapshot.serverId)) this.tell(snapshot);
    }
  }

  private tell(snapshot: ServerSnapshot): void {
    const { serverId } = snapshot;
    const stale = this.isStale(snapshot);
    if (stale) this.staleServers.add(serverId);
    else this.staleServers.delete(serverId);
    for (const { serverIds, form, queue } of this.watchers) {
      if (!serverIds || serverIds.has(serverId)) queue.push(serverId, showSnapshot(snapshot, stale, form));
    }
  }

  private snapshots(serverIds: readonly string[] | undefined): ServerSnapshot[] {
    if (!serverIds) return this.live.snapshots();
    return serverIds.flatMap((serverId) => this.live.snapshot(serverId) ?? []);
  }

  /** A message that was on its way while its agent was replaced comes too late. */
  private isCurrent(serverId: string, agentId: string): boolean {
    return this.directory.byServer(serverId)?.agentId === agentId;
  }

  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      this.sweep();
      this.plan();
    }, SWEEP_MS);
  }
}
