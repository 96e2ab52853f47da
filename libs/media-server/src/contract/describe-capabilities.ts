import { expect, it } from '@jest/globals';
import { AppError, CAPABILITIES, type Capability, type Library, type MediaItem, type MediaUser } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';

/** An id that nothing has. */
export const GONE = 'ffffffffffffffffffffffffffffffff';
const LEAN = { withFiles: false };

interface Known {
  readonly films: Library;
  readonly film: MediaItem;
  readonly viewer: MediaUser;
}

type Call = (server: MediaServer, known: Known) => Promise<unknown>;

/** One call that needs each capability and changes nothing when it is there; null: it has no call of its own, other cases prove it. */
const CALLS: Readonly<Record<Capability, Call | null>> = {
  'sessions.push': null,
  'sessions.stop': ({ sessions }) => sessions.stop('gone'),
  'sessions.control': ({ sessions }) => sessions.control('gone', { type: 'pause' }),
  'sessions.message': ({ sessions }) => sessions.message('gone', 'x'),
  'sessions.limitBitRate': ({ sessions }) => sessions.control('gone', { type: 'limit-bit-rate', kbps: 4_000 }),
  'playback.remotePlay': ({ sessions }, { film }) => sessions.control('gone', { type: 'play', itemId: film.vendorId, positionMs: 0 }),
  'libraries.list': ({ libraries }) => libraries.list(),
  'libraries.scan': ({ actions }) => actions.scan(GONE),
  'libraries.create': ({ libraries }) => libraries.remove(GONE),
  'libraries.checkPaths': ({ libraries }) => libraries.checkPaths({ folders: [], files: [] }),
  'libraries.space': ({ libraries }) => libraries.space(),
  'metadata.refresh': ({ actions }) => actions.refreshLibrary(GONE, 'missing'),
  'metadata.health': ({ libraries }) => libraries.health(GONE),
  'server.restart': ({ actions }) => actions.restart(),
  'activities.list': ({ actions }) => actions.running(),
  'activities.cancel': ({ actions }) => actions.cancel(GONE),
  'tasks.list': ({ tasks }) => tasks.list(),
  'tasks.start': ({ tasks }) => tasks.start(GONE),
  'items.list': ({ libraries }, { film }) => libraries.itemsById([film.vendorId], LEAN),
  'items.changedSince': ({ libraries }, { films }) => libraries.items(films.vendorId, { start: 0, limit: 1 }, { ...LEAN, changedSince: '2020-01-01T00:00:00.000Z' }),
  'items.byProviderId': ({ libraries }) => libraries.find({ imdb: 'tt9999999' }),
  'items.recentlyAdded': ({ libraries }) => libraries.recentlyAdded(1),
  'users.list': ({ users }) => users.list(),
  'users.create': ({ users }) => users.create(''),
  'users.policy': async ({ users }) => {
    const refused = await users.applyPolicy(GONE, { downloads: false }).catch((error: unknown) => error);
    await users.setEnabled(GONE, false);
    return refused;
  },
  'users.remove': ({ users }) => users.remove(GONE),
  'users.password': ({ users }) => users.setPassword(GONE, 'a long password'),
  'users.discovery': ({ users }) => users.discovery(GONE),
  'watchStates.read': ({ watchStates }, { viewer }) => watchStates.list(viewer.vendorId, null, 1),
  'watchStates.write': async ({ watchStates }, { viewer, film }) => {
    const [state] = await watchStates.read(viewer.vendorId, [film.vendorId]);
    return await watchStates.set(viewer.vendorId, state!, state!);
  },
  'watchStates.playedAt': null,
  'watchStates.playCount': null,
  'watchStates.favorite': null,
  'watchStates.rating': null,
  'watchStates.ownTokenOnly': null,
  'playlists.read': ({ playlists }, { viewer }) => playlists.list(viewer.vendorId),
  'playlists.write': ({ playlists }, { viewer }) => playlists.remove(viewer.vendorId, GONE),
  'collections.read': ({ collections }) => collections.list(),
  'collections.write': ({ collections }) => collections.remove(GONE),
  'devices.list': ({ devices }) => devices.list(),
  'devices.revoke': ({ devices }) => devices.revoke(GONE),
  'history.read': ({ history }) => history.playbacks(1, null),
  'log.read': ({ history }) => history.log(1, null),
  'subtitles.search': ({ subtitles }, { film }) => subtitles.find(film.vendorId, 'en'),
  'backup.list': ({ backup }) => backup.list(),
  'backup.trigger': ({ backup }) => backup.trigger(),
  'load.host': null,
};

/** What really happens, in the order of the list. The server may restart in the end. */
const ORDERED = [...CAPABILITIES].sort((one, other) => Number(one === 'server.restart') - Number(other === 'server.restart'));

/** The part of the suite that holds the list of capabilities against what happens, both ways. */
export function describeCapabilities(current: () => MediaServer): void {
  it('does what it declares, and refuses what it does not', async () => {
    const server = current();
    await server.probe();
    const films = (await server.libraries.list()).find(({ type }) => type === 'movies')!;
    const [film] = (await server.libraries.items(films.vendorId, { start: 0, limit: 1 }, LEAN)).items;
    const viewer = (await server.users.list()).find((user) => !user.isAdministrator)!;
    const wrong: string[] = [];
    for (const capability of ORDERED) {
      const outcome = await CALLS[capability]?.(server, { films, film: film!, viewer }).catch((error: unknown) => error);
      if (outcome instanceof Error && !(outcome instanceof AppError)) wrong.push(`${capability} failed with ${outcome.name}: ${outcome.message}`);
      const isRefused = outcome instanceof AppError && outcome.code === 'CAPABILITY_MISSING';
      if (CALLS[capability] !== null && isRefused === server.capabilities.has(capability)) wrong.push(`${capability} is ${isRefused ? 'declared and refused' : 'not declared and done'}`);
    }
    expect(wrong).toEqual([]);
  });

  it('load() tells the load of the host when that is declared, and only then', async () => {
    await current().probe();
    const { cpuPercent, memoryPercent } = await current().load();
    const told = current().capabilities.has('load.host') ? expect.any(Number) : null;
    expect([cpuPercent, memoryPercent]).toEqual([told, told]);
  });
}
