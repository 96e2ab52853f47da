import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Stack, startEmby, startJellyfin, type Simulator } from '@usher/testing';
import { Cli } from '../cli.js';
import { Operator } from '../operator.js';

const SLOW = { timeoutMs: 60_000, everyMs: 250 };
const GB = 1_000_000_000;
const EXTRA = { title: 'Found in the Cellar', year: 1931, providers: { Imdb: 'tt0099999' }, file: { sizeBytes: 7 * GB } };

interface Plan {
  readonly id: string;
  readonly rev: number;
  readonly state: string;
  readonly blockers: number;
  readonly warnings: number;
  readonly libraries: { name: string; targetName: string | null; titles: number; sameFile: number; onlySource: number; copyFiles: number; copyBytes: number }[];
  readonly pathMap: { from: string; to: string | null; origin: string; verdict: string; samplesTried: number; samplesFound: number }[];
  readonly space: { freeBytes: number | null; neededBytes: number; copyBytes: number }[];
  readonly problems: { severity: string; code: string; next: string }[];
  readonly watchers: { userName: string; targetUserName: string | null; isWatching: boolean; watched: number; begun: number; after: number }[];
}
const PLAN = `id rev state blockers warnings libraries { name targetName titles sameFile onlySource copyFiles copyBytes } pathMap { from to origin verdict samplesTried samplesFound }
  space { freeBytes neededBytes copyBytes } problems { severity code next } watchers { userName targetUserName isWatching watched begun after }`;

describe('the precheck of a library', () => {
  let stack: Stack;
  let sam: Operator;
  let cli: Cli;
  let simulators: Record<'attic' | 'cabin' | 'office', Simulator>;
  const ids: Record<string, string> = {};
  /** How many requests each server had got before the first precheck. */
  const marks: Record<string, number> = {};

  const codes = ({ problems }: Plan) => problems.map(({ severity, code }) => `${severity} ${code}`).sort();
  const folder = (alias: keyof typeof simulators, library: string) => simulators[alias].control.state.catalogue.libraries.find(({ name }) => name === library)!.folders[0]!;
  const checked = (id: string): Promise<Plan> =>
    eventually(async () => {
      const { libraryPlan } = await sam.ask<{ libraryPlan: Plan }>(`query ($id: ID!) { libraryPlan(id: $id) { ${PLAN} } }`, { id });
      return libraryPlan.state !== 'CHECKING' && libraryPlan;
    }, SLOW);
  const precheck = async (target: string, libraries: readonly string[]): Promise<Plan> => {
    const { libraries: all } = await sam.ask<{ libraries: { vendorId: string; name: string }[] }>('query ($ids: [ID!]) { libraries(serverIds: $ids) { vendorId name } }', { ids: [ids['attic']] });
    const chosen = all.filter(({ name }) => libraries.includes(name)).map(({ vendorId }) => ({ sourceVendorId: vendorId }));
    const input = { idempotencyKey: crypto.randomUUID(), sourceServerId: ids['attic'], targetServerId: ids[target], libraries: chosen };
    const { planLibrary } = await sam.ask<{ planLibrary: { id: string } }>('mutation ($input: PlanLibraryInput!) { planLibrary(input: $input) { id } }', { input });
    return checked(planLibrary.id);
  };

  beforeAll(async () => {
    const [made, attic, cabin, office] = await Promise.all([
      Stack.start({ mode: 'all-in-one' }),
      startJellyfin({ name: 'Attic' }),
      startJellyfin({ name: 'Cabin', users: [{ name: 'Marlow', isAdministrator: true }, { name: 'nell' }] }),
      startEmby({ name: 'Office' }),
    ]);
    stack = made;
    simulators = { attic, cabin, office };
    attic.control.addItem('Movies', EXTRA);
    cabin.control.disk.freeBytes = 900 * GB;
    sam = await Operator.first(stack);
    cli = await Cli.make({ USHER_URL: stack.url, USHER_TOKEN: sam.token! });
    for (const [slug, simulator] of Object.entries(simulators)) ids[slug] = await sam.register(simulator, simulator.control.state.name, { poll: { sessionsS: 5 } });
    for (const id of Object.values(ids)) await sam.untilState(id, 'ONLINE');
    const seen = attic.control.startPlayback({ user: 'Otis', item: 'Metropolis', positionMs: 152 * 60_000 });
    attic.control.startPlayback({ user: 'Nell', item: EXTRA.title, positionMs: 600_000 });
    await eventually(async () => expect(await sam.ledger()).toHaveLength(2), SLOW);
    seen.leave();
    await eventually(async () => expect((await sam.ledger()).filter(({ endedAt }) => endedAt !== null)).toHaveLength(1), SLOW);
  }, 180_000);

  afterAll(async () => {
    await cli?.close();
    await Promise.all(Object.values(simulators ?? {}).map((simulator) => simulator.close()));
    await stack?.close();
  });

  it('begins with items that were read after the probe, each title once for all servers', async () => {
    await eventually(async () => {
      const libraries = await cli.json<{ server: string; readAt: string | null }[]>(['libraries', 'list']);
      expect([libraries.length, libraries.filter(({ readAt }) => readAt === null)]).toEqual([9, []]);
    }, SLOW);
    const both = await cli.json<{ itemKey: string; servers: string }[]>(['items', 'search', 'nosferatu']);
    expect(both.map(({ servers }) => servers.split(' ').sort())).toEqual([['attic', 'cabin', 'office']]);
    expect(await cli.json(['items', 'search', 'imdb:tt0099999'])).toMatchObject([{ title: EXTRA.title, servers: 'attic' }]);
    expect(await cli.json(['libraries', 'overlap', 'attic', 'cabin'])).toMatchObject({ libraries: expect.arrayContaining([expect.objectContaining({ libraryName: 'Movies', titles: 9, onBoth: 8, onlySource: 1 })]) });
    for (const [slug, simulator] of Object.entries(simulators)) marks[slug] = simulator.requests.length;
  });

  it('suggests the path map and tells copies, free space and who watches what', async () => {
    const plan = await precheck('cabin', ['Movies', 'Shows']);
    expect(plan).toMatchObject({ state: 'READY', rev: 1, blockers: 0 });
    expect(plan.libraries).toMatchObject([
      { name: 'Movies', targetName: 'Movies', titles: 9, sameFile: 8, onlySource: 1, copyFiles: 1, copyBytes: 7 * GB },
      { name: 'Shows', targetName: 'Shows', onlySource: 0, copyFiles: 0, copyBytes: 0 },
    ]);
    expect(plan.pathMap).toMatchObject([
      { from: folder('attic', 'Movies'), to: folder('cabin', 'Movies'), origin: 'SUGGESTED', verdict: 'READABLE' },
      { from: folder('attic', 'Shows'), to: folder('cabin', 'Shows'), origin: 'SUGGESTED', verdict: 'READABLE' },
    ]);
    for (const { samplesTried, samplesFound } of plan.pathMap) expect([samplesFound, samplesTried > 0]).toEqual([samplesTried, true]);
    expect(plan.space).toMatchObject([{ freeBytes: 900 * GB, copyBytes: 7 * GB, neededBytes: 7.7 * GB + 5 * 2 ** 30 }]);
    expect(plan.watchers).toMatchObject([
      { userName: 'Nell', targetUserName: 'nell', isWatching: true, watched: 0, begun: 1, after: 1 },
      { userName: 'Otis', targetUserName: null, isWatching: false, watched: 1, begun: 0, after: 1 },
    ]);
    expect(codes(plan)).toContain('WARNING USER_MISSING');
  });

  it('checks again with the map that a person gives, and names what is unreadable', async () => {
    const plan = await precheck('cabin', ['Movies']);
    const wrong = { input: { planId: plan.id, rev: plan.rev, rows: [{ from: folder('attic', 'Movies'), to: '/media/elsewhere' }] } };
    const update = 'mutation ($input: UpdatePathMapInput!) { updatePathMap(input: $input) { id } }';
    await sam.ask(update, wrong);
    const unreadable = await checked(plan.id);
    expect(unreadable).toMatchObject({ rev: 2, pathMap: [{ to: '/media/elsewhere', origin: 'GIVEN', verdict: 'UNREADABLE', samplesFound: 0 }] });
    expect(codes(unreadable)).toEqual(expect.arrayContaining(['BLOCKER PATH_UNREADABLE', 'WARNING SAMPLES_MISSING']));
    for (const { next } of unreadable.problems) expect(next).not.toBe('');
    await expect(sam.ask(update, wrong)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });

    const path = `${folder('attic', 'Movies')}=${folder('cabin', 'Movies')}`;
    const mended = await cli.json<Plan>(['libraries', 'plan', plan.id, '--path', path]);
    expect(mended).toMatchObject({ rev: 3, blockers: 0, pathMap: [{ origin: 'GIVEN', verdict: 'READABLE' }] });
    const shown = await cli.run(['libraries', 'plan', plan.id]);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was changed.') });
  });

  it('blocks where space is short or a folder is not mounted, and says so with its exit code', async () => {
    const { disk } = simulators.cabin.control;
    disk.freeBytes = 8 * GB;
    disk.hide(folder('cabin', 'Shows'));
    const blocked = await cli.run(['libraries', 'precheck', 'attic', 'cabin', '--library', 'Movies', 'Shows', '-o', 'json']);
    const plan = JSON.parse(blocked.out) as Plan;
    expect([blocked.code, plan.blockers]).toEqual([1, 2]);
    expect(codes(plan)).toEqual(expect.arrayContaining(['BLOCKER PATH_UNREADABLE', 'BLOCKER SPACE_SHORT']));
    expect(plan.pathMap.map(({ verdict }) => verdict)).toEqual(['READABLE', 'UNREADABLE']);
  });

  it('says that free space is unknown where the vendor does not tell it', async () => {
    const plan = await cli.json<Plan>(['libraries', 'precheck', 'attic', 'office', '--library', 'Movies']);
    expect(plan).toMatchObject({ blockers: 0, libraries: [{ copyFiles: 1, copyBytes: 7 * GB }], space: [{ freeBytes: null, copyBytes: 7 * GB }] });
    expect(codes(plan)).toContain('WARNING SPACE_UNKNOWN');
  });

  it('changed nothing on any server', () => {
    for (const [slug, simulator] of Object.entries(simulators)) {
      // Asking whether a path can be read is a POST; it could also try to write, and does not.
      const asks = (path: string, body: string) => path.endsWith('/Environment/ValidatePath') && !/"ValidateWrite?able":true/i.test(body);
      const writes = simulator.requests.slice(marks[slug]).filter(({ method, path, body }) => method !== 'GET' && !asks(path, body));
      expect(writes.map(({ method, path }) => `${slug}: ${method} ${path}`)).toEqual([]);
      expect(simulator.control.state.tasks.ordered).toEqual([]);
    }
  });
});
