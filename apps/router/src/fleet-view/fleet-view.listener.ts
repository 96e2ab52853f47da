import { Controller } from '@nestjs/common';
import { HandleFleetState, HandleServiceState, HandleState, type AgentMessageContext } from '@usher/bus';
import { controllerChanged, heartbeatState, loadState, maintenanceState, sessionsState, type Heartbeat, type MaintenanceState, type SessionsState } from '@usher/contracts';
import type { z } from 'zod';
import { FleetEvents } from './fleet-events.js';
import { FleetView } from './fleet-view.js';

@Controller()
export class FleetViewListener {
  constructor(
    private readonly view: FleetView,
    private readonly events: FleetEvents,
  ) {}

  @HandleState(loadState)
  load(message: z.infer<typeof loadState.body>, context: AgentMessageContext): void {
    if (this.view.receiveLoad(context, message)) this.events.emit({ type: 'load', serverId: context.serverId });
  }

  @HandleState(heartbeatState)
  heartbeat(message: Heartbeat, context: AgentMessageContext): void {
    this.view.receiveHeartbeat(context, message);
    this.events.emit({ type: 'standing', serverId: context.serverId });
  }

  @HandleState(sessionsState)
  sessions({ sessions, at }: SessionsState, context: AgentMessageContext): void {
    this.view.heard(context);
    this.events.emit({ type: 'sessions', serverId: context.serverId, sessions, at });
  }

  @HandleFleetState(maintenanceState)
  maintenance(message: MaintenanceState): void {
    this.view.receiveMaintenance(message);
  }

  @HandleServiceState(controllerChanged)
  changed(change: z.infer<typeof controllerChanged.body>): void {
    this.events.emit({ type: 'changed', change });
  }
}
