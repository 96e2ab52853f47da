import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AgentMessageContext } from '@usher/bus';
import { sessionIdOf, type ActivitiesState, type Activity } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { ActiveAgents } from '../agents/active-agents.js';
import { AgentPresence } from '../agents/agent-presence.js';
import type { Actor } from '../auth/actor.js';
import { LatestByKey } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { optionalServerIds } from '../servers/server-ids.js';
import type { ServerActivitiesObject } from './activities.graphql.js';
import { LiveActivities, type ActivityList } from './live-activities.js';

interface Watcher {
  readonly serverIds: ReadonlySet<string> | null;
  readonly queue: LatestByKey<string, ServerActivitiesObject>;
}

/** The running work of the fleet as this process knows it, and those who watch it. */
@Injectable()
export class ActivitiesService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly live: LiveActivities;
  private readonly watchers = new Set<Watcher>();

  constructor(
    private readonly directory: ActiveAgents,
    private readonly presence: AgentPresence,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.live = new LiveActivities(clock);
  }

  onApplicationBootstrap(): void {
    this.directory.onLeft((serverId) => this.live.forget(serverId));
  }

  onApplicationShutdown(): void {
    for (const watcher of [...this.watchers]) watcher.queue.close();
  }

  /** A message that was on its way while its agent was replaced comes too late. */
  receive(message: ActivitiesState, { serverId, agentId }: AgentMessageContext): void {
    if (this.directory.byServer(serverId)?.agentId !== agentId) return;
    const list = this.live.receive({ serverId, agentId }, message);
    if (!list) return;
    for (const { serverIds, queue } of this.watchers) if (!serverIds || serverIds.has(serverId)) queue.push(serverId, this.show(list));
  }

  /** For everybody who is signed in. Servers that never told are left out. */
  list(actor: Actor, serverIds?: readonly string[] | null): ServerActivitiesObject[] {
    actor.require('viewer');
    return this.lists(optionalServerIds(serverIds)).map((list) => this.show(list));
  }

  /** The list of each server at once, then every newer one. */
  watch(actor: Actor, serverIds?: readonly string[] | null): AsyncIterableIterator<ServerActivitiesObject> {
    actor.require('viewer');
    const wanted = optionalServerIds(serverIds);
    const queue = new LatestByKey<string, ServerActivitiesObject>(() => this.watchers.delete(watcher));
    const watcher: Watcher = { serverIds: wanted ? new Set(wanted) : null, queue };
    this.watchers.add(watcher);
    for (const list of this.lists(wanted)) queue.push(list.serverId, this.show(list));
    return queue;
  }

  find(serverId: string, vendorId: string): Activity | null {
    return this.live.list(serverId)?.activities.find((activity) => activity.vendorId === vendorId) ?? null;
  }

  /** What runs at servers that answer, as far as is known. */
  running(): ActivityList[] {
    return this.live.all().filter((list) => !this.isStale(list));
  }

  private isStale(list: ActivityList): boolean {
    return this.live.isOverdue(list) || !this.presence.isAnswering(list.serverId);
  }

  private lists(serverIds: readonly string[] | undefined): ActivityList[] {
    return serverIds ? serverIds.flatMap((serverId) => this.live.list(serverId) ?? []) : this.live.all();
  }

  private show(list: ActivityList): ServerActivitiesObject {
    const { serverId, seq, at } = list;
    const activities = list.activities.map(({ vendorId, libraryVendorId, ...activity }) => ({
      ...activity,
      id: sessionIdOf(serverId, vendorId),
      serverId,
      libraryId: libraryVendorId,
    }));
    return { serverId, seq, at, stale: this.isStale(list), activities };
  }
}
