import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, uuidv7, type MediaItem } from '@usher/contracts';
import type { LibraryPlanObject } from '../src/libraries/plan/library-plan.graphql.js';
import { LibraryPlansService } from '../src/libraries/plan/library-plans.service.js';
import { PlanRunner } from '../src/libraries/plan/plan-runner.service.js';
import { ItemServer, mediaItem } from './items-fixture.js';
import { actorOf, eventually, LiveFleet, type TestController } from './live-harness.js';

const operator = actorOf('operator');
const GIB = 2 ** 30;
const film = (vendorId: string, title: string, root: string, change: Partial<MediaItem> = {}) =>
  mediaItem(vendorId, { title, guids: [`Tmdb://${[...title].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1_000_000}`], files: [{ path: `${root}/${title}/${title}.mkv`, sizeBytes: 10 * GIB }], ...change });

describe('a precheck', () => {
  let fleet: LiveFleet;
  let controller: TestController;
  let source: ItemServer;
  let target: ItemServer;

  beforeAll(async () => {
    fleet = await LiveFleet.start();
    controller = await fleet.addController();
    source = await ItemServer.add(fleet, 'Seedbox');
    target = await ItemServer.add(fleet, 'Attic');
  });
  afterAll(() => fleet?.close());
  beforeEach(async () => {
    for (const table of ['item', 'library_reading', 'library', 'library_plan', 'playback', 'media_user']) await fleet.pool.query(`DELETE FROM ${table}`);
    for (const server of [source, target]) {
      server.libraries.length = 0;
      server.seen.clear();
      server.freeBytes = 1_000 * GIB;
      server.beforePage = () => Promise.resolve();
    }
  });

  const service = () => controller.app.get(LibraryPlansService);
  const begin = (more: object = {}) =>
    service().plan(operator, { idempotencyKey: uuidv7(), sourceServerId: source.id, targetServerId: target.id, libraries: [{ sourceVendorId: 'Movies' }], ...more });
  const finished = async (id: string, rev = 1): Promise<LibraryPlanObject> => {
    let plan = await service().find(operator, id);
    await eventually(async () => {
      plan = await service().find(operator, id);
      expect([plan.state, plan.rev]).toEqual([plan.state === 'failed' ? 'failed' : 'ready', rev]);
    });
    return plan;
  };
  const precheck = async (more: object = {}) => finished((await begin(more)).id);
  const codes = ({ problems }: LibraryPlanObject) => problems.map(({ severity, code }) => `${severity} ${code}`).sort();
  const standard = async () => {
    await source.addLibrary('Movies', 'movies', ['/srv/films'], ['Alien', 'Heat', 'Ran', 'Up'].map((title, at) => film(`s${at}`, title, '/srv/films')));
    await target.addLibrary('Films', 'movies', ['/data/movies'], ['Alien', 'Heat'].map((title, at) => film(`t${at}`, title, '/data/movies')));
  };
  const addPlayback = (userName: string, itemId: string, share: number, open = false) =>
    fleet.pool.query(
      `INSERT INTO playback (id, server_id, session_vendor_id, user_name, network, item_id, item_type, title, started_at, ended_at, position_ms, duration_ms, delivery)
       VALUES ($1, $2, 's', $3, 'lan', $4, 'movie', 'A Film', now(), $5, $6, 1000, 'direct-play')`,
      [uuidv7(), source.id, userName, itemId, open ? null : new Date(), Math.round(share * 1000)],
    );
  const addUser = (server: ItemServer, name: string) =>
    fleet.pool.query(`INSERT INTO media_user (server_id, vendor_id, name, is_administrator, enabled, read_at) VALUES ($1, $2, $2, false, true, now())`, [server.id, name]);

  it('finds the path map, what both have, what would be copied and that nothing is in the way', async () => {
    await standard();
    const plan = await precheck();
    expect(plan).toMatchObject({ state: 'ready', rev: 1, blockers: 0, warnings: 0, isStale: false, createdBy: 'operator', progress: null });
    expect(plan.libraries).toEqual([
      { sourceVendorId: 'Movies', name: 'Movies', type: 'movies', targetVendorId: 'Films', targetName: 'Films', titles: 4, sameFile: 2, otherVersion: 0, onlySource: 2, cannotMatch: 0, copyFiles: 2, copyBytes: 20 * GIB, copyFilesOfUnknownSize: 0 },
    ]);
    expect(plan.pathMap).toEqual([
      { libraryVendorId: 'Movies', libraryName: 'Movies', from: '/srv/films', to: '/data/movies', origin: 'suggested', note: '2 titles that both have end alike', verdict: 'readable', samplesTried: 2, samplesFound: 2, samplesMissing: [] },
    ]);
    expect(plan.space).toEqual([{ path: '/data/movies', freeBytes: 1_000 * GIB, usedBytes: 5e11, copyBytes: 20 * GIB, neededBytes: 27 * GIB, freeAfterBytes: 980 * GIB }]);
    expect(plan.overlap?.tiers).toEqual(['A', 'B', 'C', 'D', 'E', 'X'].map((tier) => ({ tier, count: tier === 'A' ? 2 : 0 })));
    expect(plan.fine).toContain('path map');
    expect(plan.expiresAt.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  it('asks the target for nothing that writes, and the source for sizes of what is missing only', async () => {
    await standard();
    source.asked.length = 0;
    await precheck();
    expect(source.asked.filter(({ withFiles }) => withFiles).map(({ of }) => of.itemVendorIds)).toEqual([['s2', 's3']]);
    const ops = await fleet.pool.query('SELECT op FROM command_outbox');
    expect(ops.rows).toEqual([]);
  });

  it('tells every problem with its next action', async () => {
    await source.addLibrary('Movies', 'movies', ['/srv/films', '/srv/old'], [
      film('s0', 'Alien', '/srv/films'),
      film('s1', 'heat', '/srv/films', { files: [{ path: '/srv/films/Heat.mkv', sizeBytes: 600 * GIB }, { path: '/srv/films/heat.mkv', sizeBytes: null }] }),
      film('s2', 'Ran', '/srv/old'),
      mediaItem('s3', { title: 'Twins', guids: ['Tmdb://5', 'Imdb://tt0000005'], files: [{ path: '/srv/films/Twins/Twins.mkv', sizeBytes: 1 }] }),
      film('s4', 'Up', '/srv/films', { durationMs: 5_000_000, files: [{ path: '/srv/films/Up/Up.mkv', sizeBytes: 1 }] }),
      mediaItem('s5', { title: 'Home video', guids: [], files: [{ path: '/srv/films/Home/v.mkv', sizeBytes: 1 }] }),
    ]);
    await target.addLibrary('Films', 'movies', ['/data/movies'], [
      film('t0', 'Alien', '/data/movies', { files: [{ path: '/data/movies/Alien/Alien.mkv', sizeBytes: 1 }] }),
      mediaItem('t3', { title: 'Twins', guids: ['Tmdb://6', 'Imdb://tt0000005'], year: 1950, files: [{ path: '/data/movies/T/T.mkv', sizeBytes: 1 }], durationMs: 1 }),
      film('t4', 'Up', '/data/movies', { durationMs: 6_000_000, videoHeight: 480 }),
      mediaItem('t5', { title: 'home video', guids: [], files: [{ path: '/data/movies/x.mkv', sizeBytes: 1 }] }),
    ]);
    target.freeBytes = 100 * GIB;
    target.seen.delete('/data/movies/Up/Up.mkv');
    await addPlayback('Hugo', 's0', 1);
    const plan = await precheck();
    expect(codes(plan)).toEqual([
      'blocker FILES_NOT_MAPPED',
      'blocker PATH_NOT_MAPPED',
      'blocker SPACE_SHORT',
      'information OTHER_VERSIONS',
      'warning CANNOT_MATCH',
      'warning NAMES_DIFFER_IN_CASE',
      'warning SAMPLES_MISSING',
      'warning SIZES_UNKNOWN',
      'warning USER_MISSING',
      'warning WEAK_MATCHES',
    ]);
    expect(plan).toMatchObject({ blockers: 3, warnings: 6 });
    for (const problem of plan.problems) for (const words of [problem.title, problem.why, problem.next]) expect(words.length).toBeGreaterThan(5);
    expect(new Set(plan.problems.map(({ id }) => id)).size).toBe(plan.problems.length);
    expect(plan.problems.map(({ severity }) => severity)).toEqual([...plan.problems.map(({ severity }) => severity)].sort((a, b) => 'bwi'.indexOf(a[0]!) - 'bwi'.indexOf(b[0]!)));
    expect(plan.matchesToReview.map(({ tier, sourceTitle, targetTitle }) => [tier, sourceTitle, targetTitle])).toEqual([['X', 'Twins', 'Twins'], ['E', 'Home video', 'home video']]);
  });

  it('checks again with the map that a person gives, and refuses an older revision', async () => {
    await standard();
    const { id } = await begin();
    await finished(id);
    await service().updatePathMap(operator, { planId: id, rev: 1, rows: [{ from: '/srv/films', to: '/data/elsewhere' }] });
    const plan = await finished(id, 2);
    expect(codes(plan)).toEqual(['blocker PATH_UNREADABLE', 'warning SAMPLES_MISSING', 'warning SPACE_UNKNOWN']);
    expect(plan.pathMap[0]).toMatchObject({ origin: 'given', to: '/data/elsewhere', verdict: 'unreadable', samplesTried: 2, samplesFound: 0 });
    await expect(service().updatePathMap(operator, { planId: id, rev: 1, rows: [] })).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'input.rev', rev: 2 } });
    await service().updatePathMap(operator, { planId: id, rev: 2, rows: [] });
    expect(codes(await finished(id, 3))).toEqual(['blocker FILES_NOT_MAPPED', 'blocker PATH_NOT_MAPPED']);
  });

  it('says that free space is unknown where the target does not tell it', async () => {
    await standard();
    target.freeBytes = null;
    const plan = await precheck();
    expect(codes(plan)).toEqual(['warning SPACE_UNKNOWN']);
    expect(plan.space).toMatchObject([{ freeBytes: null, freeAfterBytes: null, neededBytes: 27 * GIB }]);
  });

  it('tells who watches what and what they would keep', async () => {
    await standard();
    await addUser(target, 'mia');
    await addPlayback('Mia', 's0', 0.95);
    await addPlayback('Mia', 's0', 0.2);
    await addPlayback('Mia', 's2', 0.5, true);
    await addPlayback('Mia', 'elsewhere', 1);
    await addPlayback('Otto', 's1', 1);
    const plan = await precheck();
    expect(plan.watchers).toEqual([
      { userName: 'Mia', targetUserName: 'mia', lastTitle: 'A Film', isWatching: true, watched: 1, begun: 1, kept: 1, after: 2, missing: 0 },
      { userName: 'Otto', targetUserName: null, lastTitle: 'A Film', isWatching: false, watched: 1, begun: 0, kept: 1, after: 1, missing: 0 },
    ]);
    expect(codes(plan)).toEqual(['warning USER_MISSING']);
  });

  it('compares what the index has when a server does not answer, and blocks', async () => {
    await standard();
    await precheck();
    source.beforePage = () => Promise.reject(new AppError('SERVER_UNREACHABLE', 'Nobody answers.'));
    const plan = await precheck();
    expect(codes(plan)).toEqual(['blocker SERVER_UNREACHABLE', 'blocker SERVER_UNREACHABLE']);
    expect(plan.overlap).toMatchObject({ titles: 4, onlySource: 2 });
  });

  it('ends with a failure when an agent breaks', async () => {
    await standard();
    source.beforePage = () => Promise.reject(new Error('a bug'));
    expect(await precheck()).toMatchObject({ state: 'failed', failureCode: 'INTERNAL', libraries: [], overlap: null });
  });

  it('blocks a read-only target and a library of another type', async () => {
    await standard();
    await target.addLibrary('Shows', 'shows', ['/data/tv'], []);
    await fleet.pool.query('UPDATE server SET read_only = true WHERE id = $1', [target.id]);
    const plan = await precheck({ libraries: [{ sourceVendorId: 'Movies', targetVendorId: 'Shows' }] });
    expect(codes(plan)).toEqual(expect.arrayContaining(['blocker SERVER_READ_ONLY', 'blocker LIBRARY_TYPE_DIFFERS']));
    await fleet.pool.query('UPDATE server SET read_only = false WHERE id = $1', [target.id]);
  });

  it('shows how far it is while it runs', async () => {
    await standard();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    source.beforePage = () => held;
    const { id } = await begin();
    await eventually(async () => expect(await service().find(operator, id)).toMatchObject({ state: 'checking', progress: { step: 'read-source', stepNumber: 1, steps: 6 } }));
    release();
    await finished(id);
  });

  it('is stale when a library changed', async () => {
    await standard();
    const { id } = await precheck();
    target.items.get('Films')!.push(film('t9', 'Brazil', '/data/movies'));
    await target.save('Films');
    expect(await service().find(operator, id)).toMatchObject({ state: 'ready', isStale: true });
  });

  it('is taken up by another process when its own one died', async () => {
    await standard();
    const { id } = await precheck();
    await fleet.pool.query(`UPDATE library_plan SET state = 'checking', holder = $2, beat_at = now() WHERE id = $1`, [id, uuidv7()]);
    await controller.app.get(PlanRunner).takeUp();
    expect(await service().find(operator, id)).toMatchObject({ state: 'checking' });
    await fleet.pool.query(`UPDATE library_plan SET beat_at = now() - interval '61 seconds' WHERE id = $1`, [id]);
    await controller.app.get(PlanRunner).takeUp();
    await finished(id);
  });

  it('fails with a reason when a server leaves, and is forgotten when it expires', async () => {
    await standard();
    const { id } = await begin();
    await finished(id);
    await fleet.pool.query(`UPDATE library_plan SET state = 'checking', holder = NULL WHERE id = $1`, [id]);
    await fleet.pool.query('DELETE FROM library WHERE server_id = $1', [source.id]);
    controller.app.get(PlanRunner).begin(id);
    expect(await finished(id)).toMatchObject({ state: 'failed', failureCode: 'NOT_FOUND', failureNext: expect.any(String) });
    await fleet.pool.query(`UPDATE library_plan SET expires_at = now() WHERE id = $1`, [id]);
    await expect(service().find(operator, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await controller.app.get(PlanRunner).takeUp();
    expect((await fleet.pool.query('SELECT 1 FROM library_plan')).rowCount).toBe(0);
  });

  it('is made once for one idempotency key', async () => {
    await standard();
    const idempotencyKey = uuidv7();
    const [one, two] = [await begin({ idempotencyKey }), await begin({ idempotencyKey })];
    expect(two.id).toBe(one.id);
    await expect(begin({ idempotencyKey, libraries: [{ sourceVendorId: 'Movies', targetVendorId: 'Films' }] })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    const audit = await fleet.pool.query(`SELECT payload FROM audit_event WHERE action = 'library.planned' AND payload->>'planId' = $1`, [one.id]);
    expect(audit.rows).toHaveLength(1);
    await finished(one.id);
  });
});
