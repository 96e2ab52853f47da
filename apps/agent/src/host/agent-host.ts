import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, ConnectionTestPlain, type ConnectionTestResult, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, type describeHost } from '@usher/contracts';
import { runInContext } from '@usher/platform';
import { ConcurrencyLimit } from '@usher/resilience';
import { AgentKeys, Secret } from '@usher/security';
import type { z } from 'zod';
import { AgentIdentity } from '../enrollment/agent-identity.js';
import type { EnrollService } from '../enrollment/enroll.service.js';
import { AgentSettings } from '../server/agent-settings.js';
import { Agent } from './agent.js';
import { AgentFolders } from './agent-folders.js';
import type { Surroundings } from './surroundings.js';
import { AGENT_VERSION } from './version.js';

/** An import tests many servers; the others wait. */
const TESTS_AT_ONCE = { max: 8, queue: 256 };

/** Runs the agents of this process. Each stands alone: what breaks one does not touch the others. */
export class AgentHost {
  private readonly agents = new Map<string, Agent>();
  private readonly broken = new Map<string, string>();
  private readonly tests = new ConcurrencyLimit(TESTS_AT_ONCE);
  /** Adoptions and retirements of one server, one after another. */
  private readonly turns = new Map<string, Promise<unknown>>();

  private constructor(
    private readonly folders: AgentFolders,
    private readonly keys: AgentKeys,
    private readonly enrolling: EnrollService,
    private readonly surroundings: Surroundings,
  ) {}

  static async open(dataDir: string, enrolling: EnrollService, surroundings: Surroundings): Promise<AgentHost> {
    const own = path.join(dataDir, 'agent-host');
    await mkdir(own, { recursive: true, mode: 0o700 });
    return new AgentHost(await AgentFolders.open(dataDir), await AgentKeys.loadOrCreate(own), enrolling, surroundings);
  }

  /** Starts every agent that is on the disk. */
  async start(): Promise<void> {
    const serverIds = await this.folders.serverIds();
    await Promise.all(serverIds.map((serverId) => this.inTurn(serverId, () => this.startOrNote(serverId))));
    this.surroundings.logger.info('agents.started', 'The agents on this disk are running.', { running: this.agents.size, broken: this.broken.size });
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.turns.values());
    const results = await Promise.allSettled([...this.agents.values()].map((agent) => agent.stop()));
    for (const result of results) {
      if (result.status === 'rejected') this.surroundings.logger.error('agent.stop_failed', 'An agent did not stop in order.', { error: result.reason });
    }
    this.agents.clear();
  }

  agent(serverId: string): Agent | undefined {
    return this.agents.get(serverId);
  }

  /** Agents that run, that are connected, and those that could not be started. */
  counts(): { running: number; connected: number; broken: number } {
    const connected = [...this.agents.values()].filter((agent) => agent.isConnected).length;
    return { running: this.agents.size, connected, broken: this.broken.size };
  }

  describe(): z.infer<typeof describeHost.reply> {
    return {
      protocol: { min: OLDEST_PROTOCOL_VERSION, max: PROTOCOL_VERSION },
      boxKey: { ...this.keys.boxPub } as Record<string, string>,
      agents: [...this.agents.values()].map(({ agentId, serverId }) => ({ agentId, serverId })),
    };
  }

  /** Opens the sealed address and key and tries them. @throws AppError MESSAGE_INVALID, VALIDATION_FAILED, SERVER_BUSY */
  async test(sealed: string): Promise<ConnectionTestResult> {
    const parsed = ConnectionTestPlain.safeParse(await this.keys.open(sealed));
    if (!parsed.success) throw new AppError('MESSAGE_INVALID', 'What was sealed is no connection test.');
    const { url, token, vendor, tls } = parsed.data;
    const secret = Secret.of(token);
    const { testConnection, egress, clock, plexTvUrl } = this.surroundings;
    return await this.tests.run(() =>
      testConnection({
        url,
        token: () => secret.reveal(),
        vendor,
        tls,
        egress,
        clock,
        plexTvUrl,
        clientName: 'Usher',
        clientVersion: AGENT_VERSION,
        deviceId: 'usher-connection-test',
      }),
    );
  }

  /** The running agent of this server, or a new one by this token. @throws AppError of the enrollment */
  adopt(serverId: string, token: Secret): Promise<{ agentId: string }> {
    return this.inTurn(serverId, async () => {
      const running = this.agents.get(serverId);
      if (running) return { agentId: running.agentId };
      await this.folders.create(serverId, (folder) => this.enrollInto(folder, serverId, token));
      const { agentId } = await this.startAgent(serverId);
      this.surroundings.logger.info('agent.adopted', 'An agent was made for this server.', { agentId });
      return { agentId };
    });
  }

  /** Stops the agent and removes everything it kept; false when there was none. */
  retire(serverId: string): Promise<boolean> {
    return this.inTurn(serverId, async () => {
      const agent = this.agents.get(serverId);
      this.agents.delete(serverId);
      this.broken.delete(serverId);
      await agent?.stop();
      const removed = await this.folders.remove(serverId);
      this.surroundings.logger.info('agent.retired', 'The agent of this server was removed.', { removed });
      return removed;
    });
  }

  private async enrollInto(folder: string, serverId: string, token: Secret): Promise<void> {
    const keys = await AgentKeys.loadOrCreate(folder);
    const { agentId, userJwt, generation, keys: trusted, config, credential } = await this.enrolling.enroll(token, serverId, keys);
    await AgentSettings.create(folder, config, credential);
    await AgentIdentity.create(folder, { agentId, serverId, userJwt, generation, keys: trusted });
  }

  private async startOrNote(serverId: string): Promise<void> {
    try {
      await this.startAgent(serverId);
    } catch (error) {
      this.broken.set(serverId, error instanceof AppError ? error.code : 'INTERNAL');
      this.surroundings.logger.error('agent.broken', 'This agent cannot be started; adopting the server again makes a new one.', { error });
    }
  }

  private async startAgent(serverId: string): Promise<Agent> {
    const agent = await Agent.open(this.folders.of(serverId), this.surroundings);
    await agent.start();
    this.agents.set(serverId, agent);
    this.broken.delete(serverId);
    return agent;
  }

  private inTurn<T>(serverId: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(serverId) ?? Promise.resolve();
    const turn = before.catch(() => undefined).then(() => runInContext({ serverId }, work));
    const settled = turn.catch(() => undefined);
    this.turns.set(serverId, settled);
    void settled.then(() => {
      if (this.turns.get(serverId) === settled) this.turns.delete(serverId);
    });
    return turn;
  }
}
