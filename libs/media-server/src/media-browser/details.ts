import type { Capability, Library, MediaUser } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { NOT_THERE } from '../not-there.js';
import { embyBackups, jellyfinBackups } from './backups.js';
import { collectionsOf } from './collections.js';
import type { DetailCalls } from './detail-calls.js';
import { devicesOf } from './devices.js';
import { discover, findByIds, recentlyAdded } from './discovery.js';
import { healthOf } from './health.js';
import { historyOf } from './history.js';
import { libraryChanges } from './library-changes.js';
import { playlistsOf } from './playlists.js';
import { subtitlesOf } from './subtitles.js';
import { syncJobsOf, type SyncJobs } from './sync-jobs.js';
import { tasksOf, type TaskCalls } from './tasks.js';

export interface DetailPort extends DetailCalls {
  readonly kind: 'emby' | 'jellyfin';
  readonly ownDeviceId: string;
  readonly users: () => Promise<MediaUser[]>;
  /** Without counts. */
  readonly libraries: () => Promise<Library[]>;
  /** @throws AppError CAPABILITY_MISSING */
  readonly require: (capability: Capability) => void;
}

/** What a server tells and takes beside sessions, accounts and items. */
export interface Details extends Pick<MediaServer, 'tasks' | 'devices' | 'playlists' | 'collections' | 'history' | 'subtitles' | 'backup'> {
  readonly libraries: Pick<MediaServer['libraries'], 'find' | 'recentlyAdded' | 'health' | 'create' | 'remove'>;
  readonly discovery: MediaServer['users']['discovery'];
  readonly taskCalls: TaskCalls;
  readonly jobs: SyncJobs;
  /** What is there only where somebody installed it; asked by a full probe. */
  installed(): Promise<Capability[]>;
}

export function detailsOf(port: DetailPort): Details {
  const tasks = tasksOf(port);
  const emby = embyBackups(port, tasks);
  const { isThere, ...embyBackup } = emby;
  const backup = port.kind === 'emby' ? embyBackup : jellyfinBackups(port);
  const needing = <Args extends unknown[], Result>(capability: Capability, call: (...args: Args) => Promise<Result>) => async (...args: Args): Promise<Result> => {
    port.require(capability);
    return await call(...args);
  };
  const administratorId = async (): Promise<string> => {
    const found = (await port.users()).find((user) => user.isAdministrator && user.enabled);
    if (!found) throw answerInvalid('The media server names no administrator.', { reason: 'shape' });
    return found.vendorId;
  };
  return {
    taskCalls: tasks,
    jobs: syncJobsOf(port),
    tasks: { list: tasks.list, start: tasks.start },
    devices: devicesOf(port, port.ownDeviceId),
    playlists: playlistsOf(port),
    collections: collectionsOf(port, administratorId),
    history: historyOf(port, port.users),
    subtitles: subtitlesOf(port),
    backup: { list: needing('backup.list', backup.list), trigger: needing('backup.trigger', backup.trigger) },
    libraries: {
      find: port.kind === 'emby' ? (ids) => findByIds(port, ids) : NOT_THERE.find,
      recentlyAdded: (limit) => recentlyAdded(port, limit),
      health: async (libraryId) => await healthOf(port, (await port.libraries()).find(({ vendorId }) => vendorId === libraryId), libraryId),
      ...libraryChanges(port, port.libraries),
    },
    discovery: needing('users.discovery', (userId: string) => discover(port, userId)),
    installed: async () => (port.kind === 'emby' && (await isThere()) ? ['backup.list', 'backup.trigger'] : []),
  };
}
