import { AppError, type Capability, type ServerKind } from '@usher/contracts';

/** What an adapter can do. Declared means implemented; all else answers `CAPABILITY_MISSING`. */
export class CapabilitySet {
  readonly #names: ReadonlySet<Capability>;

  constructor(names: Iterable<Capability>) {
    this.#names = new Set(names);
  }

  has(name: Capability): boolean {
    return this.#names.has(name);
  }

  /** @throws AppError CAPABILITY_MISSING */
  require(name: Capability): void {
    if (!this.has(name)) {
      throw new AppError('CAPABILITY_MISSING', `This media server cannot do that (${name}).`, { capability: name });
    }
  }

  list(): Capability[] {
    return [...this.#names];
  }
}

const ACTIONS = ['libraries.scan', 'metadata.refresh', 'activities.list'] as const;

const STATES = ['watchStates.read', 'watchStates.write', 'watchStates.rating'] as const;
/** What Emby and Jellyfin tell and take beside sessions, items and accounts. */
const DETAILS = [
  'sessions.limitBitRate',
  'playback.remotePlay',
  'activities.cancel',
  'tasks.list',
  'tasks.start',
  'libraries.create',
  'metadata.health',
  'items.changedSince',
  'items.recentlyAdded',
  'users.password',
  'users.discovery',
  'playlists.read',
  'playlists.write',
  'collections.read',
  'collections.write',
  'devices.list',
  'devices.revoke',
  'history.read',
  'log.read',
  'subtitles.search',
] as const;

/** Accounts and states of the vendors that keep them themselves. */
const ACCOUNTS = ['users.create', 'users.policy', 'users.remove', ...STATES, 'watchStates.playedAt', 'watchStates.playCount', 'watchStates.favorite'] as const;

/**
 * Before the first `probe()`. Emby's socket exists but was seen to stay silent after a subscription, so it is used
 * and not declared; neither Emby nor Jellyfin tells the load of its host. Accounts of Plex are made and changed by their
 * owners at plex.tv. Only Jellyfin tells the room on its disks, from 10.11 on, and backs itself up since then; Emby does with a plugin.
 */
export const STARTING_CAPABILITIES: Readonly<Record<ServerKind, readonly Capability[]>> = {
  emby: ['sessions.stop', 'sessions.control', 'sessions.message', 'libraries.list', ...ACTIONS, 'libraries.checkPaths', 'items.list', 'items.byProviderId', 'users.list', ...ACCOUNTS, ...DETAILS],
  jellyfin: ['sessions.push', 'sessions.stop', 'sessions.control', 'sessions.message', 'libraries.list', ...ACTIONS, 'libraries.checkPaths', 'items.list', 'users.list', ...ACCOUNTS, ...DETAILS],
  plex: [
    ...['sessions.push', 'sessions.stop', 'load.host'] as const,
    ...['libraries.list', 'libraries.create', 'libraries.checkPaths', 'metadata.health', 'items.list', 'items.changedSince', 'items.recentlyAdded', 'subtitles.search'] as const,
    ...ACTIONS,
    ...['activities.cancel', 'tasks.list', 'tasks.start', 'backup.trigger', 'devices.list', 'history.read'] as const,
    ...['users.list', 'users.discovery', ...STATES, 'watchStates.ownTokenOnly', 'playlists.read', 'playlists.write', 'collections.read', 'collections.write'] as const,
  ],
};

/** Writes of states that a server takes at once: measured for Jellyfin, whose single writer gains nothing above two; assumed for the others. */
export const PARALLEL_WRITES: Readonly<Record<ServerKind, number>> = { emby: 8, jellyfin: 2, plex: 4 };
