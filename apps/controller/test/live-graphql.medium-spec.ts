import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, sessionIdOf, uuidv7 } from '@usher/contracts';
import { createLogger } from '@usher/platform';
import { eventually } from '@usher/testing';
import { ControllerHarness } from './controller-harness.js';
import { enrollAgent, sessionOf, type TestAgent } from './live-agent.js';
import { LIVE_BAD_INPUTS, LIVE_DOCUMENTS, LIVE_GOOD, type LiveWorld } from './live-bad-inputs.js';

const CAPABILITIES = ['sessions.stop', 'sessions.control', 'sessions.message'];
const CHANGED = 'subscription ($serverIds: [ID!]) { sessionsChanged(serverIds: $serverIds) { serverId seq stale sessions { id address } } }';

let harness: ControllerHarness;
let agent: TestAgent;
let world: LiveWorld;
let folder: string;
let readOnly = false;

const post = async (url: string, body: unknown) => {
  const answer = await fetch(`${harness.listener.url}${url}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** Each row signs in anew, so that no row meets the limits of another. */
const tokenFor = async (role: 'anonymous' | 'viewer' | 'operator') => (role === 'anonymous' ? null : (await harness.addOperator(role)).token);
const run = async (operation: string, variables: Record<string, unknown>, as: 'anonymous' | 'viewer' | 'operator' = 'operator') =>
  harness.gql(LIVE_DOCUMENTS[operation]!, variables, { token: await tokenFor(as) });

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'usher-live-'));
  harness = await ControllerHarness.start();
  await harness.addRoles();
  const serverId = uuidv7();
  await harness.pool.query(
    `INSERT INTO server (id, alias, slug, url, normalized_url, kind, connection, state, profile, machine_id)
     VALUES ($1, 'Attic', 'attic', 'http://attic.example', 'http://attic.example', 'jellyfin', 'remote', 'online', $2, 'm1')`,
    [serverId, JSON.stringify({ capabilities: CAPABILITIES, machineId: 'm1', hardening: [] })],
  );
  world = { serverId, sessionId: sessionIdOf(serverId, 's1'), foreignId: uuidv7() };
  const logger = createLogger({ service: 'agent', level: 'error', destination: { write: () => undefined } });
  const surroundings = { logger, brokerUrl: () => harness.nats.url, time: () => new Date().toISOString() };
  const refuse = (contract: { effect: string }) => (readOnly && contract.effect === 'change' ? new AppError('SERVER_READ_ONLY', 'This server is read-only.') : null);
  agent = await enrollAgent({ post, pool: harness.pool, folder, surroundings }, serverId, refuse);
  await agent.hello();
});
beforeEach(async () => {
  readOnly = false;
  agent.commands.length = 0;
  agent.beat();
  const seq = agent.show([sessionOf('s1')]);
  await eventually(async () => {
    const { data } = await harness.gql('{ sessions { seq } }', {}, { token: await tokenFor('viewer') });
    return (data!['sessions'] as { seq: number }[])[0]?.seq === seq;
  });
});
afterAll(async () => {
  await agent?.link.stop();
  await harness?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('live GraphQL', () => {
  it('answers every operation that is asked for well', async () => {
    for (const [operation, { needs, variables }] of Object.entries(LIVE_GOOD)) {
      const answer = await run(operation, variables(world), needs);
      expect([operation, answer.errors]).toEqual([operation, undefined]);
    }
    expect(agent.commands.map(({ name }) => name)).toEqual(['session.stop@1', 'session.control@1', 'session.message@1']);
  });

  it('shows a session with all its fields, and the live fields of its server', async () => {
    const query = `{ sessions { serverId seq at source stale sessions { id serverId userName address network ghost controls { stop } item { type title durationMs } stream { state delivery positionMs } } }
      server(alias: "Attic") { live { source latencyMs sessionCallsLastHour cpuPercent } stale streamCount transcodeCount bandwidthKbps libraries { name } userCount lastPlaybackAt }
      fleetOverview { servers serversOnline streams wanKbps lastKnownStreams } }`;
    const { data, errors } = await harness.gql(query, {}, { token: await tokenFor('operator') });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      sessions: [{ source: 'PUSH', stale: false, sessions: [{ id: world.sessionId, network: 'WAN', item: { type: 'MOVIE', durationMs: 6_000_000 }, stream: { state: 'PLAYING', delivery: 'DIRECT_PLAY' } }] }],
      server: { live: { source: 'PUSH', latencyMs: 5, sessionCallsLastHour: 3, cpuPercent: null }, stale: false, streamCount: 1, transcodeCount: 0, bandwidthKbps: 8_000, libraries: [], userCount: null, lastPlaybackAt: null },
      fleetOverview: { servers: 1, serversOnline: 1, streams: 1, wanKbps: 8_000, lastKnownStreams: 0 },
    });
  });

  it('sends the current snapshot first over the WebSocket, then each change; addresses masked for viewers', async () => {
    const client = await harness.socket({ token: await tokenFor('viewer') }).acknowledged();
    client.subscribe('1', CHANGED, { serverIds: [world.serverId] });
    const first = await client.until((message) => message.type === 'next');
    expect(first.payload.data.sessionsChanged).toMatchObject({ serverId: world.serverId, stale: false, sessions: [{ id: world.sessionId, address: '203.0.x.x' }] });
    const seq = agent.show([]);
    const next = await client.until((message) => message.type === 'next' && message.payload.data.sessionsChanged.seq === seq);
    expect(next.payload.data.sessionsChanged.sessions).toEqual([]);
    client.close();
  });

  it('refuses a subscription to what is no id', async () => {
    const client = await harness.socket({ token: await tokenFor('viewer') }).acknowledged();
    client.subscribe('1', CHANGED, { serverIds: ['attic'] });
    const { payload } = await client.until((message) => message.type === 'error' || (message.type === 'next' && message.payload.errors));
    expect((Array.isArray(payload) ? payload : payload.errors)[0].extensions.code).toBe('VALIDATION_FAILED');
    client.close();
  });
});

describe('bad input to what is live', () => {
  it.each(LIVE_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) is ${row.code}`, row] as const))('%s', async (_, row) => {
    const answer = await run(row.operation, row.variables(world), row.as);
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(agent.commands).toEqual([]);
  });

  it('covers every operation', () => {
    const covered = new Set(LIVE_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(LIVE_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
  });

  it('stopSession repeated with its key is answered without a second stop', async () => {
    const token = await tokenFor('operator');
    const variables = { input: { sessionId: world.sessionId, idempotencyKey: uuidv7() } };
    for (let i = 0; i < 2; i++) expect((await harness.gql(LIVE_DOCUMENTS['stopSession']!, variables, { token })).data).toEqual({ stopSession: { outcome: 'SENT', session: { id: world.sessionId } } });
    expect(agent.commands).toHaveLength(1);
  });

  it.each(['stopSession', 'controlSession', 'sendSessionNotice'])('%s on a read-only server is SERVER_READ_ONLY', async (operation) => {
    readOnly = true;
    const answer = await run(operation, LIVE_GOOD[operation]!.variables(world));
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'SERVER_READ_ONLY', family: 'input' });
  });
});

describe('during an outage', () => {
  it.each(Object.keys(LIVE_GOOD).filter((name) => name !== 'sessions'))('%s with a broken database is INTERNAL and says nothing of it', async (operation) => {
    const token = await tokenFor('operator');
    for (const table of ['server', 'playback', 'library', 'media_user']) await harness.owner.query(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    try {
      const answer = await harness.gql(LIVE_DOCUMENTS[operation]!, LIVE_GOOD[operation]!.variables(world), { token });
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL', family: 'bug' });
      expect(answer.text).not.toMatch(/relation "|does not exist|prisma|SELECT|stack/i);
    } finally {
      for (const table of ['server', 'playback', 'library', 'media_user']) await harness.owner.query(`ALTER TABLE ${table}_gone RENAME TO ${table}`);
    }
  });

  it.each(['stopSession', 'controlSession', 'sendSessionNotice'])('%s without the agent is AGENT_OFFLINE, at once', async (operation) => {
    await agent.link.stop();
    await eventually(async () => {
      const { data } = await harness.gql('{ sessions { stale } }', {}, { token: await tokenFor('viewer') });
      return (data!['sessions'] as { stale: boolean }[])[0]!.stale;
    });
    const answer = await run(operation, LIVE_GOOD[operation]!.variables(world));
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'AGENT_OFFLINE', family: 'fleet' });
    await agent.connect();
    await agent.hello();
  });

  it('without the broker the last sessions are still shown, and nothing is ordered', async () => {
    await harness.nats.kill();
    const answer = await run('sessions', {}, 'viewer');
    expect(answer.data!['sessions']).toHaveLength(1);
    const order = await run('stopSession', LIVE_GOOD['stopSession']!.variables(world));
    expect(order.errors?.[0]?.extensions.code).toMatch(/^AGENT_(OFFLINE|TIMEOUT)$/);
  });
});
