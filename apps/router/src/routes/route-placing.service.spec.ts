import { describe, expect, it } from '@jest/globals';
import { AppError, RESERVATION_MS, uuidv7, type Booking, type PlacementRecord, type Reservation, type RouteRecord } from '@usher/contracts';
import { PlayedRouter } from '../../test/support.js';

interface StoreRequest {
  readonly placement: PlacementRecord;
  readonly route: RouteRecord | null;
  readonly booking: Booking | null;
}

const place = (router: PlayedRouter, given: Parameters<PlayedRouter['request']>[0] = {}, mayWait = false) =>
  router.placing.place({ kind: 'create', ...router.link(), request: router.request(given), before: null, fence: null, mayWait });

const stored = (router: PlayedRouter): StoreRequest[] => router.played.requests('route.store');

describe('placing a route', () => {
  it('reserves, confirms, stores, and only then hands out', async () => {
    const router = await PlayedRouter.of(2);
    const outcome = await place(router);
    expect(outcome).toMatchObject({ placed: true });
    expect(router.played.asked.map(({ name }) => name)).toEqual(['playback.prepare', 'route.store']);
    const [{ placement, route, booking }] = stored(router) as [StoreRequest];
    expect(route).toMatchObject({ serverId: placement.serverId, placementId: placement.placementId, state: 'placed', moves: 0 });
    expect(booking).toMatchObject({ counted: [], reservation: { serverId: placement.serverId, transcodes: 1, cost: expect.closeTo(0.51) } });
    expect(booking!.room.cost).toBeCloseTo(0.95 * 0.97 * 4);
    expect(router.reservations.mine()).toHaveLength(1);
    expect(router.book.get(route!.routeId)?.confirmed?.address).toMatch(/^https:\/\/.*\/media\/web\/#\/details\?id=film$/);
  });

  it('spreads a crowd although no report shows it yet', async () => {
    const router = await PlayedRouter.of(4);
    await Promise.all(Array.from({ length: 12 }, () => place(router)));
    const servers = stored(router).map(({ placement }) => placement.serverId);
    for (const { serverId } of router.servers) expect(servers.filter((each) => each === serverId).length).toBeGreaterThanOrEqual(2);
  });

  it('takes the next candidate when an agent dies between choice and confirmation, and distrusts it', async () => {
    const router = await PlayedRouter.of(2);
    let dead = '';
    router.played.on('playback.prepare', (_, serverId) => {
      dead ||= serverId;
      if (serverId === dead) throw new AppError('AGENT_OFFLINE', 'gone');
      return { address: 'web/' };
    });
    const outcome = await place(router);
    expect(outcome).toMatchObject({ placed: true });
    const [{ placement }] = stored(router) as [StoreRequest];
    expect(placement.serverId).not.toBe(dead);
    expect(placement.candidates.find(({ serverId }) => serverId === dead)).toMatchObject({ reason: 'prepare-failed', code: 'AGENT_OFFLINE' });
    expect(router.view.standing(dead).standing).toBe('suspect');
    expect(router.reservations.mine().map(({ serverId }) => serverId)).toEqual([placement.serverId]);
  });

  it('does not distrust a server that only hides the item', async () => {
    const router = await PlayedRouter.of(1);
    router.played.on('playback.prepare', () => {
      throw new AppError('NOT_FOUND', 'hidden');
    });
    await expect(place(router)).resolves.toMatchObject({ placed: false, record: { code: 'NO_SERVER_AVAILABLE' } });
    expect(router.view.standing(router.servers[0]!.serverId).standing).toBe('ready');
  });

  it('asks three at most, and names a reason for every server', async () => {
    const router = await PlayedRouter.of(5);
    router.played.on('playback.prepare', () => {
      throw new AppError('SERVER_UNREACHABLE', 'down');
    });
    const outcome = await place(router);
    expect(router.played.requests('playback.prepare')).toHaveLength(3);
    const { record } = outcome as { record: PlacementRecord };
    expect(record).toMatchObject({ verdict: 'refused', code: 'NO_SERVER_AVAILABLE' });
    expect(record.candidates.map(({ code }) => code).sort()).toEqual(['NOT_ASKED', 'NOT_ASKED', 'SERVER_UNREACHABLE', 'SERVER_UNREACHABLE', 'SERVER_UNREACHABLE']);
    expect(stored(router)).toMatchObject([{ route: null, booking: null }]);
    expect(router.reservations.mine()).toEqual([]);
  });

  it('learns of choices that the database knows and decides again', async () => {
    const router = await PlayedRouter.of(2);
    let first: Reservation | null = null;
    router.played.on('route.store', ({ booking }: { booking: Booking }) => {
      if (first) return { stored: true };
      first = { ...booking.reservation, placementId: uuidv7(), cost: 3.5 };
      return { stored: false, conflict: 'booked', reservations: [first] };
    });
    await expect(place(router)).resolves.toMatchObject({ placed: true });
    const [refused, taken] = stored(router) as [StoreRequest, StoreRequest];
    expect(taken.placement.serverId).not.toBe(refused.placement.serverId);
    expect(router.reservations.mine()).toHaveLength(1);
  });

  it('leaves a server that was drained a moment ago', async () => {
    const router = await PlayedRouter.of(2);
    let drained = '';
    router.played.on('route.store', ({ booking }: { booking: Booking }) => {
      drained ||= booking.reservation.serverId;
      return booking.reservation.serverId === drained ? { stored: false, conflict: 'draining', reservations: [] } : { stored: true };
    });
    await expect(place(router)).resolves.toMatchObject({ placed: true });
    expect(stored(router).at(-1)!.placement.serverId).not.toBe(drained);
  });

  it.each(['moved', 'stale'] as const)('stops when the route was %s', async (conflict) => {
    const router = await PlayedRouter.of(2);
    router.played.on('route.store', () => ({ stored: false, conflict, reservations: [] }));
    await expect(place(router)).resolves.toEqual({ placed: false, record: null, conflict });
    expect(router.reservations.mine()).toEqual([]);
  });

  it('gives up when others are always faster', async () => {
    const router = await PlayedRouter.of(2);
    router.played.on('route.store', () => ({ stored: false, conflict: 'booked', reservations: [] }));
    await expect(place(router)).rejects.toMatchObject({ code: 'ROUTER_BUSY' });
  });

  it('hands out nothing that is not stored', async () => {
    const router = await PlayedRouter.of(1);
    router.played.on('route.store', () => {
      throw new AppError('AGENT_OFFLINE', 'no controller');
    });
    await expect(place(router)).rejects.toMatchObject({ code: 'AGENT_OFFLINE' });
    expect(router.reservations.mine()).toEqual([]);
    expect(router.book.all()).toEqual([]);
  });

  it('waits for room, and says how long', async () => {
    const router = await PlayedRouter.of(1);
    const { serverId } = router.servers[0]!;
    const busy = { sessionVendorId: 's', itemId: 'other', userId: 'ben', state: 'running', sourceHeight: 1080, sourceCodec: 'h264', hdr: false, targetHeight: 720, hardware: false, burnIn: false, costMeasured: 3.7 } as const;
    router.report(serverId, { transcodes: [busy] });
    const placing = place(router, {}, true);
    await router.clock.advance(600);
    expect(router.queue.waiting).toBe(1);
    router.report(serverId);
    await router.clock.advance(500);
    await expect(placing).resolves.toMatchObject({ placed: true });
    expect(stored(router)[0]!.placement.queuedMs).toBe(1_000);
  });

  it('refuses as full after the queue, which is stored', async () => {
    const router = await PlayedRouter.of(1);
    router.report(router.servers[0]!.serverId, { transcodes: [{ sessionVendorId: 's', itemId: 'other', userId: 'ben', state: 'running', sourceHeight: 1080, sourceCodec: 'h264', hdr: false, targetHeight: 720, hardware: false, burnIn: false, costMeasured: 3.7 }] });
    const placing = place(router, {}, true);
    for (let turn = 0; turn < 10; turn++) {
      await router.clock.advance(500);
      router.report(router.servers[0]!.serverId, { transcodes: [{ sessionVendorId: 's', itemId: 'other', userId: 'ben', state: 'running', sourceHeight: 1080, sourceCodec: 'h264', hdr: false, targetHeight: 720, hardware: false, burnIn: false, costMeasured: 3.7 }] });
    }
    await expect(placing).resolves.toMatchObject({ placed: false, record: { code: 'FLEET_SATURATED', queuedMs: 5_000 } });
    expect(stored(router)).toMatchObject([{ route: null, placement: { verdict: 'refused' } }]);
  });

  it('frees what was reserved when nobody opened the link', async () => {
    const router = await PlayedRouter.of(1);
    await place(router);
    await router.clock.advance(RESERVATION_MS);
    router.reservations.sweep();
    expect(router.reservations.mine()).toEqual([]);
  });
});
