import { describe, expect, it } from '@jest/globals';
import { AppError, ROUTE_TTL_MS, type PlacementRecord, type RouteRecord, type Session } from '@usher/contracts';
import { makeNowPlaying, makeSession, makeStream } from '@usher/testing';
import { playedRequest, playedResponse, PlayedRouter } from '../../test/support.js';
import { FleetEvents } from '../fleet-view/fleet-events.js';
import { LinkHandler } from './link.handler.js';
import { RouteFollower } from './route-follower.js';

async function routed(servers = 2, given: Partial<RouteRecord> = {}) {
  const router = await PlayedRouter.of(servers);
  const known = router.book.put(router.route(given));
  const stored = (): { placement: PlacementRecord; route: RouteRecord }[] => router.played.requests('route.store');
  return { router, known, first: router.servers[0]!.serverId, stored };
}

describe('creating a route', () => {
  it('is one route for equal calls', async () => {
    const router = await PlayedRouter.of(1);
    const call = { ...router.link(), request: router.request() };
    const first = await router.routes.create(call);
    expect(first).toMatchObject({ placed: true });
    await expect(router.routes.create(call)).resolves.toEqual(first);
    expect(router.played.requests('route.store')).toHaveLength(1);
  });

  it('answers what another router has stored meanwhile', async () => {
    const router = await PlayedRouter.of(1);
    const winner = router.route();
    let isThere = false;
    router.played.on('route.store', () => {
      isThere = true;
      return { stored: false, conflict: 'moved', reservations: [] };
    });
    router.played.on('route.find', () => ({ route: isThere ? winner : null }));
    await expect(router.routes.create({ routeId: winner.routeId, linkSha256: winner.linkSha256, request: router.request() })).resolves.toEqual({ placed: true, placementId: winner.placementId });
  });

  it('names the stored refusal', async () => {
    const router = await PlayedRouter.of(1);
    await expect(router.routes.create({ ...router.link(), request: router.request({ accounts: [] }) })).resolves.toMatchObject({ placed: false });
  });
});

describe('a visit', () => {
  it('of an opened route leads to its server as long as that is there', async () => {
    const { router, known, stored } = await routed(2, { state: 'open', positionMs: 60_000 });
    await expect(router.routes.visit(known)).resolves.toMatchObject({ location: expect.stringContaining('/media/web/') });
    expect(router.played.requests('playback.prepare')).toEqual([{ itemId: 'film', userId: 'ana', positionMs: 60_000 }]);
    expect(stored()).toEqual([]);
    expect(known.isDirty).toBe(true);
    expect(Date.parse(known.record.expiresAt)).toBe(router.clock.now() + ROUTE_TTL_MS);
  });

  it('is confirmed once while the confirmation is fresh, and shared by visits at once', async () => {
    const { router, known } = await routed(1, { state: 'open' });
    await Promise.all([router.routes.visit(known), router.routes.visit(known)]);
    await router.routes.visit(known);
    expect(router.played.requests('playback.prepare')).toHaveLength(1);
  });

  it.each([
    ['failover', 'unreachable'],
    ['drain', 'drained'],
  ])('leads elsewhere, a little before the last known position: %s', async (kind, how) => {
    const { router, known, first, stored } = await routed(2, { state: 'open', positionMs: 600_000 });
    if (how === 'unreachable') router.status(first, 'unreachable');
    else {
      router.servers[0] = { ...router.servers[0]!, drain: { since: new Date(0).toISOString(), until: null, move: 'next' } };
      await router.directory.refresh();
    }
    await expect(router.routes.visit(known)).resolves.toHaveProperty('location');
    const [{ placement, route }] = stored() as [{ placement: PlacementRecord; route: RouteRecord }];
    expect(placement).toMatchObject({ kind, previousServerId: first, serverId: router.servers[1]!.serverId });
    expect(route).toMatchObject({ routeId: known.record.routeId, positionMs: 597_000, moves: 1 });
  });

  it('begins anew near the end, and where it was asked for when it was never opened', async () => {
    const ended = await routed(2, { state: 'open', positionMs: 5_995_000 });
    ended.router.status(ended.first, 'unreachable');
    await ended.router.routes.visit(ended.known);
    expect(ended.stored()[0]!.route.positionMs).toBe(0);
    const fresh = await routed(2, { state: 'placed', positionMs: 120_000 });
    fresh.router.status(fresh.first, 'unreachable');
    await fresh.router.routes.visit(fresh.known);
    expect(fresh.stored()[0]!.route.positionMs).toBe(120_000);
  });

  it('of a link that was never opened is decided again after a while, and likes to stay', async () => {
    const { router, known, first, stored } = await routed(2);
    await router.routes.visit(known);
    expect(stored()[0]!.placement).toMatchObject({ kind: 'open', serverId: first });
    expect(stored()[0]!.route.moves).toBe(0);
  });

  it('leads elsewhere when the agent does not confirm', async () => {
    const { router, known, first, stored } = await routed(2, { state: 'open' });
    router.played.on('playback.prepare', (_, serverId) => {
      if (serverId === first) throw new AppError('AGENT_TIMEOUT', 'silence');
      return { address: 'web/' };
    });
    await expect(router.routes.visit(known)).resolves.toHaveProperty('location');
    expect(stored()[0]!.placement.serverId).toBe(router.servers[1]!.serverId);
  });

  it('waits in words when nobody has room', async () => {
    const { router, known, first } = await routed(1, { state: 'open' });
    router.status(first, 'unreachable');
    await expect(router.routes.visit(known)).resolves.toEqual({ problem: 'full', retryAfterS: 15 });
  });

  it('follows the other one when somebody else moved the route', async () => {
    const { router, known, first } = await routed(2, { state: 'open' });
    router.status(first, 'unreachable');
    const moved = { ...known.record, serverId: router.servers[1]!.serverId, placementId: router.link().routeId };
    router.played.on('route.store', () => ({ stored: false, conflict: 'moved', reservations: [] })).on('route.find', () => ({ route: moved }));
    await expect(router.routes.visit(known)).resolves.toMatchObject({ location: expect.stringContaining(moved.serverId.slice(-4)) });
  });
});

describe('what routes know', () => {
  it('is read at the start, in pages', async () => {
    const router = await PlayedRouter.of(1);
    const [one, two] = [router.route(), router.route()];
    router.played.on('reservation.list', () => ({ reservations: [] })).on('route.list', ({ after }: { after: string | null }) => (after === null ? { routes: [one], next: one.routeId } : { routes: [two], next: null }));
    await router.routes.restore();
    expect(router.book.all().map(({ record }) => record.routeId)).toEqual([one.routeId, two.routeId]);
    expect(router.book.find(two.linkSha256)?.record.routeId).toBe(two.routeId);
  });

  it('is the position of the session that plays it, and is written down', async () => {
    const { router, known, first } = await routed(1);
    const events = new FleetEvents();
    new RouteFollower(events, router.view, router.reservations, router.queue, router.book, router.clock).start();
    const at = new Date(router.clock.now() + 1_000).toISOString();
    const session = (given: Partial<Session>) => makeSession({ userId: 'ana', item: makeNowPlaying({ itemId: 'film' }), stream: makeStream({ positionMs: 42_000 }), ...given });
    events.emit({ type: 'sessions', serverId: first, at, sessions: [session({ userId: 'ben' }), session({ ghost: true }), session({ stream: null })] });
    expect(known.record.state).toBe('placed');
    events.emit({ type: 'sessions', serverId: first, at, sessions: [session({})] });
    expect(known.record).toMatchObject({ state: 'open', positionMs: 42_000, positionAt: at });
    await router.routes.writeNotes();
    expect(router.played.requests('route.note')).toMatchObject([{ routes: [{ routeId: known.record.routeId, state: 'open', positionMs: 42_000 }] }]);
    await router.routes.writeNotes();
    expect(router.played.requests('route.note')).toHaveLength(1);
  });

  it('is written again when it could not be', async () => {
    const { router, known } = await routed(1);
    known.isDirty = true;
    router.played.on('route.note', () => {
      throw new AppError('AGENT_OFFLINE', 'no controller');
    });
    await expect(router.routes.writeNotes()).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
    expect(known.isDirty).toBe(true);
  });

  it('is forgotten when it expires', async () => {
    const { router, known } = await routed(1);
    await router.clock.advance(3_600_000);
    expect(router.book.get(known.record.routeId)).toBeUndefined();
    router.book.sweep();
    expect(router.book.all()).toEqual([]);
  });

  it('is kept when an older row comes back', async () => {
    const { router, known, first } = await routed(1, { state: 'open' });
    const later = new Date(router.clock.now() + 5_000).toISOString();
    known.record = { ...known.record, positionMs: 9_000, positionAt: later };
    known.isDirty = true;
    const again = router.book.put(router.route({ ...known.record, positionMs: 1_000, positionAt: new Date(router.clock.now()).toISOString() }));
    expect(again).toMatchObject({ record: { positionMs: 9_000 }, isDirty: true });
    expect(router.book.at(first, 'film', 'ana')).toHaveLength(1);
  });
});

describe('play addresses', () => {
  it.each([
    ['another server', 'https://evil.test/x'],
    ['a name and a password', 'https://a:b@SAME/media/x'],
    ['above the address of the server', '/admin'],
    ['another scheme', 'javascript:alert(1)'],
  ])('that lead to %s are refused', async (_, address) => {
    const { router, first } = await routed(1);
    const host = new URL(router.servers[0]!.viewerUrl).host;
    router.played.on('playback.prepare', () => ({ address: address.replace('SAME', host) }));
    await expect(router.addresses.ask(first, { itemId: 'film', userId: 'ana', positionMs: 0 })).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  });

  it.each([
    ['a link of ours', 'https://usher.test', 'loop', 'r/abc'],
    ['a server without encryption', 'http://plain.test', 'plain-http', 'web/'],
  ])('that lead to %s are refused', async (_, viewerUrl, reason, address) => {
    const router = await PlayedRouter.of(1, { viewerUrl });
    router.played.on('playback.prepare', () => ({ address }));
    const asking = router.addresses.ask(router.servers[0]!.serverId, { itemId: 'film', userId: 'ana', positionMs: 0 });
    await expect(asking).rejects.toMatchObject({ code: 'ADDRESS_REFUSED', details: { reason } });
  });
});

describe('the handler of links', () => {
  const LINK = 'abcdefghijklmnopqrstuv';
  const handlerOf = (router: PlayedRouter, find: () => Promise<unknown>) => new LinkHandler({ find, visit: router.routes.visit.bind(router.routes) } as never, router.clock, router.terms);

  it('says that it is full, with a time to come back', async () => {
    const { router, known, first } = await routed(1, { state: 'open' });
    router.status(first, 'unreachable');
    const { response, sent } = playedResponse();
    await handlerOf(router, async () => known).handle(LINK, '10.0.0.1', playedRequest(), response);
    expect(sent).toMatchObject({ status: 503, headers: { 'retry-after': '15', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } });
  });

  it('asks for patience when the controller is away, and says nothing of why', async () => {
    const { router } = await routed(1);
    const { response, sent } = playedResponse();
    await handlerOf(router, () => Promise.reject(new AppError('AGENT_OFFLINE', 'hush'))).handle(LINK, '10.0.0.1', playedRequest(), response);
    expect(sent.status).toBe(503);
    expect(sent.text).not.toContain('hush');
    expect(router.lines.map(({ event }) => event)).toContain('link.failed');
  });

  it('counts visits per address', async () => {
    const { router } = await routed(1);
    const handler = handlerOf(router, async () => undefined);
    const visit = async (address: string) => {
      const { response, sent } = playedResponse();
      await handler.handle(LINK, address, playedRequest(), response);
      return sent.status;
    };
    const statuses = [];
    for (let turn = 0; turn < 11; turn++) statuses.push(await visit('10.0.0.1'));
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
    expect(await visit('10.0.0.2')).toBe(404);
  });
});
