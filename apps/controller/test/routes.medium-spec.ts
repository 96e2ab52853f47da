import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acquireLease, describeFleet, findRoute, listReservations, listRoutes, noteRoutes, routerLoads, storeRoute, uuidv7, type ServerUse } from '@usher/contracts';
import { eventually } from '@usher/testing';
import { ControllerHarness } from './controller-harness.js';
import { makeBooking, makePlacement, makeRoute, PlayedRouter } from './played-router.js';
import { ROUTES_BAD_INPUTS, ROUTES_DOCUMENTS, ROUTES_GOOD, type RoutesWorld } from './routes-bad-inputs.js';

let harness: ControllerHarness;
let router: PlayedRouter;
let world: RoutesWorld;

const store = (request: Partial<Parameters<typeof router.ask<typeof storeRoute.request, typeof storeRoute.reply>>[1]> & { placement: object }) =>
  router.ask(storeRoute, { route: null, booking: null, replaces: null, fence: null, ...request } as never);

async function addServer(alias: string): Promise<string> {
  const answer = await harness.gql('mutation ($input: RegisterServerInput!) { registerServer(input: $input) { server { id } } }', {
    input: { idempotencyKey: uuidv7(), alias, url: `http://${alias}.example:8096`, token: 'key-of-it' },
  });
  return answer.data!['registerServer'].server.id as string;
}

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
  router = await PlayedRouter.connect(harness.nats.url, harness.ring);
  const serverId = await addServer('attic');
  const itemKey = uuidv7();
  await harness.pool.query(`INSERT INTO media_user (server_id, vendor_id, name, is_administrator, enabled, read_at) VALUES ($1, 'ana', 'Ana', false, true, now())`, [serverId]);
  await harness.pool.query(`INSERT INTO item (id, type, title, sort_title) VALUES ($1, 'movie', 'Film', 'film')`, [itemKey]);
  const placement = makePlacement(serverId);
  const route = makeRoute(placement);
  await store({ placement: { ...placement, routeId: route.routeId }, route });
  world = { serverId, itemKey, userId: `${serverId}:ana`, placementId: placement.placementId, routeId: route.routeId, foreignId: uuidv7() };
}, 60_000);
afterAll(async () => {
  await router?.close();
  await harness?.close();
});
beforeEach(() => harness.pool.query('DELETE FROM reservation'));

describe('bad input', () => {
  it.each(ROUTES_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) is ${row.code}`, row] as const))('%s', async (_, row) => {
    const token = row.as === 'anonymous' ? null : (await harness.addOperator(row.as)).token;
    const state = async () => JSON.stringify((await harness.pool.query('SELECT (SELECT count(*) FROM route) r, (SELECT count(*) FROM placement) p, (SELECT count(*) FROM server_drain) d, (SELECT count(*) FROM server_capacity) c')).rows);
    const before = await state();
    const answer = await harness.gql(ROUTES_DOCUMENTS[row.operation]!, row.variables(world), { token });
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(await state()).toBe(before);
  });

  it('covers every operation', () => {
    const covered = new Set(ROUTES_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(ROUTES_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
  });

  it.each(['createRoute', 'simulatePlacement', 'replayPlacement'])('%s without a router is ROUTER_OFFLINE, with a next action', async (operation) => {
    const answer = await harness.gql(ROUTES_DOCUMENTS[operation]!, ROUTES_GOOD[operation]!.variables(world), { token: (await harness.addOperator('operator')).token });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'ROUTER_OFFLINE', family: 'fleet' });
  });
});

describe('bookings', () => {
  it('of two routers that do not know of each other never fill one place twice', async () => {
    const placements = Array.from({ length: 8 }, () => makePlacement(world.serverId));
    const answers = await Promise.all(placements.map((placement) => store({ placement, route: makeRoute(placement), booking: makeBooking(placement) })));
    expect(answers.filter(({ stored }) => stored)).toHaveLength(1);
    const refused = answers.flatMap((answer) => (answer.stored ? [] : answer));
    expect(new Set(refused.map(({ conflict }) => conflict))).toEqual(new Set(['booked']));
    for (const { reservations } of refused) expect(reservations).toMatchObject([{ machineId: 'machine', cost: 1 }]);
    const { reservations } = await router.ask(listReservations, {});
    expect(reservations).toHaveLength(1);
  });

  it('let several in where there is room, and count what the other has counted once', async () => {
    const [one, two, three] = [makePlacement(world.serverId), makePlacement(world.serverId), makePlacement(world.serverId)];
    await expect(store({ placement: one, booking: makeBooking(one, {}, { room: { cost: 2, wanKbps: null, encoderSessions: null, transcodes: null } }) })).resolves.toEqual({ stored: true });
    await expect(store({ placement: two, booking: makeBooking(two, {}, { counted: [one.placementId] }) })).resolves.toEqual({ stored: true });
    await expect(store({ placement: three, booking: makeBooking(three, {}, { counted: [one.placementId] }) })).resolves.toMatchObject({ conflict: 'booked' });
    const other = makePlacement(world.serverId);
    await expect(store({ placement: other, booking: makeBooking(other, { machineId: 'another' }) })).resolves.toEqual({ stored: true });
  });

  it.each([
    ['the line', { wanKbps: 5_000 }],
    ['the encoders', { encoderSessions: 1 }],
    ['the maximum of the media server', { transcodes: 1 }],
  ])('heed %s, too', async (_, room) => {
    const full = { cost: null, wanKbps: null, encoderSessions: null, transcodes: null, ...room };
    const [one, two] = [makePlacement(world.serverId), makePlacement(world.serverId)];
    await expect(store({ placement: one, booking: makeBooking(one, { encoderSessions: 1 }, { room: full }) })).resolves.toEqual({ stored: true });
    await expect(store({ placement: two, booking: makeBooking(two, { encoderSessions: 1 }, { room: full }) })).resolves.toMatchObject({ conflict: 'booked' });
  });

  it('end by themselves', async () => {
    const [one, two] = [makePlacement(world.serverId), makePlacement(world.serverId)];
    await store({ placement: one, booking: makeBooking(one) });
    await harness.pool.query(`UPDATE reservation SET ends_at = now()`);
    await expect(store({ placement: two, booking: makeBooking(two) })).resolves.toEqual({ stored: true });
  });
});

describe('routes', () => {
  it('are written with their decision, or not at all', async () => {
    const placement = makePlacement(world.serverId);
    const route = makeRoute(placement);
    await store({ placement, route });
    const again = makePlacement(world.serverId);
    await expect(store({ placement: again, route: { ...route, placementId: again.placementId }, booking: makeBooking(again) })).resolves.toMatchObject({ conflict: 'moved' });
    const { rows } = await harness.pool.query('SELECT 1 FROM placement WHERE id = $1 UNION ALL SELECT 1 FROM reservation WHERE placement_id = $1', [again.placementId]);
    expect(rows).toEqual([]);
  });

  it('are moved by one of those who want to', async () => {
    const placement = makePlacement(world.serverId);
    const route = makeRoute(placement);
    await store({ placement, route });
    const moves = Array.from({ length: 4 }, () => makePlacement(world.serverId, { kind: 'failover' }));
    const answers = await Promise.all(moves.map((move) => store({ placement: move, route: { ...route, placementId: move.placementId, moves: 1 }, replaces: placement.placementId })));
    expect(answers.filter(({ stored }) => stored)).toHaveLength(1);
    const { route: now } = await router.ask(findRoute, { routeId: route.routeId });
    expect(now?.moves).toBe(1);
    expect((await router.ask(findRoute, { linkSha256: route.linkSha256 })).route?.routeId).toBe(route.routeId);
  });

  it('are listed in pages for a router that starts', async () => {
    for (let count = 0; count < 25; count++) {
      const placement = makePlacement(world.serverId);
      await store({ placement, route: makeRoute(placement) });
    }
    const first = await router.ask(listRoutes, { after: null });
    const second = await router.ask(listRoutes, { after: first.next });
    expect(first.routes).toHaveLength(20);
    const all = [...first.routes, ...second.routes].map(({ routeId }) => routeId);
    expect(new Set(all).size).toBe(all.length);
  });

  it('take newer notes only, and expire', async () => {
    const placement = makePlacement(world.serverId);
    const route = makeRoute(placement);
    await store({ placement, route });
    const note = (positionMs: number, positionAt: string) => router.ask(noteRoutes, { routes: [{ routeId: route.routeId, state: 'open', positionMs, positionAt, expiresAt: route.expiresAt }] });
    await note(60_000, new Date(Date.now() + 1_000).toISOString());
    await note(1_000, new Date(Date.now() - 1_000).toISOString());
    expect((await router.ask(findRoute, { routeId: route.routeId })).route).toMatchObject({ state: 'open', positionMs: 60_000 });
    await harness.pool.query(`UPDATE route SET expires_at = now() WHERE id = $1`, [route.routeId]);
    expect((await router.ask(findRoute, { routeId: route.routeId })).route).toBeNull();
    const answer = await harness.gql('query ($id: ID!) { route(id: $id) { state } }', { id: route.routeId });
    expect(answer.data).toEqual({ route: { state: 'EXPIRED' } });
  });

  it('are moved under a lease by its holder only', async () => {
    const { epoch } = await router.ask(acquireLease, { name: 'failover', holder: router.routerId });
    expect(epoch).not.toBeNull();
    await expect(router.ask(acquireLease, { name: 'failover', holder: uuidv7() })).resolves.toEqual({ epoch: null });
    const placement = makePlacement(world.serverId);
    const route = makeRoute(placement);
    await expect(store({ placement, route, fence: { holder: uuidv7(), epoch: epoch! } })).resolves.toMatchObject({ conflict: 'stale' });
    await expect(store({ placement, route, fence: { holder: router.routerId, epoch: epoch! } })).resolves.toEqual({ stored: true });
  });
});

describe('drains', () => {
  const drain = (given: object = {}) => harness.gql('mutation ($input: DrainServerInput!) { drainServer(input: $input) { move until reason by left } }', { input: { serverId: world.serverId, idempotencyKey: 'k', ...given } });

  it('let no start through from the moment they are answered', async () => {
    const placements = Array.from({ length: 20 }, () => makePlacement(world.serverId));
    const roomy = { room: { cost: null, wanKbps: null, encoderSessions: null, transcodes: null } };
    let isDrained = false;
    let late = 0;
    const starts = placements.map(async (placement) => {
      const after = isDrained;
      const { stored } = await store({ placement, booking: makeBooking(placement, {}, roomy) });
      if (after && stored) late += 1;
    });
    const answer = await drain({ reason: 'new disk' });
    isDrained = true;
    expect(answer.data!['drainServer']).toMatchObject({ move: 'NEXT', reason: 'new disk', until: null, left: 0 });
    await Promise.all(starts);
    const one = makePlacement(world.serverId);
    await expect(store({ placement: one, booking: makeBooking(one, {}, roomy) })).resolves.toMatchObject({ conflict: 'draining' });
    expect(late).toBe(0);
  });

  it('are told to routers, can be changed and ended, and leave their trace', async () => {
    await drain({ move: 'NOW', until: new Date(Date.now() + 3_600_000).toISOString() });
    const { servers } = await router.ask(describeFleet, {});
    expect(servers.find(({ serverId }) => serverId === world.serverId)?.drain).toMatchObject({ move: 'now' });
    const undrain = () => harness.gql('mutation ($serverId: ID!) { undrainServer(serverId: $serverId) }', { serverId: world.serverId });
    expect((await undrain()).data).toEqual({ undrainServer: true });
    expect((await undrain()).data).toEqual({ undrainServer: false });
    const { rows } = await harness.pool.query(`SELECT action FROM audit_event WHERE action LIKE 'server.%drain%' ORDER BY seq`);
    expect(rows.map(({ action }) => action)).toEqual(['server.draining', 'server.draining', 'server.undrained']);
  });

  it('end by themselves', async () => {
    await drain({ until: new Date(Date.now() + 3_600_000).toISOString() });
    await harness.pool.query('UPDATE server_drain SET until = now()');
    const { servers } = await router.ask(describeFleet, {});
    expect(servers.find(({ serverId }) => serverId === world.serverId)?.drain).toBeNull();
    const one = makePlacement(world.serverId);
    await expect(store({ placement: one, booking: makeBooking(one) })).resolves.toEqual({ stored: true });
    await eventually(async () => (await harness.pool.query('SELECT 1 FROM server_drain')).rowCount === 0, { timeoutMs: 20_000, everyMs: 200 });
  });
});

describe('capacity', () => {
  it('keeps what is absent, forgets null, and is told to routers', async () => {
    const update = (given: object) => harness.gql('mutation ($input: UpdateServerCapacityInput!) { updateServerCapacity(input: $input) { cores uplinkKbps hardware machine viewerUrl weight transcodeLimit } }', { input: { serverId: world.serverId, ...given } });
    await update({ cores: 8, uplinkKbps: 500_000, hardware: true, machine: 'rack 1', viewerUrl: 'https://media.example/attic', weight: 2, transcodeLimit: 4 });
    const { data } = await update({ uplinkKbps: null, hardware: null });
    expect(data!['updateServerCapacity']).toEqual({ cores: 8, uplinkKbps: null, hardware: false, machine: 'rack 1', viewerUrl: 'https://media.example/attic', weight: 2, transcodeLimit: 4 });
    const { servers } = await router.ask(describeFleet, {});
    expect(servers.find(({ serverId }) => serverId === world.serverId)).toMatchObject({ cores: 8, uplinkKbps: null, weight: 2, viewerUrl: 'https://media.example/attic', machine: 'rack 1' });
    expect((await harness.gql('query ($serverId: ID!) { serverCapacity(serverId: $serverId) { cores } }', { serverId: world.serverId }, { token: harness.tokens.viewer })).data).toEqual({ serverCapacity: { cores: 8 } });
  });
});

describe('what is seen', () => {
  const use = (): ServerUse => ({
    serverId: world.serverId,
    machineId: 'machine',
    standing: 'ready',
    reportedAt: new Date().toISOString(),
    ageMs: 800,
    confidence: 'assumed',
    cores: 4,
    coresAssumed: true,
    uplinkKbps: 100_000,
    uplinkAssumed: true,
    demand: 1,
    reservedDemand: 0,
    streams: 2,
    transcodes: 1,
    parts: [{ part: 'cpu', now: 0.26, reserved: 0 }],
    utilization: 0.26,
    deciding: 'cpu',
    gate: 0.85,
  });

  it('are the loads of the router, newest first, at once and live', async () => {
    const client = await harness.socket({ token: harness.tokens.viewer }).acknowledged();
    client.subscribe('loads', 'subscription { serverLoadsChanged { serverId utilization coresAssumed } }');
    await client.until(({ type, id }) => type === 'next' && id === 'loads');
    const tell = (seq: number, given: Partial<ServerUse>) => router.bus.publishServiceState(routerLoads, { routerId: router.routerId, seq, at: new Date().toISOString(), servers: [{ ...use(), ...given }], decisionMs: { median: 0.1, p99: 0.6 }, waiting: 0 });
    tell(2, { utilization: 0.5 });
    tell(1, { utilization: 0.9 });
    const message = await client.until(({ type, payload }) => type === 'next' && payload?.data?.serverLoadsChanged?.length > 0);
    expect(message.payload.data.serverLoadsChanged).toEqual([{ serverId: world.serverId, utilization: 0.5, coresAssumed: true }]);
    const { data } = await harness.gql('{ routingOverview { routers decisionP99Ms refusedToday } serverLoads { standing cores weight drain { left } } }', {}, { token: harness.tokens.viewer });
    expect(data!['routingOverview']).toMatchObject({ routers: 1, decisionP99Ms: 0.6 });
    expect(data!['serverLoads']).toEqual([{ standing: 'ready', cores: 4, weight: 2, drain: null }]);
    client.close();
  });

  it('are decisions as they are stored, with a sentence', async () => {
    const client = await harness.socket({ token: harness.tokens.viewer }).acknowledged();
    client.subscribe('placements', 'subscription { placementsChanged { id sentence verdict } }');
    await harness.gql('{ viewer { id } }');
    const placement = makePlacement(null);
    await eventually(async () => {
      const one = { ...placement, placementId: uuidv7() };
      await store({ placement: one });
      return client.messages.some(({ type }) => type === 'next');
    });
    const { payload } = client.messages.find(({ type }) => type === 'next')!;
    expect(payload.data.placementsChanged).toMatchObject({ verdict: 'REFUSED', sentence: 'Film: refused, no server can play it now.' });
    const page = await harness.gql('{ placements(first: 1, filter: { verdicts: [REFUSED] }) { totalCount edges { node { code } cursor } pageInfo { hasNextPage } } }');
    expect(page.data!['placements'].edges[0].node).toEqual({ code: 'NO_SERVER_AVAILABLE' });
    client.close();
  });
});
