import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { adoptAgent, describeHost, retireAgent } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import { Coalesce, ConcurrencyLimit, fullJitter, type Clock } from '@usher/resilience';
import { makeEnrollmentToken } from '@usher/security';
import { internalUrlOf, type ControllerConfig } from '../config.js';
import { CLOCK, CONTROLLER_CONFIG } from '../infrastructure.js';
import { AgentRetirement } from './agent-retirement.js';
import { AgentsRepository } from './agents.repository.js';

const TOKEN_TTL_MS = 5 * 60_000;
const BACK_OFF = { baseMs: 5_000, capMs: 300_000 };
/** A host that is starting lists nobody yet: it must leave an agent out twice before that agent counts as lost. */
const MISSED_LISTS = 2;

interface Trouble {
  readonly attempts: number;
  readonly notBeforeMs: number;
}

/**
 * Keeps one agent of the bundled agent host beside every direct server: adopts at registration, and again whenever
 * host, broker or controller died in between.
 */
@Injectable()
export class DirectServersService {
  private readonly adopting = new Coalesce<void>();
  private readonly limit = new ConcurrencyLimit({ max: 4, queue: 10_000 });
  private readonly troubles = new Map<string, Trouble>();
  private readonly missed = new Map<string, number>();

  constructor(
    private readonly agents: AgentsRepository,
    private readonly retirement: AgentRetirement,
    private readonly bus: HubBus,
    private readonly logger: Logger,
    @Inject(CONTROLLER_CONFIG) private readonly config: ControllerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Adopts an agent for a direct server that has none. Never throws: what fails now is done later by the loop. */
  async ensure(serverId: string): Promise<void> {
    if (await this.agents.activeOf(serverId)) return;
    await this.adopt(serverId);
  }

  /** After a server was removed: its agent is revoked at once, the host clears up when it can. Never throws for an absent host. */
  async retire(serverId: string): Promise<void> {
    await this.retirement.revoke(serverId);
    await this.tellHost(serverId);
  }

  /** One look at all direct servers. Without an answer of the host nothing is done. */
  async reconcile(signal: AbortSignal): Promise<void> {
    const host = await this.bus.serviceCommand(describeHost, {}).catch((error: unknown) => {
      this.logger.debug('host.silent', 'The agent host does not answer.', { error });
      return null;
    });
    if (!host) return;
    const carried = new Map(host.agents.map((agent) => [agent.serverId, agent.agentId]));
    const servers = await this.agents.directServers();
    const living = new Set(servers.filter((server) => !server.historical).map((server) => server.serverId));
    const gone = new Set([...carried.keys(), ...servers.map((server) => server.serverId)].filter((serverId) => !living.has(serverId)));
    for (const serverId of gone) {
      if (signal.aborted) return;
      await this.retire(serverId);
    }
    const due = servers.filter((server) => !server.historical && server.adoptable && this.isDue(server.serverId, server.agentId, carried.get(server.serverId)));
    await Promise.all(
      due.map(async ({ serverId }) => {
        if (signal.aborted) return;
        // The host carries an agent that the database does not know, as after a restore: adopting would return just that one.
        if (carried.has(serverId)) await this.tellHost(serverId);
        await this.adopt(serverId);
      }),
    );
  }

  private isDue(serverId: string, wanted: string | null, carried: string | undefined): boolean {
    if (wanted !== null && wanted === carried) {
      this.missed.delete(serverId);
      this.troubles.delete(serverId);
      return false;
    }
    const missed = (this.missed.get(serverId) ?? 0) + 1;
    this.missed.set(serverId, missed);
    if (wanted !== null && missed < MISSED_LISTS) return false;
    return this.clock.monotonicMs() >= (this.troubles.get(serverId)?.notBeforeMs ?? 0);
  }

  private adopt(serverId: string): Promise<void> {
    return this.adopting.run(serverId, () => this.limit.run(() => runInContext({ serverId }, () => this.tryAdopt(serverId))));
  }

  private async tryAdopt(serverId: string): Promise<void> {
    try {
      if (!(await this.agents.isAdoptable(serverId))) return;
      const { token, tokenId, secretSha256 } = makeEnrollmentToken({ controllerUrl: internalUrlOf(this.config) });
      await this.agents.addToken({ tokenId, secretSha256, serverId, ttlMs: TOKEN_TTL_MS });
      const { agentId } = await this.bus.serviceCommand(adoptAgent, { serverId, enrollmentToken: token });
      this.troubles.delete(serverId);
      this.missed.delete(serverId);
      this.logger.info('agent.adopted', 'The agent host adopted an agent.', { agentId });
    } catch (error) {
      const attempts = (this.troubles.get(serverId)?.attempts ?? 0) + 1;
      this.troubles.set(serverId, { attempts, notBeforeMs: this.clock.monotonicMs() + fullJitter(attempts, BACK_OFF) });
      this.logger.warn('agent.not_adopted', 'The agent host did not adopt an agent; it is tried again.', { attempts, error });
    }
  }

  private async tellHost(serverId: string): Promise<void> {
    try {
      await this.bus.serviceCommand(retireAgent, { serverId });
    } catch (error) {
      this.logger.warn('agent.not_retired', 'The agent host did not retire an agent; it is told again.', { serverId, error });
    }
  }
}
