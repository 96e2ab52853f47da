import { Inject, Injectable } from '@nestjs/common';
import type { AgentMessageContext } from '@usher/bus';
import { agentHello, AppError, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@usher/contracts';
import { OutboxPublisher } from '@usher/database';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import type { z } from 'zod';
import { CLOCK } from '../infrastructure.js';
import { AgentSettingsService } from './agent-settings.service.js';
import { AgentsRepository } from './agents.repository.js';
import { PresenceService } from './presence.service.js';

export type Hello = z.infer<typeof agentHello.request>;
export type HelloReply = z.input<typeof agentHello.reply>;

/** Above this the operator is told. */
const CLOCK_WARNING_MS = 5_000;

/** Greets an agent after each connect: checks who it is and gives it what it missed. */
@Injectable()
export class HelloService {
  constructor(
    private readonly pool: Pool,
    private readonly agents: AgentsRepository,
    private readonly settings: AgentSettingsService,
    private readonly presence: PresenceService,
    private readonly publisher: OutboxPublisher,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws FORBIDDEN for an agent that does not speak for this server now, PROTOCOL_UNSUPPORTED without a common version */
  async hello(request: Hello, { serverId, agentId }: AgentMessageContext): Promise<HelloReply> {
    const agent = await this.agents.activeOf(serverId);
    if (!agent || agent.agentId !== agentId || request.agentId !== agentId) {
      throw new AppError('FORBIDDEN', 'This agent does not speak for this server.', { agentId: request.agentId });
    }
    const protocol = Math.min(PROTOCOL_VERSION, request.protocol.max);
    if (protocol < Math.max(OLDEST_PROTOCOL_VERSION, request.protocol.min)) {
      throw new AppError('PROTOCOL_UNSUPPORTED', 'Agent and controller have no protocol version in common.', {
        controllerMin: OLDEST_PROTOCOL_VERSION,
        controllerMax: PROTOCOL_VERSION,
        agentMin: request.protocol.min,
        agentMax: request.protocol.max,
      });
    }
    const clockOffsetMs = clampInt4(this.clock.now() - Date.parse(request.sentAt));
    if (Math.abs(clockOffsetMs) > CLOCK_WARNING_MS) {
      this.logger.warn('agent.clock_off', "The clock of the agent's machine is off.", { agentId, clockOffsetMs });
    }
    const { configRev, credentialRev, agentVersion } = request;
    if (!(await this.agents.saveHello(agentId, { protocol, agentVersion, configRev, credentialRev, clockOffsetMs }))) {
      throw new AppError('FORBIDDEN', 'This agent does not speak for this server.', { agentId });
    }
    const { config, credential } = await this.settings.settingsFor(this.pool, serverId, agent.boxPub, credentialRev);
    this.presence.greeted(serverId, agentId, request.sentAt);
    await this.publisher.hurry(serverId);
    const { keys, fleetId, fleetEpoch } = this.settings.fleetTerms();
    return { protocol, controllerTime: new Date(this.clock.now()).toISOString(), fleetEpoch, fleetId, config, credential, keys };
  }
}

/** The column is a 32-bit integer; a clock that is further off than 24 days is off all the same. */
function clampInt4(ms: number): number {
  return Math.max(-2_147_483_648, Math.min(2_147_483_647, Math.round(ms)));
}
