import { Controller } from '@nestjs/common';
import { HandleState, HubConnection, SysConnection, type AgentMessageContext } from '@usher/bus';
import { heartbeatState, type Heartbeat } from '@usher/contracts';
import { PresenceService } from './presence.service.js';

/** Heartbeats of agents, and what the broker says of their links and of ours. */
@Controller()
export class PresenceListener {
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly service: PresenceService,
    private readonly hub: HubConnection,
    private readonly sys: SysConnection,
  ) {}

  onApplicationBootstrap(): void {
    this.service.brokerLink(this.hub.connected);
    this.stops.push(
      this.hub.onStatus((connected) => this.service.brokerLink(connected)),
      this.sys.onPresence((acctPub, connected) => this.service.linkChanged(acctPub, connected)),
    );
  }

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }

  @HandleState(heartbeatState)
  heartbeat(heartbeat: Heartbeat, { serverId, agentId }: AgentMessageContext): void {
    if (heartbeat.agentId === agentId) this.service.beat(serverId, agentId, heartbeat);
  }
}
