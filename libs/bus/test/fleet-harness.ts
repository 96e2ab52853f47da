import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLogger } from '@usher/platform';
import { uuidv7 } from '@usher/contracts';
import { AgentKeys, KeyRing, mintAccount, mintAgentUser, mintHubUser, mintSysUser, renderBrokerConf } from '@usher/security';
import { startNats, type NatsServer } from '@usher/testing';
import { AgentLink, HubBus, HubConnection, SysConnection, type AgentDirectory, type AgentLinkOptions, type CommandJournal, type FenceStore, type JournalEntry } from '@usher/bus';

/** Log lines of all links, to look at when something fails. */
export const logLines: string[] = [];
export const logger = createLogger({ service: 'test', level: 'debug', destination: { write: (line: string) => void logLines.push(line) } });

/** Keeps what an agent keeps on disk. */
export class TestJournal implements CommandJournal {
  readonly entries = new Map<string, JournalEntry>();
  readonly acknowledgedIds: string[] = [];

  async find(commandId: string): Promise<JournalEntry | null> {
    return this.entries.get(commandId) ?? null;
  }

  async intent(commandId: string, argsSha256: string, op: string): Promise<void> {
    this.entries.set(commandId, { commandId, argsSha256, op, state: 'intent', at: Date.now() });
  }

  async done(commandId: string, outcome: NonNullable<JournalEntry['outcome']>): Promise<void> {
    this.entries.set(commandId, { ...this.entries.get(commandId)!, state: 'done', outcome });
  }

  async acknowledged(commandId: string): Promise<void> {
    this.acknowledgedIds.push(commandId);
  }
}

export class TestFences implements FenceStore {
  readonly epochs = new Map<string, number>();

  highest(name: string): number {
    return this.epochs.get(name) ?? 0;
  }

  async raise(name: string, epoch: number): Promise<void> {
    this.epochs.set(name, epoch);
  }
}

export interface TestAgent {
  serverId: string;
  agentId: string;
  acctPub: string;
  keys: AgentKeys;
  userJwt: string;
  journal: TestJournal;
  fences: TestFences;
  link: AgentLink;
}

type AgentOverrides = Partial<Pick<AgentLinkOptions, 'dispatch' | 'refuse' | 'trustedKeys' | 'now'>> & { journal?: TestJournal; fences?: TestFences };

/** A real broker with SYS, HUB and agents' accounts, and one controller on it. */
export class TestFleet {
  readonly agents = new Map<string, TestAgent>();
  readonly online = new Set<string>();
  readonly presence: [string, boolean][] = [];
  fleetEpoch = 1;
  readonly directory: AgentDirectory = {
    byAccount: (acctPub) => [...this.agents.values()].find((agent) => agent.acctPub === acctPub),
    byServer: (serverId) => this.agents.get(serverId),
  };

  private constructor(
    readonly folder: string,
    readonly ring: KeyRing,
    readonly conf: string,
    public nats: NatsServer,
    readonly hub: HubConnection,
    readonly sys: SysConnection,
    readonly bus: HubBus,
  ) {}

  static async start(): Promise<TestFleet> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'usher-bus-'));
    const ring = await KeyRing.loadOrCreate(path.join(folder, 'keyring.json'));
    const conf = await renderBrokerConf(ring, { port: 4222, resolverDir: path.join(folder, 'accounts') });
    const nats = await startNats({ conf });
    const hub = await HubConnection.connect({ url: nats.url, creds: await mintHubUser(ring, 'controller'), service: 'controller', logger });
    const sys = await SysConnection.connect({ url: nats.url, creds: await mintSysUser(ring), ring, logger });
    const late: { fleet?: TestFleet } = {};
    const bus = new HubBus({
      connection: hub,
      signer: ring.commandKey('controller'),
      directory: { byAccount: (acct) => late.fleet!.directory.byAccount(acct), byServer: (id) => late.fleet!.directory.byServer(id) },
      presence: { isOnline: (serverId) => late.fleet!.online.has(serverId) },
      fleetEpoch: () => late.fleet!.fleetEpoch,
    });
    const fleet = new TestFleet(folder, ring, conf, nats, hub, sys, bus);
    late.fleet = fleet;
    sys.onPresence((acct, connected) => {
      fleet.presence.push([acct, connected]);
      const serverId = fleet.directory.byAccount(acct)?.serverId;
      if (serverId !== undefined) fleet.online[connected ? 'add' : 'delete'](serverId);
    });
    return fleet;
  }

  /** An agent with an account of its own; connected unless `connect` is false. */
  async addAgent(overrides: AgentOverrides = {}, connect = true): Promise<TestAgent> {
    const serverId = uuidv7();
    const agentId = uuidv7();
    const keys = await AgentKeys.loadOrCreate(path.join(this.folder, serverId));
    const { acctPub, jwt } = await mintAccount(this.ring, { serverId, agentId });
    await this.sys.pushAccount(jwt);
    const userJwt = await mintAgentUser(this.ring, { acctPub, nkeyPub: keys.nkeyPub, serverId, agentId });
    const agent = this.linkOf({ serverId, agentId, acctPub, keys, userJwt }, overrides);
    this.agents.set(serverId, agent);
    if (connect) await this.connect(agent);
    return agent;
  }

  /** The agent's process starts again, with what it kept. */
  async restart(agent: TestAgent, overrides: AgentOverrides = {}): Promise<TestAgent> {
    await agent.link.stop();
    const next = this.linkOf(agent, { journal: agent.journal, fences: agent.fences, ...overrides });
    this.agents.set(agent.serverId, next);
    await this.connect(next);
    return next;
  }

  async connect(agent: TestAgent): Promise<void> {
    const connected = new Promise<void>((resolve) => agent.link.onConnected(resolve));
    agent.link.start();
    await connected;
    this.online.add(agent.serverId);
  }

  /** As if the broker's machine had lost power; it comes back at the same address. */
  async restartBroker(): Promise<void> {
    const { port } = this.nats;
    await this.nats.kill();
    this.online.clear();
    this.nats = await startNats({ conf: this.conf, port });
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.link.stop()));
    await this.sys.close();
    await this.hub.close();
    await this.nats.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private linkOf(identity: Pick<TestAgent, 'serverId' | 'agentId' | 'acctPub' | 'keys' | 'userJwt'>, overrides: AgentOverrides): TestAgent {
    const { serverId, agentId, acctPub, keys, userJwt } = identity;
    const journal = overrides.journal ?? new TestJournal();
    const fences = overrides.fences ?? new TestFences();
    const link = new AgentLink({
      url: this.nats.url,
      keys,
      userJwt,
      serverId,
      agentId,
      trustedKeys: () => this.ring.trustedKeys(),
      dispatch: async () => ({}),
      logger: logger.child({ agent: serverId }),
      ...overrides,
      journal,
      fences,
    });
    return { serverId, agentId, acctPub, keys, userJwt, journal, fences, link };
  }
}
