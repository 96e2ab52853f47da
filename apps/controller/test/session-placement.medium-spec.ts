import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { storeRoute, type PlacementRecord, type RouteRecord, type Session } from '@usher/contracts';
import { FleetHarness, sessionOf, type FleetServer } from './fleet-harness.js';
import { makePlacement, makeRoute, PlayedRouter } from './played-router.js';

const QUERY = 'query ($ids: [ID!]) { sessions(serverIds: $ids) { sessions { id placement { id serverId sentence } } } }';
const source = { height: 1080, videoCodec: 'h264', tenBit: false, hdr: false, framesPerSecond: 24, bitRateKbps: 8_000, durationMs: 1_000 };

describe('the placement of a session', () => {
  let fleet: FleetHarness;
  let router: PlayedRouter;
  let attic: FleetServer;
  let cabin: FleetServer;

  beforeAll(async () => {
    fleet = await FleetHarness.start();
    [attic, cabin] = [await fleet.addServer('Attic'), await fleet.addServer('Cabin')];
    router = await PlayedRouter.connect(fleet.controller.nats.url, fleet.controller.ring);
  });
  beforeEach(() => fleet.controller.pool.query('DELETE FROM route'));
  afterAll(async () => {
    await router?.close();
    await fleet?.close();
  });

  const routed = async (server: FleetServer, session: Session, given: Partial<RouteRecord> = {}): Promise<PlacementRecord> => {
    const seat = [attic, cabin].map(({ id }) => ({ serverId: id, itemId: id === server.id ? session.item!.itemId : 'elsewhere', source }));
    const accounts = [attic, cabin].map(({ id }) => ({ serverId: id, userId: id === server.id ? session.userId! : 'somebody', name: 'Ana', enabled: true, evidence: 'given' as const }));
    const made = makePlacement(server.id);
    const placement = { ...made, inputs: { ...made.inputs, request: { ...made.inputs.request, holders: seat, accounts } } };
    const route = makeRoute(placement, given);
    await expect(router.ask(storeRoute, { placement: { ...placement, routeId: route.routeId }, route, booking: null, replaces: null, fence: null })).resolves.toEqual({ stored: true });
    return placement;
  };
  const placements = async (server: FleetServer): Promise<(string | null)[]> =>
    (await fleet.ok(QUERY, { ids: [server.id] }, 'viewer'))['sessions'][0].sessions.map(({ placement }: { placement: { id: string } | null }) => placement?.id ?? null);

  it('is the decision of the living route that leads to this item, as this user, on this server', async () => {
    const [mine, other] = [sessionOf('s1'), sessionOf('s2', { userId: 'another' })];
    await fleet.show(attic, mine, other);
    await fleet.show(cabin, sessionOf('s1'));
    const placement = await routed(attic, mine);
    expect(await placements(attic)).toEqual([placement.placementId, null]);
    expect(await placements(cabin)).toEqual([null]);
  });

  it('is that of the newest route when several lead there', async () => {
    const session = sessionOf('s1');
    await fleet.show(attic, session);
    const older = await routed(attic, session, { createdAt: '2026-01-01T00:00:00.000Z' });
    const newer = await routed(attic, session);
    expect(await placements(attic)).toEqual([newer.placementId]);
    expect(newer.placementId).not.toBe(older.placementId);
  });

  it.each([
    ['of a route that ended', { state: 'ended' as const }],
    ['of a route that expired', { expiresAt: '2026-01-01T00:00:00.000Z' }],
    ['of a route that leads to no server now', { serverId: null }],
  ])('is none %s', async (_, given) => {
    const session = sessionOf('s1');
    await fleet.show(attic, session);
    await routed(attic, session, given);
    expect(await placements(attic)).toEqual([null]);
  });

  it('is none of a session that plays nothing, is a ghost or has no user', async () => {
    const session = sessionOf('s1');
    await routed(attic, session);
    await fleet.show(attic, sessionOf('s1', { stream: null }), sessionOf('s2', { ghost: true }), sessionOf('s3', { userId: null }), sessionOf('s4', { item: null, stream: null }));
    expect(await placements(attic)).toEqual([null, null, null, null]);
  });

  it('comes with one session, too', async () => {
    const session = sessionOf('s1');
    await fleet.show(attic, session);
    const placement = await routed(attic, session);
    const answer = await fleet.ok('query ($id: ID!) { session(id: $id) { placement { id serverId title } } }', { id: fleet.sessionId(attic, 's1') });
    expect(answer['session'].placement).toEqual({ id: placement.placementId, serverId: attic.id, title: 'Film' });
  });
});
