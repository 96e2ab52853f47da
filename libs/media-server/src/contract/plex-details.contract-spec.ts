import { afterEach, describe, expect, it } from '@jest/globals';
import { startPlex, type PlexOptions, type Simulator } from '@usher/testing';
import type { MediaServer } from '../media-server.js';
import { benchOf } from './simulator-bench.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: PlexOptions = {}): Promise<{ server: MediaServer; simulator: Simulator; calls: (from: number) => string[] }> {
  const simulator = await startPlex(options);
  const { server } = benchOf(simulator);
  closing.push(() => simulator.close(), () => server.close());
  await server.probe();
  return { server, simulator, calls: (from) => simulator.requests.slice(from).map(({ method, path }) => `${method} ${path.replaceAll(/\d{2,}/g, '{n}')}`) };
}

const PEOPLE = [{ name: 'Marlow', isAdministrator: true }, { name: 'Nell', plex: { kind: 'home' as const } }, { name: 'Otis', plex: { kind: 'pin' as const } }];
const userNamed = async (server: MediaServer, name: string) => (await server.users.list()).find((user) => user.name === name)!.vendorId;
const filmsOf = async (server: MediaServer) => {
  const { vendorId } = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
  return { vendorId, ids: (await server.libraries.items(vendorId, { start: 0, limit: 8 }, { withFiles: false })).items.map((item) => item.vendorId) };
};

describe('what a probe of Plex finds out', () => {
  it('a newer release, once a day', async () => {
    const { server, simulator } = await start({ release: '1.99.0.1-abc' });
    expect((await server.probe()).updateAvailable).toBe(true);
    expect(simulator.requests.filter(({ path }) => path === '/updater/status')).toHaveLength(1);
    expect((await (await start()).server.probe()).updateAvailable).toBe(false);
  });

  it('an updater that is not there or broken leaves it open', async () => {
    const simulator = await startPlex();
    const { server } = benchOf(simulator);
    closing.push(() => simulator.close(), () => server.close());
    await simulator.control.setFault({ kind: 'status', status: 404 }, { path: /^\/updater/ });
    expect((await server.probe()).updateAvailable).toBeNull();
  });

  it('without Plex Pass nobody ends a stream, and the machine is not told of', async () => {
    const { server } = await start({ plexPass: false });
    expect(['sessions.stop', 'load.host'].filter((name) => server.capabilities.list().includes(name as 'load.host'))).toEqual([]);
    expect(await server.load()).toMatchObject({ cpuPercent: null, memoryPercent: null });
  });

  it('figures of the machine that fail do not make the load fail', async () => {
    const { server, simulator } = await start();
    expect(await server.load()).toMatchObject({ cpuPercent: 1.3, memoryPercent: 17 });
    await simulator.control.setFault({ kind: 'status', status: 500 }, { path: /^\/statistics/ });
    await expect(server.load()).resolves.toMatchObject({ streams: 0 });
  });
});

describe('work of a Plex', () => {
  it('conversions in the background are told of and not cancelled here', async () => {
    const { server } = await start({ conversions: [{ title: 'Metropolis', progress: 40 }] });
    const [conversion] = await server.actions.running();
    expect(conversion).toMatchObject({ type: 'conversion', title: 'Metropolis', progressPercent: 40, cancellable: false });
  });

  it('a server that knows no such list tells of the rest', async () => {
    const { server, simulator } = await start();
    await simulator.control.setFault({ kind: 'status', status: 404 }, { path: /^\/status\/sessions\/background/ });
    await server.actions.scan(null);
    expect((await server.actions.running()).length).toBeGreaterThan(0);
  });

  it('work that cannot be cancelled says so, and work that ended meanwhile is no failure', async () => {
    const { server, simulator } = await start();
    await server.actions.refreshItem((await filmsOf(server)).ids[0]!, 'full');
    const [refresh] = await server.actions.running();
    await expect(server.actions.cancel(refresh!.vendorId)).rejects.toMatchObject({ code: 'CAPABILITY_MISSING', details: { reason: 'activity' } });
    await server.actions.scan((await filmsOf(server)).vendorId);
    const scan = (await server.actions.running()).find(({ type }) => type === 'scan')!;
    await simulator.control.setFault({ kind: 'status', status: 404 }, { methods: ['DELETE'] });
    await expect(server.actions.cancel(scan.vendorId)).resolves.toBeUndefined();
  });

  it('a backup is a task of the butler; one that runs already answers 202', async () => {
    const { server, simulator } = await start();
    await server.backup.trigger();
    await server.tasks.start('BackupDatabase');
    expect(simulator.requests.filter(({ path }) => path === '/butler/BackupDatabase').map(({ status }) => status)).toEqual([200, 202]);
    expect(simulator.control.state.tasks.startedByHand).toEqual(['BackupDatabase']);
  });
});

describe('lists of a Plex', () => {
  it('are made and read in the name of the account, never with the key of the owner', async () => {
    const { server, simulator } = await start({ users: PEOPLE });
    const [nell, { ids }] = [await userNamed(server, 'Nell'), await filmsOf(server)];
    await server.playlists.ensure(nell, { name: 'Hers', itemIds: ids.slice(0, 2) });
    const tokens = simulator.requests.filter(({ path }) => path.startsWith('/playlists')).map(({ headers }) => headers['x-plex-token']);
    expect(tokens.length).toBeGreaterThan(0);
    expect(tokens).not.toContain(simulator.adminKey);
    await expect(server.playlists.list(await userNamed(server, 'Otis'))).rejects.toMatchObject({ code: 'USER_TOKEN_MISSING' });
    await expect(server.users.discovery(await userNamed(server, 'Otis'))).rejects.toMatchObject({ code: 'USER_TOKEN_MISSING' });
  });

  it('change by as few calls as there are changes', async () => {
    const { server, simulator, calls } = await start({ users: PEOPLE });
    const [nell, { ids }] = [await userNamed(server, 'Nell'), await filmsOf(server)];
    const ensure = (...itemIds: string[]) => server.playlists.ensure(nell, { name: 'Hers', itemIds });
    const [a, b, c, d] = ids as [string, string, string, string];
    await ensure(a, b, c);
    let before = simulator.requests.length;
    const writes = () => calls(before).filter((call) => !call.startsWith('GET'));
    await ensure(a, b, c);
    expect(writes()).toEqual([]);
    before = simulator.requests.length;
    await ensure(c, a, b);
    expect(writes()).toEqual([expect.stringMatching(/^PUT \/playlists\/\{n\}\/items\/\d+\/move$/)]);
    before = simulator.requests.length;
    await ensure(c, d, b);
    expect(writes()).toEqual(['PUT /playlists/{n}/items', expect.stringMatching(/^DELETE \/playlists\/\{n\}\/items\/\d+$/), expect.stringMatching(/move$/)]);
  });

  it('hold a title twice when they are told to, and more than fit into one address', async () => {
    const { server } = await start({ users: PEOPLE });
    const [nell, { ids }] = [await userNamed(server, 'Nell'), await filmsOf(server)];
    const long = Array.from({ length: 230 }, (_, at) => ids[at % ids.length]!);
    const made = await server.playlists.ensure(nell, { name: 'Long', itemIds: long });
    expect(made.itemCount).toBe(230);
    expect(await server.playlists.items(nell, made.vendorId)).toEqual(long);
    const turned = [...long].reverse();
    await server.playlists.ensure(nell, { name: 'Long', itemIds: turned });
    expect(await server.playlists.items(nell, made.vendorId)).toEqual(turned);
  });

  it('never touch what rules fill, nor what holds whole series', async () => {
    const { server, simulator } = await start({ users: PEOPLE });
    const { ids } = await filmsOf(server);
    const owner = await userNamed(server, 'Marlow');
    const uri = `server://${(await server.probe()).machineId}/com.plexapp.plugins.library/library/metadata/${ids[0]}`;
    const made = await fetch(`${simulator.url}/playlists?${new URLSearchParams({ type: 'video', title: 'Rules', smart: '1', uri })}`, { method: 'POST', headers: { 'x-plex-token': simulator.adminKey } });
    expect(made.status).toBe(200);
    await expect(server.playlists.ensure(owner, { name: 'Rules', itemIds: ids })).rejects.toMatchObject({ code: 'IDENTITY_CONFLICT' });
    const series = String(simulator.control.state.catalogue.ofKind('series')[0]!.number);
    await expect(server.playlists.ensure(owner, { name: 'Shows', itemIds: [series] })).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'itemIds' } });
    await expect(server.collections.ensure('999999', { name: 'x', itemIds: ids })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('answers of a Plex that are something else', () => {
  const CALLS: Record<string, (server: MediaServer) => Promise<unknown>> = {
    '/activities': ({ actions }) => actions.running(),
    '/butler': ({ tasks }) => tasks.list(),
    '/devices': ({ devices }) => devices.list(),
    '/status/sessions/history/all': ({ history }) => history.playbacks(10, null),
    '/library/all': ({ libraries }) => libraries.recentlyAdded(5),
    '/playlists': ({ playlists }) => playlists.list('1'),
    '/library/sections': ({ collections }) => collections.list(),
    '/library/onDeck': ({ users }) => users.discovery('1'),
  };

  it.each(Object.keys(CALLS))('%s fails with an AppError only', async (path) => {
    const { server, simulator } = await start();
    for (const body of ['<html><body><h1>Maintenance</h1></body></html>', '', '[]', '{"MediaContainer":7}', '"x"']) {
      await simulator.control.setFault({ kind: 'rewrite', rewrite: (answer) => ({ ...answer, status: 200, headers: { 'content-type': 'text/html' }, body }) }, { path: new RegExp(`^${path}$`, 'i') });
      await expect(CALLS[path]!(server)).rejects.toMatchObject({ code: 'VENDOR_ANSWER_INVALID' });
      await simulator.control.clearFault();
    }
    const odd = JSON.stringify({ MediaContainer: { size: '1', Activity: [7], Device: [null], Metadata: ['x', { ratingKey: {}, title: [] }], Directory: [] }, ButlerTasks: { ButlerTask: [{ name: 'x', title: 7 }] } });
    await simulator.control.setFault({ kind: 'rewrite', rewrite: (answer) => ({ ...answer, body: odd }) }, { path: new RegExp(`^${path}$`, 'i') });
    await expect(CALLS[path]!(server)).resolves.toBeDefined();
  });
});
