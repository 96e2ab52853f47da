import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@usher/testing';
import { RoutingFleet } from './routing-fleet.js';

const TIMEOUT_MS = 60_000;

describe('a routed playback', () => {
  let fleet: RoutingFleet;
  beforeAll(async () => {
    fleet = await RoutingFleet.start({ servers: 3 });
  }, TIMEOUT_MS);
  afterAll(() => fleet.close(), TIMEOUT_MS);

  it('gets a link that leads to the page of the chosen server, and no key', async () => {
    const { data, errors } = await fleet.createRoute();
    expect(errors).toBeUndefined();
    const { url, route, placement } = data!['createRoute'];
    expect(url).toMatch(/\/r\/[A-Za-z0-9_-]{22}$/);
    expect(placement).toMatchObject({ verdict: 'PLACED', serverId: route.serverId });
    expect(placement.candidates.filter(({ chosen }: { chosen: boolean }) => chosen)).toHaveLength(1);
    const { status, location } = await fleet.visit(url);
    expect(status).toBe(302);
    const server = fleet.serverAt(location);
    expect(server?.serverId).toBe(route.serverId);
    expect(location).not.toContain(server!.simulator.adminKey);
    // The same link leads to the same place while nothing changes.
    expect((await fleet.visit(url)).location).toBe(location);
  });

  it('stands in no row and in no log line', async () => {
    const { data } = await fleet.createRoute();
    const secret = data!['createRoute'].url.split('/').at(-1) as string;
    const { rows } = await fleet.pool.query<{ text: string }>(
      `SELECT (SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]')::text FROM route r) || (SELECT coalesce(jsonb_agg(to_jsonb(i)), '[]')::text FROM idempotency i) || (SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]')::text FROM audit_event a) AS text`,
    );
    expect(rows[0]!.text).not.toContain(secret);
    expect(fleet.log.join('\n')).not.toContain(secret);
  });

  it('is the same route for a repeated request', async () => {
    const first = await fleet.createRoute({ idempotencyKey: 'again' });
    const second = await fleet.createRoute({ idempotencyKey: 'again' });
    expect(second.data!['createRoute'].url).toBe(first.data!['createRoute'].url);
    expect(second.data!['createRoute'].placement.id).toBe(first.data!['createRoute'].placement.id);
  });

  it('can be decided again from what is stored', async () => {
    const { data } = await fleet.createRoute();
    const { id } = data!['createRoute'].placement;
    const { data: replayed } = await fleet.gql('query ($id: ID!) { replayPlacement(id: $id) { same storedServerId serverId } }', { id });
    expect(replayed!['replayPlacement']).toMatchObject({ same: true, serverId: data!['createRoute'].placement.serverId });
  });

  it('answers an unknown link, a preview and another method without deciding', async () => {
    const { data } = await fleet.createRoute();
    const { url } = data!['createRoute'];
    const base = fleet.routers[0]!.listener.url;
    const secret = url.split('/').at(-1);
    const count = async () => (await fleet.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM placement')).rows[0]!.count;
    const before = await count();
    expect((await fetch(`${base}/r/${'A'.repeat(22)}`, { redirect: 'manual' })).status).toBe(404);
    expect((await fetch(`${base}/r/short`, { redirect: 'manual' })).status).toBe(404);
    expect((await fetch(`${base}/r/${secret}`, { method: 'HEAD', redirect: 'manual' })).status).toBe(200);
    expect((await fetch(`${base}/r/${secret}`, { redirect: 'manual', headers: { 'user-agent': 'Discordbot/2.0' } })).status).toBe(200);
    expect((await fetch(`${base}/r/${secret}`, { method: 'POST', redirect: 'manual' })).status).toBe(405);
    expect(await count()).toBe(before);
    const statuses = [];
    for (let visits = 0; visits < 12; visits++) statuses.push((await fetch(`${base}/r/${'B'.repeat(22)}`, { redirect: 'manual' })).status);
    expect(statuses).toContain(429);
  });

  it('simulates without reserving or storing', async () => {
    const count = async () => (await fleet.pool.query<{ count: number }>('SELECT (SELECT count(*) FROM placement) + (SELECT count(*) FROM reservation) AS count')).rows[0]!.count;
    const before = await count();
    const input = { itemKey: fleet.itemKey, userId: fleet.userId, client: { kind: 'Test', network: 'WAN', maxHeight: 720 } };
    const { data } = await fleet.gql('query ($input: SimulatePlacementInput!) { simulatePlacement(input: $input) { verdict kind candidates { parts { part now after } assumed } } }', { input });
    expect(data!['simulatePlacement']).toMatchObject({ kind: 'SIMULATE', verdict: 'PLACED' });
    expect(data!['simulatePlacement'].candidates[0]).toMatchObject({ assumed: ['cores', 'uplink'] });
    expect(await count()).toBe(before);
  });

  it('names one reason for each server when all are drained, and the drain outlives a restart of the router', async () => {
    for (const { serverId } of fleet.servers) await drain(fleet, serverId);
    const refused = await fleet.createRoute({ userId: fleet.userId });
    expect(refused.errors![0]!.extensions.code).toBe('NO_SERVER_AVAILABLE');
    expect(refused.errors![0]!.extensions.details['candidates']).toEqual(expect.arrayContaining(fleet.servers.map(({ alias }) => expect.stringContaining(`${alias}: draining`))));
    await fleet.stopRouter(fleet.routers[0]!);
    await fleet.addRouter();
    await eventually(async () => {
      const again = await fleet.createRoute();
      expect(again.errors![0]!.extensions.details['candidates']).toEqual(expect.arrayContaining(fleet.servers.map(({ alias }) => expect.stringContaining(`${alias}: draining`))));
      return true;
    });
    for (const { serverId } of fleet.servers) await undrain(fleet, serverId);
    await fleet.ready();
  }, TIMEOUT_MS);

  it('avoids a server before and in its maintenance window', async () => {
    const [first] = fleet.servers;
    const startLocal = new Date(Date.now() + 10 * 60_000).toISOString().slice(0, 16);
    const window = { title: 'New disk', serverIds: [first!.serverId], startLocal, timeZone: 'UTC', durationMin: 60, drainMin: 30 };
    const { data, errors } = await fleet.gql('mutation ($input: ScheduleMaintenanceInput!) { scheduleMaintenance(input: $input) { id } }', { input: { window, idempotencyKey: 'window' } });
    expect(errors).toBeUndefined();
    await standingOf(fleet, first!.serverId, 'draining');
    expect((await fleet.createRoute()).data!['createRoute'].placement.candidates).toContainEqual({ serverId: first!.serverId, reason: 'draining', chosen: false });
    expect((await fleet.gql('mutation ($input: CancelMaintenanceInput!) { cancelMaintenance(input: $input) { id } }', { input: { id: data!['scheduleMaintenance'].id } })).errors).toBeUndefined();
    await standingOf(fleet, first!.serverId, 'ready');
  }, TIMEOUT_MS);

  it('leads elsewhere as soon as its server is drained, at the last known position', async () => {
    const { data } = await fleet.createRoute();
    const { url, route } = data!['createRoute'];
    const chosen = fleet.server(route.serverId);
    await fleet.visit(url);
    const playing = chosen.simulator.control.startPlayback({ user: 'ana', item: filmOf(fleet, chosen.serverId), positionMs: 600_000 });
    await opened(fleet, route.id);
    await drain(fleet, chosen.serverId);
    // The router hears of it over the bus: a matter of milliseconds on a calm machine.
    const location = await eventually(
      async () => {
        const { location: now } = await fleet.visit(url);
        return fleet.serverAt(now)!.serverId === chosen.serverId ? false : now;
      },
      { everyMs: 500 },
    );
    const seconds = Number(/[?&]t=(\d+)/.exec(location!)![1]);
    expect(seconds).toBeGreaterThanOrEqual(590);
    expect(seconds).toBeLessThanOrEqual(640);
    playing.stop();
    await undrain(fleet, chosen.serverId);
    await fleet.ready();
  }, TIMEOUT_MS);
});

describe('two routers', () => {
  let fleet: RoutingFleet;
  beforeAll(async () => {
    fleet = await RoutingFleet.start({ servers: 2, routers: 2 });
  }, TIMEOUT_MS);
  afterAll(() => fleet.close(), TIMEOUT_MS);

  it('never fill a place twice, and what was placed survives a restart', async () => {
    // Each server takes one conversion and no more: its media server says so.
    for (const { serverId } of fleet.servers) await capacity(fleet, serverId, { transcodeLimit: 1, cores: 8 });
    const client = { kind: 'Test', network: 'WAN', maxHeight: 720, maxKbps: 3_000 };
    const people = [...fleet.userIds].map(([serverId, userId]) => `${serverId}:${userId}`);
    const answers = await Promise.all(Array.from({ length: 6 }, (_, at) => fleet.createRoute({ client, userId: people[at % people.length] })));
    const placed = answers.flatMap(({ data }) => (data ? [data['createRoute'].placement.serverId as string] : []));
    expect(placed.sort()).toEqual(fleet.servers.map(({ serverId }) => serverId).sort());
    const refused = answers.flatMap(({ errors }) => errors?.[0]?.extensions.code ?? []);
    expect(refused).toEqual(Array.from({ length: 4 }, () => 'FLEET_SATURATED'));
    // A router that starts now knows of both choices although no report shows them.
    for (const router of [...fleet.routers]) await fleet.stopRouter(router);
    await fleet.addRouter();
    await fleet.ready();
    const { rows } = await fleet.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM reservation WHERE ends_at > now()');
    if (rows[0]!.count === 2) expect((await fleet.createRoute({ client })).errors?.[0]?.extensions.code).toBe('FLEET_SATURATED');
    expect(rows[0]!.count).toBeLessThanOrEqual(2);
  }, TIMEOUT_MS);
});

describe('failures', () => {
  let fleet: RoutingFleet;
  beforeAll(async () => {
    fleet = await RoutingFleet.start({ servers: 2 });
  }, TIMEOUT_MS);
  afterAll(() => fleet.close(), TIMEOUT_MS);

  it('of a server during a routed playback: its link leads to another one, at the last known position', async () => {
    const { data } = await fleet.createRoute();
    const { url, route } = data!['createRoute'];
    const chosen = fleet.server(route.serverId);
    chosen.simulator.control.startPlayback({ user: 'ana', item: filmOf(fleet, chosen.serverId), positionMs: 900_000 });
    await opened(fleet, route.id);
    await chosen.simulator.control.setFault({ kind: 'refuse' });
    await eventually(
      async () => {
        const { status, location } = await fleet.visit(url);
        expect(status).toBe(302);
        expect(fleet.serverAt(location)!.serverId).not.toBe(chosen.serverId);
        expect(Number(/[?&]t=(\d+)/.exec(location!)![1])).toBeGreaterThanOrEqual(890);
        return true;
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );
    await chosen.simulator.control.clearFault();
    await fleet.ready();
  }, TIMEOUT_MS);

  it('between choice and confirmation: the next candidate is taken, and the reason is stored', async () => {
    const usual = (await fleet.createRoute()).data!['createRoute'].placement.serverId as string;
    const first = fleet.server(usual);
    const second = fleet.servers.find(({ serverId }) => serverId !== usual)!;
    await capacity(fleet, usual, { weight: 10, cores: 8 });
    // Lists its sessions as before, and says nothing when a playback is to be confirmed.
    await first.simulator.control.setFault({ kind: 'hang' }, { path: /Items/ });
    const { data, errors } = await fleet.createRoute();
    expect(errors).toBeUndefined();
    const { placement } = data!['createRoute'];
    expect(placement.serverId).toBe(second.serverId);
    expect(placement.candidates).toContainEqual({ serverId: usual, reason: 'prepare-failed', chosen: false });
    await first.simulator.control.clearFault();
    await capacity(fleet, usual, { weight: 1 });
  }, TIMEOUT_MS);

  it('of every agent: nobody is chosen, and nothing hangs', async () => {
    await fleet.agentHost.stop();
    await eventually(
      async () => {
        const { errors } = await fleet.createRoute();
        return errors?.[0]?.extensions.code === 'NO_SERVER_AVAILABLE';
      },
      { timeoutMs: 30_000, everyMs: 250 },
    );
    await fleet.startAgentHost();
    await fleet.ready();
    expect((await fleet.createRoute()).errors).toBeUndefined();
  }, TIMEOUT_MS);
});

async function drain(fleet: RoutingFleet, serverId: string): Promise<void> {
  const { errors } = await fleet.gql('mutation ($input: DrainServerInput!) { drainServer(input: $input) { serverId left } }', { input: { serverId, idempotencyKey: `drain ${serverId}` } });
  expect(errors).toBeUndefined();
}

async function standingOf(fleet: RoutingFleet, serverId: string, standing: string): Promise<void> {
  await eventually(
    async () => {
      const { data } = await fleet.gql('query ($ids: [ID!]) { serverLoads(serverIds: $ids) { standing } }', { ids: [serverId] });
      return data!['serverLoads'][0]?.standing === standing;
    },
    { timeoutMs: 25_000, everyMs: 250 },
  );
}

async function undrain(fleet: RoutingFleet, serverId: string): Promise<void> {
  const { data } = await fleet.gql('mutation ($id: ID!) { undrainServer(serverId: $id) }', { id: serverId });
  expect(data).toEqual({ undrainServer: true });
}

async function capacity(fleet: RoutingFleet, serverId: string, given: Record<string, unknown>): Promise<void> {
  const { errors } = await fleet.gql('mutation ($input: UpdateServerCapacityInput!) { updateServerCapacity(input: $input) { serverId } }', { input: { serverId, ...given } });
  expect(errors).toBeUndefined();
  await eventually(
    async () => {
      const { data } = await fleet.gql('query ($ids: [ID!]) { serverLoads(serverIds: $ids) { coresAssumed } }', { ids: [serverId] });
      return data!['serverLoads'][0]?.coresAssumed === false;
    },
    { everyMs: 100 },
  );
}

/** The film of the test, as that server calls it. */
function filmOf(fleet: RoutingFleet, serverId: string): string {
  return fleet.films.get(serverId)!;
}

async function opened(fleet: RoutingFleet, routeId: string): Promise<void> {
  await eventually(
    async () => {
      const { data } = await fleet.gql('query ($id: ID!) { route(id: $id) { state positionMs } }', { id: routeId });
      return data!['route'].state === 'OPEN';
    },
    { timeoutMs: 20_000, everyMs: 100 },
  );
}
