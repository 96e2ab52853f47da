import { Controller } from '@nestjs/common';
import { HandleServiceState, HandleState, type AgentMessageContext } from '@usher/bus';
import { controllerChanged, heartbeatState, type Heartbeat } from '@usher/contracts';
import type { z } from 'zod';
import { FleetKeeper } from './fleet-keeper.js';
import { FleetPresence } from './fleet-presence.js';

@Controller()
export class FleetListener {
  constructor(
    private readonly presence: FleetPresence,
    private readonly keeper: FleetKeeper,
  ) {}

  @HandleState(heartbeatState)
  heartbeat(_message: Heartbeat, { serverId }: AgentMessageContext): void {
    this.presence.heard(serverId);
  }

  @HandleServiceState(controllerChanged)
  changed({ kind }: z.infer<typeof controllerChanged.body>): void {
    if (kind === 'server' || kind === 'agent') this.keeper.refresh();
  }
}
