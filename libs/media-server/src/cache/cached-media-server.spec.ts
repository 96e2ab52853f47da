import { describe, expect, it } from '@jest/globals';
import { AppError, CAPABILITIES, type Discovery, type VendorActivity } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { InMemoryMediaServer } from '../in-memory/in-memory-media-server.js';
import { CachedMediaServer, DetailCaches } from './cached-media-server.js';

const nothing: Discovery = { latest: [], resume: [], nextUp: [], favorites: [] };
const scan: VendorActivity = { vendorId: 't1', type: 'scan', title: 'Scan', subtitle: null, progressPercent: 1, libraryVendorId: null, state: 'running', cancellable: false, userName: null, deviceName: null, problem: null };

function setUp() {
  const clock = new ManualClock();
  const inner = new InMemoryMediaServer('jellyfin', CAPABILITIES);
  const asked: string[] = [];
  const note = <T>(name: string, value: T) => async (...args: unknown[]): Promise<T> => (asked.push([name, ...args].join(' ')), value);
  Object.assign(inner.libraries, { recentlyAdded: note('recent', []), find: note('find', []), health: note('health', null), create: note('create', null), remove: note('remove', null) });
  Object.assign(inner.users, { discovery: note('discovery', nothing) });
  Object.assign(inner.actions, { scan: note('scan', undefined), refreshItem: note('refresh', undefined) });
  Object.assign(inner, { playlists: { list: note('playlists', []), items: note('items', []), ensure: note('ensure', null), remove: note('drop', undefined) } });
  Object.assign(inner, { watchStates: { ...inner.watchStates, set: note('set', null) } });
  const caches = new DetailCaches(clock);
  const server = new CachedMediaServer(inner, caches);
  const browse = () => server.usage().caches[0]!;
  return { clock, inner, asked, server, caches, browse };
}

describe('CachedMediaServer', () => {
  it('asks once for what was read in the last five minutes, and counts', async () => {
    const { clock, asked, server, browse } = setUp();
    await server.libraries.recentlyAdded(10);
    await server.libraries.recentlyAdded(10);
    await server.libraries.recentlyAdded(20);
    expect(asked).toEqual(['recent 10', 'recent 20']);
    expect(browse()).toEqual({ name: 'browse', entries: 2, capacity: 500, hits: 1, misses: 2, evictions: 0 });
    await clock.advance(5 * 60_000);
    await server.libraries.recentlyAdded(10);
    expect(asked).toHaveLength(3);
  });

  it('keeps what each person sees first for half an hour', async () => {
    const { clock, asked, server } = setUp();
    await server.users.discovery('u1');
    await clock.advance(29 * 60_000);
    await server.users.discovery('u1');
    await server.users.discovery('u2');
    expect(asked).toEqual(['discovery u1', 'discovery u2']);
    await server.watchStates.set('u1', {} as never, {} as never);
    await server.users.discovery('u2');
    await server.users.discovery('u1');
    expect(asked.filter((each) => each.startsWith('discovery'))).toEqual(['discovery u1', 'discovery u2', 'discovery u1']);
    expect(server.usage().caches[1]).toMatchObject({ name: 'discovery', hits: 2, misses: 3 });
  });

  it('makes one call of the same question asked twice at once', async () => {
    const { asked, server } = setUp();
    await Promise.all([server.libraries.health('l1'), server.libraries.health('l1')]);
    expect(asked).toEqual(['health l1']);
  });

  it('is bounded: the entry that was not used for longest goes first', async () => {
    const { asked, server, browse } = setUp();
    for (let at = 0; at <= 500; at++) await server.libraries.health(`l${at}`);
    expect(browse()).toMatchObject({ entries: 500, evictions: 1 });
    await server.libraries.health('l1');
    expect(asked).toHaveLength(501);
    await server.libraries.health('l0');
    expect(asked).toHaveLength(502);
  });

  it('keeps no failure', async () => {
    const { server, inner, browse } = setUp();
    const { health } = inner.libraries;
    inner.libraries.health = () => Promise.reject(new AppError('SERVER_UNREACHABLE', 'away'));
    await expect(server.libraries.health('l1')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(browse()).toMatchObject({ entries: 0 });
    inner.libraries.health = health;
    await expect(server.libraries.health('l1')).resolves.toBeNull();
  });

  it.each<[string, (each: ReturnType<typeof setUp>) => unknown]>([
    ['the server says that its libraries changed', ({ caches }) => caches.librariesChanged()],
    ['a scan was ordered', ({ server }) => server.actions.scan(null)],
    ['an item was refreshed', ({ server }) => server.actions.refreshItem('i', 'full')],
    ['a library was made', ({ server }) => server.libraries.create({ name: 'n', type: 'movies', folders: ['/m'] })],
    ['a library was removed', ({ server }) => server.libraries.remove('l')],
    ['a playlist was written', ({ server }) => server.playlists.ensure('u', { name: 'n', itemIds: ['i'] })],
    [
      'a scan has ended',
      async ({ server, inner }) => {
        inner.activities = [scan];
        await server.actions.running();
        inner.activities = [];
        await server.actions.running();
      },
    ],
  ])('forgets when %s', async (_name, change) => {
    const each = setUp();
    await each.server.playlists.list('u1');
    await each.server.playlists.list('u1');
    await change(each);
    await each.server.playlists.list('u1');
    expect(each.asked.filter((name) => name === 'playlists u1')).toHaveLength(2);
  });

  it('forgets nothing while a scan goes on', async () => {
    const { server, inner, browse } = setUp();
    await server.playlists.list('u1');
    inner.activities = [scan];
    await server.actions.running();
    await server.actions.running();
    expect(browse()).toMatchObject({ entries: 1 });
  });

  it('does not keep what was read before a change', async () => {
    const { server, inner, caches } = setUp();
    let answer: (value: never[]) => void = () => undefined;
    inner.libraries.recentlyAdded = () => new Promise((resolve) => (answer = resolve));
    const slow = new CachedMediaServer(inner, caches);
    const reading = slow.libraries.recentlyAdded(5);
    caches.librariesChanged();
    answer([]);
    await reading;
    expect(server.usage().caches[0]).toMatchObject({ entries: 0 });
  });
});
