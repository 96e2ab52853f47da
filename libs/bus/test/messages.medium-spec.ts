import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppError, adoptAgent, agentHello, controllerChanged, describeHost, heartbeatState, playbackEnded, retireAgent, uuidv7, type Heartbeat } from '@usher/contracts';
import {
  BusServer,
  HandleAsk,
  HandleFact,
  HandleFactBatch,
  HandleServiceCommand,
  HandleServiceState,
  HandleState,
  HubConnection,
  type AgentMessageContext,
  type FactBatch,
  type FactContext,
  type ServiceMessageContext,
} from '@usher/bus';
import { mintHubUser } from '@usher/security';
import { eventually } from '@usher/testing';
import { TestFleet, logger, type TestAgent } from './fleet-harness.js';

const heard = {
  states: [] as [Heartbeat, AgentMessageContext][],
  batches: [] as [FactBatch, AgentMessageContext][],
  facts: [] as [unknown, FactContext][],
  changes: [] as unknown[],
};
let failBatches = 0;

@Controller()
class ControllerListener {
  @HandleState(heartbeatState)
  heartbeat(body: Heartbeat, context: AgentMessageContext): void {
    heard.states.push([body, context]);
  }

  @HandleFactBatch()
  async store(batch: FactBatch, context: AgentMessageContext) {
    if (failBatches-- > 0) throw new Error('the database is away');
    heard.batches.push([batch, context]);
    return { through: batch.facts.at(-1)!.seq };
  }

  @HandleFact(playbackEnded)
  ended(body: { playbackId: string }, context: FactContext): void {
    heard.facts.push([body, context]);
  }

  @HandleAsk(agentHello)
  hello(request: { agentId: string; agentVersion: string }, context: AgentMessageContext) {
    if (request.agentVersion === 'old') throw new AppError('PROTOCOL_UNSUPPORTED', 'Update the agent.');
    if (request.agentVersion === 'bug') throw new Error('with a detail');
    const config = { rev: 3, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] };
    return { protocol: 1, controllerTime: new Date().toISOString(), fleetEpoch: context.serverId.length, fleetId: context.serverId, config, credential: null, keys: [] };
  }

  @HandleServiceState(controllerChanged)
  changed(body: unknown): void {
    heard.changes.push(body);
  }
}

@Controller()
class HostListener {
  @HandleServiceCommand(describeHost)
  describe(_request: object, _context: ServiceMessageContext) {
    return { protocol: { min: 1, max: 1 }, boxKey: { kty: 'OKP' }, agents: [] };
  }

  @HandleServiceCommand(adoptAgent)
  async adopt(request: { serverId: string }): Promise<{ agentId: string }> {
    throw new AppError('ENROLLMENT_REFUSED', 'No.', { serverId: request.serverId });
  }
}

@Module({ controllers: [ControllerListener] })
class ControllerModule {}
@Module({ controllers: [HostListener] })
class HostModule {}

let fleet: TestFleet;
let agent: TestAgent;
let server: BusServer;
let hostLink: HubConnection;
const apps: INestMicroservice[] = [];

async function listen(module: object, strategy: BusServer): Promise<void> {
  const app = await NestFactory.createMicroservice(module as new () => object, { strategy, logger: false });
  await app.listen();
  apps.push(app);
}

beforeAll(async () => {
  fleet = await TestFleet.start();
  server = new BusServer({ hub: fleet.hub, directory: fleet.directory, logger });
  await listen(ControllerModule, server);
  hostLink = await HubConnection.connect({ url: fleet.nats.url, creds: await mintHubUser(fleet.ring, 'agent-host'), service: 'agent-host', logger });
  await listen(HostModule, new BusServer({ hub: hostLink, logger }));
  await Promise.all([fleet.hub.flush(), hostLink.flush()]);
  agent = await fleet.addAgent();
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await hostLink.close();
  await fleet.close();
});

const heartbeat = (seq: number): Heartbeat => ({
  seq,
  at: new Date().toISOString(),
  agentId: agent.agentId,
  agentVersion: '1',
  configRev: 0,
  credentialRev: 0,
  vendor: { status: 'online', reason: null, code: null, since: new Date().toISOString(), latencyMs: 1 },
  live: { mode: 'poll', lastPollAt: null, lastPushAt: null, sessionCallsLastHour: 0, otherCallsLastHour: 0 },
  spoolPending: 0,
});
const hello = (agentVersion: string) => ({ agentId: agent.agentId, protocol: { min: 1, max: 1 }, agentVersion, configRev: 0, credentialRev: 0, sentAt: new Date().toISOString() });
const batchOf = (...seqs: number[]): FactBatch => ({
  spoolEpoch: uuidv7(),
  first: seqs[0]!,
  facts: seqs.map((seq) => ({ seq, id: uuidv7(), at: new Date().toISOString(), class: 'result', contract: 'playback.ended@1', body: { seq } })),
});

describe('state', () => {
  it('arrives under the server that the directory knows', async () => {
    agent.link.publishState(heartbeatState, heartbeat(1));
    await eventually(() => heard.states.some(([body]) => body.seq === 1));
    expect(heard.states.at(-1)![1]).toMatchObject({ serverId: agent.serverId, agentId: agent.agentId });
  });

  it('reaches every process of the controller', async () => {
    const second = await HubConnection.connect({ url: fleet.nats.url, creds: await mintHubUser(fleet.ring, 'controller'), service: 'controller', logger });
    const before = heard.states.length;
    await listen(ControllerModule, new BusServer({ hub: second, directory: fleet.directory, logger }));
    await second.flush();
    agent.link.publishState(heartbeatState, heartbeat(2));
    await eventually(() => heard.states.length === before + 2);
    await apps.pop()!.close();
    await second.close();
  });

  it('of an agent that is no longer ACTIVE is dropped and counted', async () => {
    const retired = await fleet.addAgent();
    fleet.agents.delete(retired.serverId);
    const before = server.dropped.get('unknown-agent') ?? 0;
    retired.link.publishState(heartbeatState, heartbeat(3));
    await eventually(() => server.dropped.get('unknown-agent') === before + 1);
    expect(heard.states.some(([body]) => body.seq === 3)).toBe(false);
    await retired.link.stop();
  });

  it('is not sent while disconnected, and refused when it has another shape', async () => {
    const away = await fleet.addAgent({}, false);
    expect(() => away.link.publishState(heartbeatState, heartbeat(4))).not.toThrow();
    expect(() => agent.link.publishState(heartbeatState, { ...heartbeat(5), seq: 'x' } as never)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });
});

describe('facts', () => {
  it('are answered after they were stored', async () => {
    await expect(agent.link.sendFacts(batchOf(7, 8, 10))).resolves.toEqual({ through: 10 });
    expect(heard.batches.at(-1)![1]).toMatchObject({ serverId: agent.serverId });
  });

  it('are not answered well when storing failed, so that they are sent again', async () => {
    failBatches = 1;
    const batch = batchOf(20);
    await expect(agent.link.sendFacts(batch)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(agent.link.sendFacts(batch)).resolves.toEqual({ through: 20 });
  });

  it('have one batch under way, in order, and need a connection', async () => {
    const first = agent.link.sendFacts(batchOf(30));
    await expect(agent.link.sendFacts(batchOf(31))).rejects.toThrow('under way');
    await first;
    await expect(agent.link.sendFacts(batchOf(41, 40))).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    const away = await fleet.addAgent({}, false);
    await expect(away.link.sendFacts(batchOf(1))).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
  });

  it('reach their own handler with the transaction that applies them', async () => {
    const context: FactContext = { serverId: agent.serverId, agentId: agent.agentId, correlationId: uuidv7(), factId: uuidv7(), happenedAt: new Date().toISOString(), tx: { name: 'tx' } };
    const body = { playbackId: 'p', sessionVendorId: 's', at: new Date().toISOString(), positionMs: 1, watchedMs: 1, reason: 'gone' };
    expect(server.has('fact', 'playback.ended@1')).toBe(true);
    await server.dispatch('fact', 'playback.ended@1', body, context);
    expect(heard.facts.at(-1)).toEqual([body, context]);
    await expect(server.dispatch('fact', 'playback.ended@1', { ...body, reason: 'bored' }, context)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(server.dispatch('fact', 'playback.vanished@1', body, context)).rejects.toMatchObject({ code: 'PROTOCOL_UNSUPPORTED' });
  });
});

describe('an ask', () => {
  it('is answered', async () => {
    await expect(agent.link.ask(agentHello, hello('1'))).resolves.toMatchObject({ config: { rev: 3 } });
  });

  it("brings the controller's error, and hides others", async () => {
    await expect(agent.link.ask(agentHello, hello('old'))).rejects.toMatchObject({ code: 'PROTOCOL_UNSUPPORTED' });
    await expect(agent.link.ask(agentHello, hello('bug'))).rejects.toMatchObject({ code: 'INTERNAL', message: expect.not.stringContaining('detail') });
  });

  it('of an unknown agent is left alone', async () => {
    const retired = await fleet.addAgent();
    fleet.agents.delete(retired.serverId);
    await expect(retired.link.ask({ ...agentHello, timeoutMs: 500 }, hello('1'))).rejects.toMatchObject({ code: 'AGENT_TIMEOUT' });
    await retired.link.stop();
  });
});

describe('services among themselves', () => {
  it('command each other', async () => {
    await expect(fleet.bus.serviceCommand(describeHost, {})).resolves.toMatchObject({ agents: [] });
    await expect(fleet.bus.serviceCommand(adoptAgent, { serverId: agent.serverId, enrollmentToken: 't' })).rejects.toMatchObject({ code: 'ENROLLMENT_REFUSED' });
    // Nobody in this test serves it.
    await expect(fleet.bus.serviceCommand(retireAgent, { serverId: agent.serverId })).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
  });

  it('tell every process what changed', async () => {
    fleet.bus.publishServiceState(controllerChanged, { kind: 'server', ids: ['a'] });
    await eventually(() => heard.changes.length === 1);
    expect(heard.changes[0]).toEqual({ kind: 'server', ids: ['a'] });
  });

  it('have one handler per message', () => {
    expect(() => server.addHandler('state:heartbeat@1', (async () => undefined) as never)).toThrow('two handlers');
  });
});

describe('a broker that dies', () => {
  it('is found again by every link; accounts survive in its folder', async () => {
    await expect(fleet.bus.serviceCommand(describeHost, {})).resolves.toBeDefined();
    await fleet.restartBroker();
    await eventually(() => fleet.hub.connected && hostLink.connected && agent.link.connected, { timeoutMs: 25_000 });
    await expect(agent.link.sendFacts(batchOf(50))).resolves.toEqual({ through: 50 });
    await expect(fleet.bus.serviceCommand(describeHost, {})).resolves.toBeDefined();
  });
});
