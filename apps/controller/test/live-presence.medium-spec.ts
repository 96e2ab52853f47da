import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HubBus } from '@usher/bus';
import { configureServer, probeServer } from '@usher/contracts';
import { transaction } from '@usher/database';
import { ManualClock } from '@usher/resilience';
import { AgentSettingsService } from '../src/agents/agent-settings.service.js';
import { ChangeHub } from '../src/graphql/changes.js';
import { eventually, LiveFleet, type TestAgent, type TestController } from './live-harness.js';

describe('presence and hello', () => {
  let fleet: LiveFleet;
  let clock: ManualClock;
  let first: TestController;
  let second: TestController;
  let agent: TestAgent;
  let serverId: string;

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    clock = new ManualClock(Date.now());
    fleet.now = () => clock.now();
    first = await fleet.addController(clock);
    second = await fleet.addController(clock);
  });
  beforeEach(async () => {
    serverId = await fleet.addServer();
    await fleet.pool.query(`UPDATE server SET state = 'online', profile = '{"machineId":"m1"}', machine_id = 'm1' WHERE id = $1`, [serverId]);
    agent = await fleet.addAgent(serverId);
    await agent.hello();
  });
  afterAll(() => fleet?.close());

  const row = () => fleet.serverRow(serverId);
  const becomes = (state: string, code: string | null) =>
    eventually(async () => {
      const { state: now, state_code } = await row();
      return now === state && state_code === code;
    });
  /** What the row was written over, in order, as every controller announced it. */
  function announcements(): { count(): number; stop(): void } {
    let count = 0;
    const stop = first.app.get(ChangeHub).listen((change) => (count += change.kind === 'server' && change.ids.includes(serverId) ? 1 : 0));
    return { count: () => count, stop };
  }

  it('follows what the agent says of its media server, one row change per real change', async () => {
    const heard = announcements();
    agent.beat({ status: 'unreachable', reason: 'tls', code: 'SERVER_UNREACHABLE' });
    await becomes('offline', 'SERVER_UNREACHABLE');
    expect(await row()).toMatchObject({ state_reason: 'The certificate of the media server was not accepted.' });
    for (let i = 0; i < 5; i++) agent.beat({ status: 'unreachable', reason: 'tls', code: 'SERVER_UNREACHABLE' });
    agent.beat({ status: 'rejected-key' });
    await becomes('offline', 'SERVER_REJECTED_KEY');
    agent.beat({ status: 'starting', reason: 'starting' });
    await becomes('degraded', 'SERVER_UNREACHABLE');
    agent.beat();
    await becomes('online', null);
    await eventually(() => heard.count() >= 4);
    heard.stop();
    expect(heard.count()).toBe(4);
  });

  it('is degraded as soon as the link breaks, and online with the next heartbeat', async () => {
    agent.beat();
    await agent.link.stop();
    await becomes('degraded', 'AGENT_OFFLINE');
    await agent.connect();
    await agent.hello();
    agent.beat();
    await becomes('online', null);
  });

  it('is offline after three missed heartbeats, unless another controller wrote down that it heard the agent', async () => {
    await fleet.pool.query('UPDATE agent SET last_seen_at = now() WHERE id = $1', [agent.agentId]);
    await clock.advance(35_000);
    await agent.hello();
    expect((await row())['state']).toBe('online');
    await eventually(async () => {
      await fleet.pool.query(`UPDATE agent SET last_seen_at = now() - interval '1 minute' WHERE id = $1`, [agent.agentId]);
      await clock.advance(5_000);
      return (await row())['state'] === 'offline';
    }, { everyMs: 100 });
    expect(await row()).toMatchObject({ state_code: 'AGENT_OFFLINE' });
    agent.beat();
    await becomes('online', null);
  });

  it('keeps a server pending until its first probe, and shows why', async () => {
    await fleet.pool.query(`UPDATE server SET state = 'pending', profile = NULL, machine_id = NULL WHERE id = $1`, [serverId]);
    agent.beat({ status: 'unreachable', reason: 'dns', code: 'SERVER_UNREACHABLE' });
    await becomes('pending', 'SERVER_UNREACHABLE');
    expect(await row()).toMatchObject({ state_reason: 'The name of the media server could not be resolved.' });
  });

  it('judges nothing while its own broker is away, and gives everybody the whole silence afterwards', async () => {
    agent.beat();
    await becomes('online', null);
    await fleet.pool.query(`UPDATE agent SET last_seen_at = now() - interval '1 hour' WHERE id = $1`, [agent.agentId]);
    await fleet.stopBroker();
    await clock.advance(120_000);
    expect((await row())['state']).not.toBe('offline');
    await fleet.restartBroker();
    await eventually(() => agent.link.connected, { timeoutMs: 20_000 });
    await eventually(async () => {
      agent.beat();
      return (await row())['state'] === 'online';
    }, { timeoutMs: 20_000, everyMs: 100 });
    // Every link of the controllers is back when a new agent can enroll.
    await eventually(async () => Boolean(await fleet.addAgent(await fleet.addServer())), { timeoutMs: 20_000, everyMs: 200 });
  }, 60_000);

  it('greets an agent with what it missed, and only with that', async () => {
    const all = await agent.hello();
    expect(all).toMatchObject({ protocol: 1, fleetEpoch: 1, config: { rev: 1, readOnly: false } });
    expect(await agent.keys.open(all.credential!)).toMatchObject({ token: 'media-server-key' });
    expect(all.keys).toEqual(agent.trusted);
    expect((await agent.hello({ configRev: 1, credentialRev: 1 })).credential).toBeNull();
    const { rows } = await fleet.pool.query('SELECT protocol, config_rev, credential_rev FROM agent WHERE id = $1', [agent.agentId]);
    expect(rows).toEqual([{ protocol: 1, config_rev: '1', credential_rev: '1' }]);
  });

  it('lets a demo server stand for plex.tv, so that nothing of it leaves the machine', async () => {
    expect((await agent.hello()).config).not.toHaveProperty('plexTvUrl');
    const { rows } = await fleet.pool.query<{ url: string }>('UPDATE server SET demo = true WHERE id = $1 RETURNING url', [serverId]);
    expect((await agent.hello()).config).toMatchObject({ plexTvUrl: rows[0]!.url });
    await fleet.pool.query('UPDATE server SET demo = false WHERE id = $1', [serverId]);
  });

  it('refuses an agent without a common protocol version, and one that gives another id', async () => {
    await expect(agent.hello({ protocol: { min: 7, max: 9 } })).rejects.toMatchObject({ code: 'PROTOCOL_UNSUPPORTED', details: { agentMin: 7, controllerMax: 1 } });
    const { agentId } = agent;
    agent.agentId = (await fleet.addAgent(await fleet.addServer())).agentId;
    await expect(agent.hello()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    agent.agentId = agentId;
  });

  it('shows a server degraded while the clock beside it is more than a minute off', async () => {
    await clock.advance(0);
    await agent.hello({ sentAt: new Date(clock.now() + 3_600_000).toISOString() });
    await becomes('degraded', 'CLOCK_SKEW');
    const { rows } = await fleet.pool.query('SELECT clock_offset_ms FROM agent WHERE id = $1', [agent.agentId]);
    expect(Math.abs((rows[0] as { clock_offset_ms: number }).clock_offset_ms + 3_600_000)).toBeLessThan(60_000);
  });

  it('brings changed settings to the agent by the outbox, the newest only', async () => {
    const settings = first.app.get(AgentSettingsService);
    for (const readOnly of [true, false, true]) {
      await transaction(first.pool, async (tx) => {
        await tx.query('UPDATE server SET read_only = $2, config_rev = config_rev + 1 WHERE id = $1', [serverId, readOnly]);
        await settings.configureInOutbox(tx, serverId);
      });
    }
    await eventually(() => agent.commands.some(({ args }) => (args as { config?: { rev: number } }).config?.rev === 4));
    const last = agent.commands.at(-1)!;
    expect(last).toMatchObject({ name: `${configureServer.name}@1`, args: { config: { rev: 4, readOnly: true } } });
    expect(await agent.keys.open((last.args as { credential: string }).credential)).toMatchObject({ token: 'media-server-key' });
    expect(await fleet.pool.query('SELECT 1 FROM command_outbox WHERE server_id = $1 AND done_at IS NULL', [serverId])).toMatchObject({ rowCount: expect.any(Number) });
  });

  it('sends commands only where somebody is', async () => {
    agent.handlers.set('server.probe@1', async () => ({ kind: 'jellyfin', machineId: 'm1', name: 'Attic', version: '1', versionTested: true, platform: null, updateAvailable: null, capabilities: [], hardening: [] }));
    expect(await second.app.get(HubBus).command(probeServer, { serverId }, {})).toMatchObject({ name: 'Attic' });
    await agent.link.stop();
    await becomes('degraded', 'AGENT_OFFLINE');
    await expect(second.app.get(HubBus).command(probeServer, { serverId }, {})).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
  });
});
