import { Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { AgentPresence } from '../agents/agent-presence.js';
import { ServerLiveObject, ServerObject } from '../servers/server.graphql.js';
import { totalsOf } from './session-totals.js';
import { SessionsService } from './sessions.service.js';

interface Server {
  readonly id: string;
}

/** The fields of a server that live in memory. Numbers of a stale server are the last known ones. */
@Resolver(() => ServerObject)
export class ServerLiveResolver {
  constructor(
    private readonly sessions: SessionsService,
    private readonly presence: AgentPresence,
  ) {}

  @ResolveField(() => ServerLiveObject)
  live(@Parent() { id }: Server): ServerLiveObject {
    const heartbeat = this.presence.standing(id).heartbeat;
    const load = this.sessions.live.load(id);
    return {
      source: heartbeat?.live.mode ?? 'none',
      at: this.sessions.live.snapshot(id)?.at ?? null,
      lastPollAt: heartbeat?.live.lastPollAt ?? null,
      lastPushAt: heartbeat?.live.lastPushAt ?? null,
      sessionCallsLastHour: heartbeat?.live.sessionCallsLastHour ?? 0,
      otherCallsLastHour: heartbeat?.live.otherCallsLastHour ?? 0,
      latencyMs: heartbeat?.vendor.latencyMs ?? null,
      cpuPercent: load?.cpuPercent ?? null,
      memoryPercent: load?.memoryPercent ?? null,
    };
  }

  @ResolveField(() => Boolean, { description: 'The snapshot is older than it should be.' })
  stale(@Parent() { id }: Server): boolean {
    const snapshot = this.sessions.live.snapshot(id);
    return snapshot !== null && this.sessions.isStale(snapshot);
  }

  @ResolveField(() => Int)
  streamCount(@Parent() { id }: Server): number {
    return this.totals(id).streams;
  }

  @ResolveField(() => Int)
  transcodeCount(@Parent() { id }: Server): number {
    return this.totals(id).transcodes;
  }

  @ResolveField(() => Int)
  bandwidthKbps(@Parent() { id }: Server): number {
    return this.totals(id).bandwidthKbps;
  }

  private totals(serverId: string) {
    return totalsOf(this.sessions.live.snapshot(serverId)?.sessions ?? []);
  }
}
