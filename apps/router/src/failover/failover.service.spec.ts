import { describe, expect, it } from '@jest/globals';
import { AppError, type PlacementRecord } from '@usher/contracts';
import { PlayedRouter } from '../../test/support.js';
import { FailoverService } from './failover.service.js';

async function setUp(servers = 3) {
  const router = await PlayedRouter.of(servers);
  router.played.on('lease.acquire', () => ({ epoch: 7 }));
  const failover = new FailoverService(router.played.bus, router.view, router.book, router.routes, router.terms);
  const moves = (): { placement: PlacementRecord; fence: unknown }[] => router.played.requests('route.store');
  return { router, failover, moves, first: router.servers[0]!.serverId };
}

const drain = (move: 'next' | 'now') => ({ since: new Date(0).toISOString(), until: null, move });

describe('failover', () => {
  it('moves the routes of a dead server under its lease, and only those', async () => {
    const { router, failover, moves, first } = await setUp();
    router.book.put(router.route({ state: 'open', positionMs: 60_000 }));
    router.book.put(router.route({ serverId: router.servers[1]!.serverId }));
    await failover.turn();
    expect(moves()).toEqual([]);
    router.status(first, 'unreachable');
    await failover.turn();
    expect(moves()).toMatchObject([{ placement: { kind: 'failover', previousServerId: first }, fence: { holder: router.terms.routerId, epoch: 7 } }]);
    await failover.turn();
    expect(moves()).toHaveLength(1);
  });

  it('leaves the routes of a silent agent alone: its server may still play', async () => {
    const { router, failover, moves, first } = await setUp();
    router.book.put(router.route({ state: 'open' }));
    await router.clock.advance(15_000);
    for (const { serverId } of router.servers.slice(1)) router.report(serverId);
    expect(router.view.standing(first).standing).toBe('blind');
    await failover.turn();
    expect(moves()).toEqual([]);
  });

  it.each([
    ['next', 1],
    ['now', 2],
  ] as const)('of a drain that moves %s takes %i of an unopened and an opened route', async (move, count) => {
    const { router, failover, moves } = await setUp();
    router.book.put(router.route({ state: 'placed' }));
    router.book.put(router.route({ state: 'open' }));
    router.servers[0] = { ...router.servers[0]!, drain: drain(move) };
    await router.directory.refresh();
    await failover.turn();
    expect(moves().map(({ placement }) => placement.kind)).toEqual(Array.from({ length: count }, () => 'drain'));
  });

  it('is the work of one router: without the lease nothing is moved or noted', async () => {
    const { router, failover, moves, first } = await setUp();
    router.played.on('lease.acquire', () => ({ epoch: null }));
    router.book.put(router.route({ state: 'open' })).isDirty = true;
    router.status(first, 'unreachable');
    await failover.turn();
    expect(moves()).toEqual([]);
    expect(router.played.requests('route.note')).toEqual([]);
  });

  it('stops at once when its lease turns out to be stale', async () => {
    const { router, failover, first, moves } = await setUp();
    router.played.on('route.store', () => ({ stored: false, conflict: 'stale', reservations: [] }));
    router.book.put(router.route({ state: 'open' }));
    router.book.put(router.route({ state: 'open' }));
    router.status(first, 'unreachable');
    await failover.turn();
    expect(moves()).toHaveLength(1);
  });

  it('moves nothing when most servers are out at once: the fault is probably ours', async () => {
    const { router, failover, moves } = await setUp(3);
    router.book.put(router.route({ state: 'open' }));
    for (const { serverId } of router.servers.slice(0, 2)) router.status(serverId, 'unreachable');
    await failover.turn();
    await failover.turn();
    expect(moves()).toEqual([]);
    expect(router.lines.filter(({ event }) => event === 'routing.suspended')).toHaveLength(1);
  });

  it('tries again later what nobody could take', async () => {
    const { router, failover, moves, first } = await setUp(2);
    router.book.put(router.route({ state: 'open', request: { ...router.request(), accounts: router.request().accounts.slice(0, 1) } }));
    router.status(first, 'unreachable');
    await failover.turn();
    await failover.turn();
    expect(moves()).toMatchObject([{ placement: { verdict: 'refused' } }]);
    await router.clock.advance(14_000);
    router.status(first, 'unreachable');
    router.report(router.servers[1]!.serverId);
    await router.clock.advance(1_000);
    await failover.turn();
    expect(moves()).toHaveLength(2);
  });

  it('goes on after a controller that was away, and says so once', async () => {
    const { router, failover } = await setUp();
    router.played.on('lease.acquire', () => {
      throw new AppError('AGENT_OFFLINE', 'no controller');
    });
    failover.start();
    await router.clock.advance(9_000);
    await failover.stop();
    expect(router.lines.filter(({ event }) => event === 'failover.not_done')).toHaveLength(1);
    expect(router.played.requests('lease.acquire').length).toBeGreaterThanOrEqual(3);
  });
});
