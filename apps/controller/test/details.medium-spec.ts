import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { activitiesState, AppError, CAPABILITIES, uuidv7, type Curves, type Efficiency } from '@usher/contracts';
import { randomToken, sha256 } from '@usher/security';
import { DETAIL_BAD_INPUTS, DETAIL_DOCUMENTS, DETAIL_ORDERS, DETAIL_QUESTIONS, type DetailWorld } from './detail-bad-inputs.js';
import { eventually, FleetHarness, sessionOf, type FleetServer } from './fleet-harness.js';

const AT = '2026-01-01T12:00:00.000Z';
const item = { vendorId: 'i1', type: 'movie', title: 'Alien', parentVendorId: null, parentTitle: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null, year: 1979, airDate: null, durationMs: 1, videoHeight: 2160, guids: ['Imdb://tt0078748'], files: [{ path: '/films/alien.mkv', sizeBytes: 1 }] };
const report: Efficiency = {
  at: AT, since: AT, mode: 'push', lastPollAt: AT, lastPushAt: AT, pollEveryMs: 60_000, pace: 'reconcile',
  push: { openSince: AT, upMs: 1, connects: 1, messages: 1, folded: 0, silentDeaths: 2, lastFailure: null },
  calls: { sessionLastHour: 1, otherLastHour: 1, coalesced: 0, retries: 0, rateLimited: 0, shed: 0 },
  endpoints: [{ endpoint: 'GET /Sessions', kind: 'session', calls: 1, errors: 0, averageMs: 5, p95Ms: 9 }], breaker: 'closed', pausedUntil: null, caches: [], unknownValues: [],
};
const calls = { calls: 7, errors: 1, averageMs: 20, medianMs: 10, p95Ms: 212 };
const column = [null, 5];
const curves: Curves = {
  at: AT, range: 'day', since: AT, from: AT, stepMs: 900_000,
  columns: { observedMs: column, onlineMs: column, awayMs: column, pushMs: column, pollMs: column, sessionCalls: [null, 7], otherCalls: column, errors: column, medianMs: column, p95Ms: [null, 211.5], reconnects: column, cacheHits: column, cacheMisses: column, cpuPercent: [null, 61.2], memoryUsedBytes: [null, 12_000_000_000], diskUsedBytes: [null, null], encoderPercent: [null, null] },
  total: { observedMs: 900_000, onlineMs: 899_000, awayMs: 1_000, pushMs: 1, pollMs: 1, session: calls, other: calls, all: calls, reconnects: 1, cacheHits: 1, cacheMisses: 1 },
};
/** What the played agent answers; what is not named answers `{}`. */
const REPLIES: Readonly<Record<string, unknown>> = {
  'server.host@1': { at: AT, metrics: null, unavailable: 'not-beside', told: { cpuPercent: 12, memoryPercent: null } },
  'server.efficiency@1': report,
  'server.curves@1': curves,
  'task.list@1': { tasks: [{ vendorId: 't1', name: 'Scan', category: null, state: 'idle', progressPercent: null, lastEndedAt: null, lastDurationMs: null, lastResult: null, canStart: true, canCancel: false }] },
  'device.list@1': { devices: [{ vendorId: 'd1', deviceId: null, name: 'TV', client: null, clientVersion: null, platform: null, lastUserName: null, lastSeenAt: AT }] },
  'log.list@1': { entries: [{ vendorId: 'e1', at: AT, severity: 'warning', kind: 'x', text: 'Hot', userName: null }] },
  'history.list@1': { entries: [] },
  'backup.list@1': { backups: [{ name: 'one', at: null, serverVersion: null, sizeBytes: 5_000_000_000 }] },
  'item.recently-added@1': { items: [{ item, at: AT, positionMs: null }] },
  'item.find@1': { items: [item] },
  'library.health@1': { libraryVendorId: 'l1', items: 3, missingPoster: 1, missingOverview: null, missingIds: null, missingSubtitles: null, examples: [{ itemId: 'i1', title: 'Alien', missing: ['poster'] }] },
  'user.discovery@1': { latest: [{ item, at: null, positionMs: null }], resume: [], nextUp: [], favorites: [{ type: 'movie', count: 2 }] },
  'playlist.list@1': { playlists: [] },
  'collection.list@1': { collections: [{ vendorId: 'c1', name: 'Aliens', libraryVendorId: null, itemCount: 4, smart: false }] },
  'subtitle.find@1': { subtitles: [] },
  'library.create@1': { vendorId: 'l9', name: 'Films', type: 'movies', itemCount: null, childCount: null, folders: ['/films'] },
  'playlist.ensure@1': { vendorId: 'p1', name: 'Mine', userId: 'u1', mediaType: 'video', itemCount: 2, durationMs: null, smart: false },
  'collection.ensure@1': { vendorId: 'c1', name: 'Mine', libraryVendorId: 'l1', itemCount: 2, smart: false },
  'library.list@1': { libraries: [] },
  'user.list@1': { users: [] },
};

describe('details of a server, activities and mirrors', () => {
  let fleet: FleetHarness;
  let attic: FleetServer;
  let world: DetailWorld;

  beforeAll(async () => {
    fleet = await FleetHarness.start();
    attic = await fleet.addServer('Attic', { capabilities: [...CAPABILITIES] });
    const locked = await fleet.addServer('Locked', { readOnly: true, capabilities: [...CAPABILITIES], withAgent: false });
    const plain = await fleet.addServer('Plain', { capabilities: [], withAgent: false });
    world = { serverId: attic.id, readOnlyId: locked.id, plainId: plain.id, foreignId: uuidv7() };
    for (const [name, reply] of Object.entries(REPLIES)) attic.agent!.handlers.set(name, () => Promise.resolve(reply));
    await fleet.show(attic, sessionOf('s1'));
    await tell([work('a1', { cancellable: true }), work('a2', { type: 'task' })]);
  });
  beforeEach(() => void (attic.agent!.commands.length = 0));
  afterAll(() => fleet?.close());

  const work = (vendorId: string, more: object = {}) => ({ vendorId, type: 'download', title: `Work ${vendorId}`, subtitle: null, progressPercent: 50, libraryVendorId: null, state: 'running', cancellable: false, userName: 'Femi', deviceName: null, problem: null, startedAt: AT, ...more });
  const page = async (variables: object = {}) => (await fleet.ok(DETAIL_DOCUMENTS['activityPage']!, variables as Record<string, unknown>))['activityPage'];
  async function tell(activities: object[]): Promise<void> {
    attic.agent!.link.publishState(activitiesState, { seq: attic.agent!.nextSeq(), at: new Date().toISOString(), activities: activities as never });
    await eventually(async () => expect((await page({ filter: { serverIds: [attic.id], kinds: ['DOWNLOAD', 'TASK'] } })).total).toBe(activities.length));
  }
  type Role = 'viewer' | 'operator' | 'superadmin';
  /** Each call signs in anew, so that none meets the limits of another; nobody here needs a password. */
  async function tokenFor(role: Role, provenMsAgo = 0): Promise<string> {
    const [id, token] = [uuidv7(), randomToken(32)];
    await fleet.controller.pool.query('INSERT INTO operator (id, name, role) VALUES ($1, $2, $3)', [id, id, role]);
    await fleet.controller.pool.query(
      `INSERT INTO sign_in (id, operator_id, token_sha256, kind, proven_at, expires_at) VALUES ($1, $2, $3, 'cli', now() - $4::interval, now() + interval '1 hour')`,
      [uuidv7(), id, sha256(token), `${provenMsAgo} milliseconds`],
    );
    return token;
  }
  const call = async (operation: string, variables: Record<string, unknown>, as: 'anonymous' | Role, { provenMsAgo = 0 } = {}) =>
    fleet.controller.gql(DETAIL_DOCUMENTS[operation]!, variables, { token: as === 'anonymous' ? null : await tokenFor(as, provenMsAgo) });

  it.each(DETAIL_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}, ${row.as}) is ${row.code}`, row] as const))('%s', async (_, row) => {
    const answer = await call(row.operation, row.variables(world), row.as);
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(attic.agent!.commands.filter(({ name }) => !name.startsWith('session.watch'))).toEqual([]);
  });

  it('covers every operation', () => {
    const covered = new Set(DETAIL_BAD_INPUTS.map(({ operation }) => operation));
    expect(Object.keys(DETAIL_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each(Object.entries(DETAIL_QUESTIONS))('%s is answered as the agent told it, to the lowest role that may ask', async (operation, { needs, variables }) => {
    const { data, errors } = await call(operation, variables(world), needs);
    expect(errors).toBeUndefined();
    expect(data![operation]).not.toBeNull();
  });

  it('shows paths of files to operators only', async () => {
    const variables = { serverId: attic.id, imdb: 'tt0078748' };
    expect((await call('findOnServer', variables, 'operator')).data!['findOnServer']).toEqual([{ title: 'Alien', guids: ['Imdb://tt0078748'], files: [{ path: '/films/alien.mkv', streams: null }] }]);
    expect((await call('findOnServer', variables, 'viewer')).data!['findOnServer'][0].files).toEqual([{ path: null, streams: null }]);
  });

  it.each(Object.entries(DETAIL_ORDERS))('%s reaches the agent once per key, and the audit log; refused on a read-only server and where it cannot be done', async (operation, { needs, variables }) => {
    const token = await tokenFor(needs);
    const good = variables(world)['input'] as object;
    const ask = (more: object) => fleet.controller.gql(DETAIL_DOCUMENTS[operation]!, { input: { ...good, ...more } }, { token });
    const idempotencyKey = uuidv7();
    const [first, again] = [await ask({ idempotencyKey }), await ask({ idempotencyKey })];
    expect(first.errors).toBeUndefined();
    expect(again.data).toEqual(first.data);
    expect(attic.agent!.commands.filter(({ name }) => !/^(session\.watch|user\.list|library\.list)/.test(name))).toHaveLength(1);
    const { rows } = await fleet.controller.pool.query<{ action: string; payload: object }>('SELECT action, payload FROM audit_event WHERE server_id = $1 ORDER BY seq DESC LIMIT 1', [attic.id]);
    expect(rows[0]!.action).toMatch(/_ordered$/);
    expect(JSON.stringify(rows)).not.toContain('correct horse');
    expect((await ask({ serverId: world.readOnlyId })).errors?.[0]?.extensions.code).toBe('SERVER_READ_ONLY');
    expect((await ask({ serverId: world.plainId })).errors?.[0]?.extensions.code).toBe('CAPABILITY_MISSING');
  });

  it('seals a password to the agent, after the own password was proven', async () => {
    const variables = DETAIL_ORDERS['setUserPassword']!.variables(world);
    expect((await call('setUserPassword', variables, 'superadmin', { provenMsAgo: 600_000 })).errors?.[0]?.extensions.code).toBe('STEP_UP_REQUIRED');
    expect(fleet.got(attic, 'user.password@1')).toEqual([]);
    expect((await call('setUserPassword', variables, 'superadmin')).errors).toBeUndefined();
    const [{ userId, sealed }] = fleet.got(attic, 'user.password@1') as [{ userId: string; sealed: string }];
    expect([userId, await attic.agent!.keys.open(sealed)]).toEqual(['u1', { password: 'correct horse' }]);
    const { rows } = await fleet.controller.pool.query('SELECT payload FROM audit_event UNION ALL SELECT result FROM idempotency');
    expect(JSON.stringify(rows)).not.toContain('correct horse');
    expect(fleet.controller.log.join('')).not.toContain('correct horse');
  });

  it('hands on what the media server refuses, and writes it down', async () => {
    attic.agent!.handlers.set('task.start@1', () => Promise.reject(new AppError('SERVER_REJECTED_KEY', 'No longer.')));
    expect((await call('startServerTask', DETAIL_ORDERS['startServerTask']!.variables(world), 'operator')).errors?.[0]?.extensions).toMatchObject({ code: 'SERVER_REJECTED_KEY', family: 'vendor' });
    const { rows } = await fleet.controller.pool.query(`SELECT payload->>'outcome' AS outcome FROM audit_event WHERE action = 'task.start_failed'`);
    expect(rows).toEqual([{ outcome: 'SERVER_REJECTED_KEY' }]);
    attic.agent!.handlers.delete('task.start@1');
  });

  it('tells the efficiency of all servers at once; those without an agent come with a code', async () => {
    const { efficiency } = await fleet.ok(DETAIL_DOCUMENTS['efficiency']!);
    expect(efficiency).toEqual([
      { serverAlias: 'Attic', error: null, code: null, advice: expect.arrayContaining([expect.stringContaining('open and dead 2 times')]), report: { pace: 'RECONCILE' } },
      { serverAlias: 'Locked', error: expect.any(String), code: 'AGENT_OFFLINE', advice: [], report: null },
      { serverAlias: 'Plain', error: expect.any(String), code: 'AGENT_OFFLINE', advice: [], report: null },
    ]);
  });

  it('tells the curves of one server point by point, gaps as gaps', async () => {
    const { data } = await call('serverCurves', { serverId: attic.id, range: 'DAY' }, 'operator');
    expect(fleet.got(attic, 'server.curves@1')).toEqual([{ range: 'day' }]);
    expect(data!['serverCurves']).toEqual({
      serverAlias: 'Attic',
      error: null,
      code: null,
      curves: {
        range: 'DAY', since: AT, from: AT, stepMs: 900_000,
        points: [
          { at: AT, observedMs: null, sessionCalls: null, p95Ms: null, cpuPercent: null, memoryUsedBytes: null },
          { at: '2026-01-01T12:15:00.000Z', observedMs: 5, sessionCalls: 7, p95Ms: 211.5, cpuPercent: 61.2, memoryUsedBytes: 12_000_000_000 },
        ],
        total: { onlineMs: 899_000, session: { calls: 7, p95Ms: 212 }, all: { errors: 1 } },
      },
    });
  });

  it('tells the curves of all servers at once; those without an agent come with a code', async () => {
    const { data } = await call('curves', { range: 'WEEK' }, 'operator');
    expect(data!['curves']).toEqual([
      { serverAlias: 'Attic', error: null, code: null, curves: { points: [{ sessionCalls: null }, { sessionCalls: 7 }] } },
      { serverAlias: 'Locked', error: expect.any(String), code: 'AGENT_OFFLINE', curves: null },
      { serverAlias: 'Plain', error: expect.any(String), code: 'AGENT_OFFLINE', curves: null },
    ]);
    const one = await call('serverCurves', { serverId: world.plainId, range: 'HOUR' }, 'operator');
    expect(one.data!['serverCurves']).toMatchObject({ code: 'AGENT_OFFLINE', curves: null });
  });

  it('lists streams and work of all servers in one page, and exports them', async () => {
    attic.agent!.beat();
    const all = await page({ filter: { serverIds: [attic.id] } });
    expect(all.rows.map(({ id }: { id: string }) => id).sort()).toEqual([`${attic.id}:a1`, `${attic.id}:a2`, `stream:${attic.id}:s1`].sort());
    expect(all).toMatchObject({ total: 3, page: 1, pages: 1, stats: { total: 3, online: 1 } });
    expect((await page({ filter: { search: 'download femi' } })).rows).toMatchObject([{ id: `${attic.id}:a1`, kind: 'DOWNLOAD', cancellable: true, serverAlias: 'Attic' }]);
    expect((await page({ filter: { serverIds: [world.plainId] } })).stats.waitingServers.length + (await page({ filter: { serverIds: [world.plainId] } })).total).toBe(1);
    const { exportActivities } = await fleet.ok(DETAIL_DOCUMENTS['exportActivities']!, { format: 'NDJSON', filter: { kinds: ['TASK'] } });
    expect(JSON.parse(exportActivities)).toMatchObject({ id: `${attic.id}:a2`, kind: 'task' });
  });

  it('shows a server that fails as a problem with code and what to do', async () => {
    await fleet.controller.pool.query(`UPDATE server SET state = 'offline', state_code = 'SERVER_UNREACHABLE', state_reason = 'It refused.' WHERE id = $1`, [world.plainId]);
    expect((await page({ filter: { serverIds: [world.plainId] } })).rows).toMatchObject([{ id: `problem:${world.plainId}`, kind: 'PROBLEM', state: 'FAILED', title: 'Plain is offline', code: expect.any(String), next: expect.any(String) }]);
  });

  it('cancels work that can be cancelled', async () => {
    const id = `${attic.id}:a1`;
    expect((await call('cancelActivity', { input: { id } }, 'operator')).data).toEqual({ cancelActivity: true });
    expect(fleet.got(attic, 'activity.cancel@1')).toEqual([{ activityVendorId: 'a1' }]);
  });

  it('sends a new page when something on it changed, and nothing otherwise', async () => {
    const client = await fleet.controller.socket({ token: fleet.controller.tokens.viewer }).acknowledged();
    client.subscribe('1', 'subscription ($filter: ActivityFilter) { activityPageChanged(filter: $filter) { total rows { id progressPercent } } }', { filter: { serverIds: [attic.id], kinds: ['DOWNLOAD'] } });
    await client.until(({ type, payload }) => type === 'next' && payload.data.activityPageChanged.total === 1);
    await tell([work('a1', { cancellable: true, progressPercent: 60 }), work('a2', { type: 'task' })]);
    await client.until(({ type, payload }) => type === 'next' && payload.data.activityPageChanged.rows[0]?.progressPercent === 60);
    const pages = client.messages.filter(({ type }) => type === 'next').map(({ payload }) => JSON.stringify(payload.data));
    expect(new Set(pages).size).toBe(pages.length);
    client.close();
  });

  it('mirrors a session: asks the agent for positions, tells what happens, and shows the end', async () => {
    const id = fleet.sessionId(attic, 's7');
    const stream = sessionOf('s7').stream!;
    await fleet.show(attic, sessionOf('s1'), sessionOf('s7', { stream }));
    const client = await fleet.controller.socket({ token: fleet.controller.tokens.viewer }).acknowledged();
    client.subscribe('1', 'subscription ($id: ID!) { sessionMirrorChanged(id: $id) { live endedAt session { address } events { kind } bitRates { kbps } } }', { id });
    const next = (kind: string) => client.until(({ type, payload }) => type === 'next' && payload.data.sessionMirrorChanged.events.at(-1)?.kind === kind);
    expect((await next('STARTED')).payload.data.sessionMirrorChanged).toMatchObject({ live: true, endedAt: null, session: { address: '203.0.x.x' }, bitRates: [{ kbps: 8_000 }] });
    await eventually(() => expect(fleet.got(attic, 'session.watch@1')).toContainEqual({ forMs: 60_000, positions: true }));
    await fleet.show(attic, sessionOf('s1'), sessionOf('s7', { stream: { ...stream, state: 'paused' } }));
    await next('PAUSED');
    await fleet.show(attic, sessionOf('s1'));
    expect((await next('ENDED')).payload.data.sessionMirrorChanged).toMatchObject({ live: false, endedAt: expect.any(String), session: null });
    expect((await call('session', { id }, 'viewer')).data).toEqual({ session: null });
    expect((await call('sessionMirror', { id }, 'viewer')).data!['sessionMirror'].events).toHaveLength(3);
    client.close();
  });
});
