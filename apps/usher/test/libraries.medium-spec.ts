import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startEmby, startJellyfin, startPlex } from '@usher/testing';
import { RoutingFleet, type FleetServer } from './routing-fleet.js';

const TIMEOUT_MS = 60_000;
const PLAN = `query ($id: ID!) { libraryPlan(id: $id) { id rev state blockers warnings failureCode
  libraries { name type targetName titles sameFile otherVersion onlySource cannotMatch copyFiles copyBytes copyFilesOfUnknownSize }
  pathMap { libraryName from to verdict samplesTried samplesFound } space { freeBytes neededBytes copyBytes } overlap { titles tiers { tier count } }
  problems { severity code path } watchers { userName targetUserName begun } } }`;

describe('libraries of three vendors', () => {
  let fleet: RoutingFleet;
  let jellyfin: FleetServer;
  let emby: FleetServer;
  let plex: FleetServer;

  beforeAll(async () => {
    fleet = await RoutingFleet.start({ servers: 3, routers: 0, vendors: [startJellyfin, startEmby, startPlex] });
    [jellyfin, emby, plex] = fleet.servers as [FleetServer, FleetServer, FleetServer];
    await eventually(async () => (await fleet.pool.query(`SELECT 1 FROM library l LEFT JOIN library_reading r ON r.server_id = l.server_id AND r.library_vendor_id = l.vendor_id WHERE r.finished_at IS NULL`)).rowCount === 0, { timeoutMs: 30_000 });
  }, TIMEOUT_MS);
  afterAll(() => fleet?.close(), TIMEOUT_MS);

  const ask = async (query: string, variables: object = {}) => {
    const { data, errors } = await fleet.gql(query, variables as Record<string, unknown>);
    expect(errors).toBeUndefined();
    return data!;
  };
  const precheck = async (source: FleetServer, target: FleetServer, libraries: string[], more: object = {}) => {
    const { libraries: all } = await ask('query ($ids: [ID!]) { libraries(serverIds: $ids) { vendorId name } }', { ids: [source.serverId] });
    const chosen = libraries.map((name) => ({ sourceVendorId: all.find((library: { name: string }) => library.name === name).vendorId }));
    const input = { idempotencyKey: crypto.randomUUID(), sourceServerId: source.serverId, targetServerId: target.serverId, libraries: chosen, ...more };
    const { planLibrary } = await ask('mutation ($input: PlanLibraryInput!) { planLibrary(input: $input) { id } }', { input });
    return await eventually(async () => {
      const { libraryPlan } = await ask(PLAN, { id: planLibrary.id });
      return libraryPlan.state !== 'CHECKING' && libraryPlan;
    });
  };

  it('are indexed after the probe, and every film, episode and series is one title on all of them', async () => {
    const { rows } = await fleet.pool.query<{ type: string; items: number; locations: number }>(
      `SELECT l.type, count(DISTINCT l.item_id)::int AS items, count(*)::int AS locations FROM item_location l GROUP BY l.type ORDER BY l.type`,
    );
    const of = (type: string) => rows.find((row) => row.type === type)!;
    for (const type of ['movie', 'episode', 'series']) expect(of(type).locations).toBe(of(type).items * 3);
    // Nobody tells an id of this record, and its path differs: a track needs its album.
    expect(of('track').items).toBe(of('track').locations);
    const { items } = await ask('query { items(search: { text: "metropolis" }) { edges { node { title providerIds locations { serverId tier videoHeight path } } } } }');
    const { node } = items.edges[0];
    expect(new Set(node.locations.map(({ serverId }: { serverId: string }) => serverId)).size).toBe(3);
    expect(node.providerIds).toEqual(expect.arrayContaining([expect.stringMatching(/^imdb:tt\d+$/), expect.stringMatching(/^tmdb:movie:\d+$/)]));
  });

  it('are read in the fewest requests: one listing each where the vendor lists all types at once', () => {
    const pages = ({ simulator }: FleetServer, path: RegExp) => simulator.requests.filter((request) => path.test(request.path) && !/^0$/.test(request.query['limit'] ?? '') && request.query['recursive'] !== undefined);
    expect(pages(jellyfin, /^\/Items$/i).filter(({ query }) => query['startindex'] !== undefined)).toHaveLength(3);
    expect(pages(emby, /^\/emby\/Items$|^\/Items$/i).filter(({ query }) => query['startindex'] !== undefined)).toHaveLength(3);
    expect(plex.simulator.requests.filter(({ path, query }) => /sections\/\d+\/all/.test(path) && Number(query['x-plex-container-size']) > 0)).toHaveLength(5);
  });

  it('have in common what the index says', async () => {
    const { libraryOverlap } = await ask('query ($a: ID!, $b: ID!) { libraryOverlap(sourceServerId: $a, targetServerId: $b) { titles onBoth onlySource onlyTarget } }', { a: jellyfin.serverId, b: plex.serverId });
    expect(libraryOverlap.onBoth).toBeGreaterThan(20);
    expect(libraryOverlap.onBoth + libraryOverlap.onlySource).toBe(libraryOverlap.titles);
  });

  it.each([
    ['Jellyfin to Plex', () => [jellyfin, plex]],
    ['Plex to Emby', () => [plex, emby]],
    ['Emby to Jellyfin', () => [emby, jellyfin]],
  ] as const)('%s: a precheck finds path map, copies and space, and changes nothing', async (_, pair) => {
    const [source, target] = pair() as [FleetServer, FleetServer];
    const extra = fleet.servers.indexOf(source);
    source.simulator.control.addItem('Movies', { title: `Only here ${extra}`, year: 1990, providers: { Imdb: `tt009999${extra}` }, file: { sizeBytes: 7_000_000_000 } });
    const marks = [source, target].map(({ simulator }) => simulator.requests.length);
    const plan = await precheck(source, target, ['Movies', 'Shows']);
    expect(plan).toMatchObject({ state: 'READY', blockers: 0, failureCode: null });
    const [movies, shows] = plan.libraries;
    expect(movies).toMatchObject({ name: 'Movies', targetName: 'Movies', onlySource: 1, cannotMatch: 0, copyFiles: 1, copyBytes: 7_000_000_000, copyFilesOfUnknownSize: 0 });
    expect(shows).toMatchObject({ name: 'Shows', targetName: 'Shows', onlySource: 0 });
    expect(plan.pathMap).toEqual([
      expect.objectContaining({ libraryName: 'Movies', to: expect.stringMatching(/\/movies$/), verdict: 'READABLE' }),
      expect.objectContaining({ libraryName: 'Shows', to: expect.stringMatching(/\/shows$/), verdict: 'READABLE' }),
    ]);
    for (const { samplesTried, samplesFound } of plan.pathMap) expect([samplesFound, samplesTried > 0]).toEqual([samplesTried, true]);
    const tellsSpace = target === jellyfin;
    expect(plan.space[0].freeBytes === null).toBe(!tellsSpace);
    expect(plan.problems.map(({ code }: { code: string }) => code)).toEqual(tellsSpace ? [] : ['SPACE_UNKNOWN']);
    for (const [at, { simulator }] of [source, target].entries()) {
      const writes = simulator.requests.slice(marks[at]).filter(({ method, path, body }) => method !== 'GET' && !(path.endsWith('/Environment/ValidatePath') && !/"ValidateWrite?able":true/i.test(body)));
      expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    }
  });

  it('a folder that the target does not see blocks', async () => {
    const movies = jellyfin.simulator.control.state.catalogue.libraries[0]!.folders[0]!;
    jellyfin.simulator.control.disk.hide(movies);
    const plan = await precheck(emby, jellyfin, ['Movies']);
    expect(plan.problems.map(({ code }: { code: string }) => code)).toEqual(expect.arrayContaining(['PATH_UNREADABLE', 'SAMPLES_MISSING']));
    expect(plan.blockers).toBe(1);
  });
});
