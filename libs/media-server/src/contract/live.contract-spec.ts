import { afterEach, describe, expect, it } from '@jest/globals';
import { startJellyfin, type Simulator } from '@usher/testing';
import { BEHAVIORS } from '../behaviors/suite.js';
import { liveConfig } from '../config.js';
import { tableOf } from '../live/report.js';
import { configOf, environmentOf, lookAt, namesOn, PRIVATE_WORDS, runLive, USERS, VERSIONS } from './live-bench.js';

let simulator: Simulator;
afterEach(() => simulator?.close());

/** Requests that look like writing and are none. */
const READING_POSTS = /\/(switch|ValidatePath)$/;
const changes = (): string[] => simulator.requests.filter(({ method, path }) => method !== 'GET' && !READING_POSTS.test(path)).map(({ method, path }) => `${method} ${path}`);

describe('the suite', () => {
  it('has one name for each behavior', () => {
    expect(new Set(BEHAVIORS.map(({ name }) => name)).size).toBe(BEHAVIORS.length);
  });
});

describe.each(VERSIONS)('a live run at a simulated %s', (_name, start) => {
  it('only reads without --write, and tells what was not tried and why', async () => {
    simulator = await start();
    const report = await runLive(configOf(simulator));
    expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(changes()).toEqual([]);
    expect(report.results.map(({ name }) => name)).toEqual(BEHAVIORS.map(({ name }) => name));
    for (const { outcome, detail } of report.results) expect(detail === '').toBe(outcome !== 'not tried');
    expect(report.counts.passed).toBeGreaterThan(50);
    for (const word of [...PRIVATE_WORDS, simulator.adminKey]) expect(`${tableOf(report)}${JSON.stringify(report)}`).not.toContain(word);
  });

  it('leaves nothing behind with --write, and touches nobody else', async () => {
    simulator = await start();
    simulator.control.disk.add('/media/empty');
    const { state } = simulator.control;
    const before = await namesOn(simulator);
    const stores = () => USERS.map(({ name }) => [name, simulator.control.statesOf(name), structuredClone(state.users.find((user) => user.name === name)?.policy), state.users.find((user) => user.name === name)?.password]);
    const untouched = stores();
    const report = await runLive(configOf(simulator, ['--write', '--library-path', '/media/empty']));
    expect(report.results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(report.results.find(({ name }) => name === 'everything that was made is removed')).toMatchObject({ outcome: 'passed' });
    expect(await namesOn(simulator)).toEqual(before);
    expect(stores()).toEqual(untouched);
    expect(changes().length).toBeGreaterThan(10);
    expect(state.tasks.startedByHand).toEqual([]);
    // orders to what is not there are refused by the server; those that change something for everybody are not even sent
    expect(changes().filter((each) => /Restart|Devices|Backup|\/butler\/(?!f{32}$)/.test(each))).toEqual([]);
    for (const text of [tableOf(report), JSON.stringify(report)]) {
      for (const word of [...PRIVATE_WORDS, simulator.adminKey]) expect(text).not.toContain(word);
    }
  });
});

describe('a live run', () => {
  it('removes what a killed one left, and tells of it before it may', async () => {
    simulator = await startJellyfin({ users: USERS });
    const server = await lookAt(simulator);
    const left = await server.users.create('usher-live-0a1b2c3d');
    await server.users.applyPolicy(left.vendorId, { libraries: 'all' });
    const films = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
    const [film] = (await server.libraries.items(films.vendorId, { start: 0, limit: 1 }, { withFiles: false })).items;
    await server.playlists.ensure(left.vendorId, { name: 'usher-live-0a1b2c3d Evening', itemIds: [film!.vendorId] });
    await server.collections.ensure(films.vendorId, { name: 'usher-live-0a1b2c3d Trains', itemIds: [film!.vendorId] });
    await server.users.create('usher-live-of-somebody');
    await server.close();
    const reading = await runLive(configOf(simulator));
    expect(reading.left).toMatchObject({ accounts: 1, playlists: 1, collections: 1, libraries: 0 });
    expect(tableOf(reading)).toContain('an earlier run left 1 playlists and 1 collections and 1 accounts; run again with --write');
    const writing = await runLive(configOf(simulator, ['--write']));
    expect(writing.removedBefore).toMatchObject({ accounts: 1, playlists: 1, collections: 1 });
    // what only looks alike belongs to somebody
    expect((await namesOn(simulator)).filter((name) => name.startsWith('usher-live'))).toEqual(['usher-live-of-somebody']);
  });

  it('removes what it made when it is interrupted, and says so', async () => {
    simulator = await startJellyfin({ users: USERS });
    const before = await namesOn(simulator);
    const stopping = new AbortController();
    const report = await runLive(configOf(simulator, ['--write']), {
      signal: stopping.signal,
      onProgress: (_done, _total, next) => {
        if (/^playlists.ensure\(\) twice/.test(next)) stopping.abort();
      },
    });
    expect(report.interrupted).toBe(true);
    expect(report.results.length).toBeLessThan(BEHAVIORS.length);
    expect(report.removedAfter).toMatchObject({ accounts: expect.any(Number), playlists: expect.any(Number) });
    expect(report.removedAfter!.playlists).toBeGreaterThan(0);
    expect(await namesOn(simulator)).toEqual(before);
    expect(tableOf(report)).toContain('interrupted');
  });

  it('removes what it made when behaviors fail, and names places instead of values', async () => {
    simulator = await startJellyfin({ users: USERS });
    const before = await namesOn(simulator);
    // a server that takes a policy and keeps another
    await simulator.control.setFault({ kind: 'rewrite', rewrite: (answer) => ({ ...answer, body: answer.body.replaceAll('"EnableContentDownloading":false', '"EnableContentDownloading":true') }) }, { path: /\/Users\// });
    const report = await runLive(configOf(simulator, ['--write']));
    const failed = report.results.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ name }) => name)).toContain('users.applyPolicy() changes what is named, and nothing else');
    expect(failed[0]!.detail).toMatch(/^toEqual at downloads \(accounts\.ts:\d+\)$/);
    await simulator.control.clearFault();
    expect(await namesOn(simulator)).toEqual(before);
  });

  it('says what it could not remove', async () => {
    simulator = await startJellyfin({ users: USERS });
    await simulator.control.setFault({ kind: 'status', status: 500 }, { path: /^\/Users\/[0-9a-f]{32}$/, methods: ['DELETE'] });
    const report = await runLive(configOf(simulator, ['--write']));
    expect(report.results.at(-1)).toMatchObject({ name: 'everything that was made is removed', outcome: 'failed', detail: expect.stringContaining('accounts: VENDOR_ANSWER_INVALID') });
    expect(report.left.accounts).toBeGreaterThan(0);
    expect(tableOf(report)).toContain('could not be removed: accounts: VENDOR_ANSWER_INVALID');
  });

  it('reports what it can when the server goes away in the middle', async () => {
    simulator = await startJellyfin({ users: USERS });
    const stopping = new AbortController();
    const report = await runLive(configOf(simulator, ['--write']), {
      signal: stopping.signal,
      onProgress: (_done, _total, next) => {
        if (!/^playlists.remove\(\)/.test(next)) return;
        void simulator.control.setFault({ kind: 'refuse' });
        stopping.abort();
      },
    });
    expect(report.results.at(-1)).toMatchObject({ outcome: 'failed', detail: 'left: not known, connection: SERVER_UNREACHABLE refused, connection: SERVER_UNREACHABLE refused' });
    expect(tableOf(report)).toContain('could not be removed: connection: SERVER_UNREACHABLE');
  });

  it('tries nothing that needs an account when none can be made', async () => {
    simulator = await startJellyfin({ users: USERS });
    await simulator.control.setFault({ kind: 'status', status: 500 }, { path: /^\/Users\/New$/ });
    const report = await runLive(configOf(simulator, ['--write']));
    expect(report.results[0]).toMatchObject({ name: 'an account for this run is made', outcome: 'failed' });
    expect(report.results.find(({ name }) => name === 'users.setEnabled() locks an account out and lets it in again')).toMatchObject({ outcome: 'not tried', detail: 'the account of this run could not be made' });
  });

  it('tells what a server has nothing of', async () => {
    simulator = await startJellyfin({ users: [USERS[0]!, { name: 'Nell', isDisabled: true }], libraries: [] });
    const report = await runLive(configOf(simulator));
    expect(report.counts.failed).toBe(0);
    expect(report.results.find(({ name }) => name === 'users.list() tells administrators from others')).toMatchObject({ outcome: 'not tried', detail: 'the server has no enabled account but administrators' });
    expect(report.results.find(({ name }) => name === 'libraries.items() beyond the end is empty')).toMatchObject({ outcome: 'not tried', detail: 'the server has no library of movies with titles' });
  });
});

describe('a server that cannot be used', () => {
  it('is told apart, each with what to do next', async () => {
    simulator = await startJellyfin({ users: USERS });
    const [config, url] = [configOf(simulator), simulator.url];
    await expect(runLive({ ...config, key: 'nobody' })).rejects.toMatchObject({ name: 'NotUsable', next: expect.stringContaining('USHER_LIVE_JELLYFIN_KEY') });
    await expect(runLive({ ...config, kind: 'plex' })).rejects.toMatchObject({ message: 'This is Jellyfin, not Plex.', next: expect.stringContaining('npm run test:live -- jellyfin') });
    await expect(runLive({ ...config, url: 'nonsense' })).rejects.toMatchObject({ name: 'NotUsable', next: 'correct USHER_LIVE_JELLYFIN_URL' });
    await expect(runLive({ ...config, write: true, libraryPath: '/not/there' })).rejects.toMatchObject({ name: 'NotUsable', next: expect.stringContaining('empty folder') });
    expect(changes()).toEqual([]);
    await simulator.close();
    await expect(runLive({ ...config, url })).rejects.toMatchObject({ name: 'NotUsable', next: expect.stringContaining('USHER_LIVE_JELLYFIN_URL') });
  });
});

describe('liveConfig', () => {
  const env = { USHER_LIVE_PLEX_URL: 'http://127.0.0.1', USHER_LIVE_PLEX_KEY: 'k', INIT_CWD: '/tmp' };

  it('reads a whole call', () => {
    expect(liveConfig(['plex', '--write', '--library-path', '/media/empty', '--json', 'report.json'], env)).toEqual({
      kind: 'plex', url: 'http://127.0.0.1', key: 'k', plexTvUrl: 'https://plex.tv', write: true, libraryPath: '/media/empty', jsonFile: '/tmp/report.json',
    });
    expect(liveConfig(['plex'], env)).toMatchObject({ write: false, libraryPath: null, jsonFile: null });
  });

  it('says in a sentence what is wrong, and what to do next', () => {
    for (const args of [[], ['kodi'], ['plex', 'emby'], ['plex', '--wirte'], ['plex', '--json']]) expect(liveConfig(args, env)).toMatchObject({ problem: expect.any(String), next: expect.stringMatching(/^npm run test:live -- emby\|jellyfin\|plex/) });
    expect(liveConfig(['plex', '--library-path', '/media/empty'], env)).toMatchObject({ problem: 'A library is made only when writing is allowed.' });
    expect(liveConfig(['plex'], { USHER_LIVE_PLEX_URL: 'http://127.0.0.1' })).toMatchObject({ problem: 'USHER_LIVE_PLEX_KEY is not set.', next: expect.stringContaining('export USHER_LIVE_PLEX_URL=') });
    expect(liveConfig(['emby'], env)).toMatchObject({ problem: 'USHER_LIVE_EMBY_URL and USHER_LIVE_EMBY_KEY are not set.' });
  });

  it('reads what a simulator is reached by', async () => {
    simulator = await startJellyfin();
    expect(liveConfig(['jellyfin'], environmentOf(simulator))).toMatchObject({ url: simulator.url, key: simulator.adminKey });
  });
});
