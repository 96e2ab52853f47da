import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BusServer, HandleServiceCommand, type HubConnection } from '@usher/bus';
import { adoptAgent, AppError, describeHost, retireAgent, uuidv7 } from '@usher/contracts';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger } from '@usher/platform';
import { DirectServersService } from '../src/agents/direct-servers.service.js';
import { eventually, LiveFleet, type TestController } from './live-harness.js';

const carried = new Map<string, string>();
const behavior: { enroll: (serverId: string, token: string) => Promise<string>; refuses: boolean } = { enroll: () => Promise.reject(new Error('not set')), refuses: false };

/** The bundled agent host as the controller sees it. */
@Controller()
class FakeHost {
  @HandleServiceCommand(describeHost)
  describe() {
    return { protocol: { min: 1, max: 1 }, boxKey: { kty: 'OKP', crv: 'X25519', x: 'x' }, agents: [...carried].map(([serverId, agentId]) => ({ serverId, agentId })) };
  }

  @HandleServiceCommand(adoptAgent)
  async adopt({ serverId, enrollmentToken }: { serverId: string; enrollmentToken: string }) {
    if (behavior.refuses) throw new AppError('SERVER_BUSY', 'The host is starting.');
    const agentId = await behavior.enroll(serverId, enrollmentToken);
    carried.set(serverId, agentId);
    return { agentId };
  }

  @HandleServiceCommand(retireAgent)
  retire({ serverId }: { serverId: string }) {
    return { retired: carried.delete(serverId) };
  }
}

@Module({ controllers: [FakeHost] })
class FakeHostModule {}

describe('direct servers', () => {
  const logger = createLogger({ service: 'agent-host', level: 'error', destination: { write: () => undefined } });
  const signal = new AbortController().signal;
  let fleet: LiveFleet;
  let controller: TestController;
  let direct: DirectServersService;
  let hub: HubConnection;
  let host: INestMicroservice;

  async function startHost(): Promise<void> {
    hub = await fleet.hostConnection();
    host = await NestFactory.createMicroservice(FakeHostModule, { strategy: new BusServer({ hub, logger }), logger: false });
    await host.listen();
  }

  async function stopHost(): Promise<void> {
    await host.close();
    await hub.close();
  }

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    controller = await fleet.addController();
    direct = controller.app.get(DirectServersService);
    behavior.enroll = async (_serverId, token) => {
      const { status, body } = await controller.post('/agents/enroll', await fleet.enrollment(controller, token, await fleet.newKeys()));
      if (status !== 200) throw new Error(`enrollment answered ${status}`);
      return body['agentId'] as string;
    };
  });
  beforeEach(async () => {
    carried.clear();
    behavior.refuses = false;
    await fleet.pool.query('DELETE FROM server');
    await startHost();
  });
  afterEach(() => stopHost());
  afterAll(() => fleet?.close());

  const active = async (serverId: string) =>
    (await fleet.pool.query(`SELECT id FROM agent WHERE server_id = $1 AND status = 'ACTIVE'`, [serverId])).rows.map((row) => (row as { id: string }).id);

  it('adopts an agent at once, and only one', async () => {
    const serverId = await fleet.addServer({ connection: 'direct' });
    await Promise.all([direct.ensure(serverId), direct.ensure(serverId)]);
    expect(await active(serverId)).toEqual([carried.get(serverId)]);
    await direct.ensure(serverId);
    await direct.reconcile(signal);
    expect(await active(serverId)).toEqual([carried.get(serverId)]);
  });

  it('adopts later what could not be adopted while the host was away', async () => {
    const serverId = await fleet.addServer({ connection: 'direct' });
    behavior.refuses = true;
    await direct.ensure(serverId);
    expect(await active(serverId)).toEqual([]);
    behavior.refuses = false;
    await eventually(async () => {
      await direct.reconcile(signal);
      return (await active(serverId)).length === 1;
    }, { timeoutMs: 25_000, everyMs: 500 });
    expect(carried.get(serverId)).toBe((await active(serverId))[0]);
  });

  it('adopts again when the host lost an agent, but not at the first list without it', async () => {
    const serverId = await fleet.addServer({ connection: 'direct' });
    await direct.ensure(serverId);
    const [before] = await active(serverId);
    carried.delete(serverId);
    await eventually(async () => {
      await direct.reconcile(signal);
      return carried.has(serverId);
    });
    expect(await active(serverId)).toEqual([carried.get(serverId)]);
    expect(carried.get(serverId)).not.toBe(before);
  });

  it('replaces an agent of the host that the database does not know, as after a restore', async () => {
    const serverId = await fleet.addServer({ connection: 'direct' });
    const stranger = uuidv7();
    carried.set(serverId, stranger);
    // A real host answers an adoption with the agent that it already runs.
    const { enroll } = behavior;
    behavior.enroll = async (id, token) => carried.get(id) ?? (await enroll(id, token));
    await eventually(async () => {
      await direct.reconcile(signal);
      return (await active(serverId)).length === 1;
    }, { timeoutMs: 25_000, everyMs: 500 });
    behavior.enroll = enroll;
    expect(carried.get(serverId)).not.toBe(stranger);
    expect(await active(serverId)).toEqual([carried.get(serverId)]);
  });

  it('retires the agent of a removed server, also when nobody said so, and clears what the host should not carry', async () => {
    const removed = await fleet.addServer({ connection: 'direct' });
    const stranger = uuidv7();
    await direct.ensure(removed);
    carried.set(stranger, uuidv7());
    await fleet.pool.query(`UPDATE server SET state = 'historical' WHERE id = $1`, [removed]);
    await direct.reconcile(signal);
    expect(await active(removed)).toEqual([]);
    expect([...carried.keys()]).toEqual([]);
  });

  it('leaves remote servers, removed ones and those of an unknown vendor alone', async () => {
    const remote = await fleet.addServer({ connection: 'remote' });
    const removed = await fleet.addServer({ connection: 'direct' });
    const unknown = await fleet.addServer({ connection: 'direct' });
    await fleet.pool.query(`UPDATE server SET state = 'historical' WHERE id = $1`, [removed]);
    await fleet.pool.query('UPDATE server SET kind = NULL WHERE id = $1', [unknown]);
    for (const serverId of [remote, removed, unknown]) await direct.ensure(serverId);
    await direct.reconcile(signal);
    await direct.reconcile(signal);
    for (const serverId of [remote, removed, unknown]) expect(await active(serverId)).toEqual([]);
  });

  it('never throws for a host that is not there', async () => {
    await stopHost();
    const serverId = await fleet.addServer({ connection: 'direct' });
    await direct.ensure(serverId);
    await direct.retire(serverId);
    await direct.reconcile(signal);
    expect(await active(serverId)).toEqual([]);
    await startHost();
  }, 60_000);
});
