import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7, type ServerProfile } from '@usher/contracts';
import { eventually, LiveFleet, logLines, sessionOf, type TestAgent, type TestController } from './live-harness.js';

const quality = { delivery: 'direct-play', reasons: [], bitRateKbps: 8_000, videoHeight: 1_080 };

function started(playbackId: string, more: object = {}) {
  const item = sessionOf('s1').item!;
  const body = {
    playbackId, sessionVendorId: 's1', at: new Date().toISOString(), userId: 'u1', userName: 'Ada', deviceName: 'TV', client: 'Web', address: '203.0.113.7',
    network: 'wan', item, positionMs: 0, quality, ...more,
  };
  return { contract: 'playback.started@1', body };
}

function changed(playbackId: string, change: string, more: object = {}) {
  const body = { playbackId, sessionVendorId: 's1', at: new Date().toISOString(), change, positionMs: 5_000, watchedMs: 5_000, quality, ...more };
  return { contract: 'playback.changed@1', body };
}

function ended(playbackId: string, more: object = {}) {
  const body = { playbackId, sessionVendorId: 's1', at: new Date().toISOString(), positionMs: 9_000, watchedMs: 8_000, reason: 'gone', ...more };
  return { contract: 'playback.ended@1', body };
}

const profile: ServerProfile = {
  kind: 'jellyfin', machineId: 'm1', name: 'Attic', version: '10.11.0', versionTested: true, platform: 'Linux', updateAvailable: false,
  capabilities: ['sessions.stop', 'libraries.list', 'users.list'], hardening: [],
};

describe('facts', () => {
  let fleet: LiveFleet;
  let first: TestController;
  let agent: TestAgent;
  let serverId: string;
  let next = 1;

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    first = await fleet.addController();
    await fleet.addController();
  });
  beforeEach(async () => {
    serverId = await fleet.addServer();
    agent = await fleet.addAgent(serverId);
    next = 1;
  });
  afterAll(() => fleet?.close());

  async function send(...facts: { contract: string; body: unknown }[]): Promise<number> {
    const batch = agent.batch(next, facts);
    next += facts.length;
    return (await agent.link.sendFacts(batch)).through;
  }

  const playback = async (id: string) => (await fleet.pool.query('SELECT * FROM playback WHERE id = $1', [id])).rows[0] as Record<string, unknown> | undefined;
  const fact = async (seq: number) => (await fleet.pool.query('SELECT * FROM agent_fact WHERE agent_id = $1 AND seq = $2', [agent.agentId, seq])).rows[0] as Record<string, unknown>;
  const allSettled = () =>
    eventually(async () => {
      const { rows } = await fleet.pool.query('SELECT 1 FROM agent_fact WHERE agent_id = $1 AND applied_at IS NULL AND failed_at IS NULL', [agent.agentId]);
      return rows.length === 0;
    });

  it('opens, annotates and closes one ledger row', async () => {
    const id = uuidv7();
    expect(await send(started(id), changed(id, 'paused'), changed(id, 'resumed'), ended(id))).toBe(4);
    await allSettled();
    expect(await playback(id)).toMatchObject({
      server_id: serverId, user_name: 'Ada', title: 'A Film', position_ms: '9000', watched_ms: '8000', pauses: 1, end_reason: 'gone', ended_at: expect.any(Date),
    });
  });

  it('applies each fact once, however often and wherever its batch arrives', async () => {
    const id = uuidv7();
    const batch = agent.batch(1, [started(id), changed(id, 'paused'), changed(id, 'paused')]);
    for (let i = 0; i < 4; i++) expect(await agent.link.sendFacts(batch)).toEqual({ through: 3 });
    // A batch that begins with old facts and ends with a new one.
    const longer = { ...batch, facts: [...batch.facts, ...agent.batch(4, [changed(id, 'paused')]).facts] };
    expect(await agent.link.sendFacts(longer)).toEqual({ through: 4 });
    await allSettled();
    expect(await playback(id)).toMatchObject({ pauses: 3, ended_at: null });
  });

  it('answers only what is committed, also when it was told before', async () => {
    const id = uuidv7();
    expect(await send(started(id))).toBe(1);
    expect(await fact(1)).toMatchObject({ server_id: serverId, contract: 'playback.started@1' });
  });

  it('refuses a batch whose facts do not rise from its first one', async () => {
    const batch = agent.batch(5, [started(uuidv7()), started(uuidv7())]);
    const [a, b] = batch.facts;
    await expect(agent.link.sendFacts({ ...batch, facts: [b!, a!] })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(agent.link.sendFacts({ ...batch, first: 4 })).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    expect(await fact(5)).toBeUndefined();
  });

  it('records a gap in the sequence', async () => {
    await send(started(uuidv7()));
    next = 7;
    await send(started(uuidv7()));
    const gap = logLines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line['event'] === 'fact.gap_found' && line['agentId'] === agent.agentId);
    expect(gap).toMatchObject({ from: 2, to: 6 });
  });

  it('sets a poisonous fact aside after five failures and goes on', async () => {
    const id = uuidv7();
    await send({ contract: 'playback.started@1', body: { nonsense: true } }, { contract: 'never.heard-of@1', body: {} }, started(id));
    await eventually(async () => (await playback(id)) !== undefined, { timeoutMs: 25_000 });
    expect(await fact(1)).toMatchObject({ attempts: 5, failed_at: expect.any(Date), applied_at: null, error: expect.stringContaining('MESSAGE_INVALID') });
    expect(await fact(2)).toMatchObject({ attempts: 5, failed_at: expect.any(Date) });
    expect(await fact(3)).toMatchObject({ attempts: 0, failed_at: null, applied_at: expect.any(Date) });
  });

  it('keeps an end without a start as a failed fact, and never touches the row of another server', async () => {
    const id = uuidv7();
    await send(started(id));
    await allSettled();
    const other = await fleet.addAgent(await fleet.addServer());
    await other.link.sendFacts(other.batch(1, [ended(id)]));
    await eventually(async () => {
      const { rows } = await fleet.pool.query('SELECT failed_at FROM agent_fact WHERE agent_id = $1', [other.agentId]);
      return (rows[0] as { failed_at: Date | null }).failed_at !== null;
    }, { timeoutMs: 25_000 });
    expect(await playback(id)).toMatchObject({ ended_at: null });
  });

  it('ends a playback once: a second end and a late change alter nothing, an end before the start is the start', async () => {
    const id = uuidv7();
    const startedAt = new Date().toISOString();
    await send(started(id, { at: startedAt }), ended(id, { at: new Date(Date.now() - 60_000).toISOString() }), ended(id, { positionMs: 1 }), changed(id, 'paused'));
    await allSettled();
    const row = await playback(id);
    expect(row).toMatchObject({ position_ms: '9000', pauses: 0 });
    expect((row!['ended_at'] as Date).toISOString()).toBe(startedAt);
  });

  it('applies what a process took in and did not live to apply', async () => {
    const id = uuidv7();
    const { body, contract } = started(id);
    await fleet.pool.query(
      'INSERT INTO agent_fact (agent_id, spool_epoch, seq, server_id, fact_id, contract, body, happened_at) VALUES ($1, $2, 1, $3, $4, $5, $6, now())',
      [agent.agentId, agent.spoolEpoch, serverId, uuidv7(), contract, JSON.stringify(body)],
    );
    const late = await fleet.addController();
    await eventually(async () => (await playback(id)) !== undefined);
    await fleet.removeController(late);
    expect(await playback(id)).toMatchObject({ server_id: serverId });
  });

  it('keeps the order over spools: what an older spool still holds comes first', async () => {
    const id = uuidv7();
    const older = uuidv7();
    const newer = uuidv7();
    const rows = [[newer, 1, ended(id)], [older, 9, started(id)]] as const;
    for (const [epoch, seq, { contract, body }] of rows) {
      await fleet.pool.query(
        'INSERT INTO agent_fact (agent_id, spool_epoch, seq, server_id, fact_id, contract, body, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, now())',
        [agent.agentId, epoch, seq, serverId, uuidv7(), contract, JSON.stringify(body)],
      );
    }
    await send(started(uuidv7()));
    await allSettled();
    expect(await playback(id)).toMatchObject({ end_reason: 'gone' });
  });

  it('takes a pending server online at its first probe, and reads libraries and users', async () => {
    agent.handlers.set('library.list@1', async () => ({ libraries: [{ vendorId: 'l1', name: 'Films', type: 'movies', itemCount: 3, childCount: null, folders: ['/films'] }] }));
    agent.handlers.set('user.list@1', async () => ({ users: [{ vendorId: 'u1', name: 'Ada', email: null, isAdministrator: true, enabled: true, lastSeenAt: 'yesterday' }] }));
    await send({ contract: 'server.probed@1', body: { profile } });
    await eventually(async () => (await fleet.pool.query('SELECT 1 FROM media_user WHERE server_id = $1', [serverId])).rows.length === 1);
    expect(await fleet.serverRow(serverId)).toMatchObject({ state: 'online', state_code: null, machine_id: 'm1', name: 'Attic', version: '10.11.0', profile: { platform: 'Linux' } });
    expect((await fleet.pool.query('SELECT name, item_count FROM library WHERE server_id = $1', [serverId])).rows).toEqual([{ name: 'Films', item_count: 3 }]);
    const calls = agent.commands.length;
    await send({ contract: 'server.probed@1', body: { profile } }, started(uuidv7()));
    await allSettled();
    await send({ contract: 'server.probed@1', body: { profile } });
    await allSettled();
    expect(agent.commands).toHaveLength(calls);
  });

  it('shows a server degraded while another installation answers than before', async () => {
    await send({ contract: 'server.probed@1', body: { profile } });
    await allSettled();
    await send({ contract: 'server.probed@1', body: { profile: { ...profile, machineId: 'm2' } } });
    await allSettled();
    await eventually(async () => {
      agent.beat();
      return (await fleet.serverRow(serverId))['state_code'] === 'VENDOR_ANSWER_INVALID';
    });
    expect(await fleet.serverRow(serverId)).toMatchObject({ state: 'degraded', machine_id: 'm1', state_reason: expect.stringContaining('Another installation') });
  });

  it('leaves a removed server alone', async () => {
    await fleet.pool.query(`UPDATE server SET state = 'historical' WHERE id = $1`, [serverId]);
    await send({ contract: 'server.probed@1', body: { profile } });
    await allSettled();
    expect(await fleet.serverRow(serverId)).toMatchObject({ state: 'historical', profile: null });
  });

  it('hears nothing of an agent that was revoked', async () => {
    await fleet.addAgent(serverId);
    await expect(agent.link.sendFacts(agent.batch(1, [started(uuidv7())]))).rejects.toMatchObject({ code: expect.stringMatching(/AGENT_OFFLINE|AGENT_TIMEOUT/) });
    expect(await fact(1)).toBeUndefined();
    expect(first.app).toBeDefined();
  });
});
