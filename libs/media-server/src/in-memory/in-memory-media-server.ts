import {
  AppError,
  type Capability,
  type FolderSpace,
  type Library,
  type MediaItem,
  type MediaSource,
  type MediaUser,
  type RefreshMode,
  type ServerKind,
  type ServerLoad,
  type ServerProfile,
  type SessionCommand,
  type VendorActivity,
  type VendorSession,
} from '@usher/contracts';
import { CapabilitySet, PARALLEL_WRITES, STARTING_CAPABILITIES } from '../capabilities.js';
import { loadOf } from '../load.js';
import type { AdapterUsage, LiveStatus, MediaServer, SessionSnapshot, WatchHooks } from '../media-server.js';
import { NOT_THERE } from '../not-there.js';
import { NO_USAGE } from '../usage.js';
import { InMemoryAccounts } from './in-memory-accounts.js';

/** A command that a test can look at afterwards. */
export type SentCommand =
  | { readonly type: 'stop'; readonly id: string; readonly reason: string | null }
  | { readonly type: 'message'; readonly id: string; readonly text: string }
  | { readonly type: 'scan'; readonly libraryId: string | null }
  | { readonly type: 'refresh-library'; readonly libraryId: string; readonly mode: RefreshMode }
  | { readonly type: 'refresh-item'; readonly itemId: string; readonly mode: RefreshMode }
  | { readonly type: 'restart' }
  | { readonly type: 'control'; readonly id: string; readonly command: SessionCommand };

/** A media server without a network, for tests of what stands on the port. What it holds is set and read directly. */
export class InMemoryMediaServer implements MediaServer {
  readonly kind: ServerKind;
  profile: ServerProfile;
  userList: MediaUser[] = [];
  libraryList: Library[] = [];
  /** By library. */
  readonly itemLists = new Map<string, MediaItem[]>();
  /** Folders and files that it sees. */
  readonly paths = new Set<string>();
  spaceList: FolderSpace[] = [];
  /** Items that can be played, by their id. */
  readonly sources = new Map<string, MediaSource>();
  /** What it is busy with. */
  activities: VendorActivity[] = [];
  readonly sent: SentCommand[] = [];

  #sessions: VendorSession[] = [];
  #fault: AppError | null = null;
  #closed = false;
  readonly #watchers = new Set<() => void>();

  constructor(kind: ServerKind = 'jellyfin', capabilities: readonly Capability[] = STARTING_CAPABILITIES[kind]) {
    this.kind = kind;
    this.profile = {
      kind,
      machineId: 'in-memory',
      name: 'In memory',
      version: '1.0.0',
      versionTested: true,
      platform: null,
      updateAvailable: null,
      capabilities: [...capabilities],
      hardening: [],
    };
  }

  get capabilities(): CapabilitySet {
    return new CapabilitySet(this.profile.capabilities);
  }

  get limits(): MediaServer['limits'] {
    return { parallelWrites: PARALLEL_WRITES[this.kind] };
  }

  /** Replaces the list and pushes it to whoever watches. */
  setSessions(sessions: VendorSession[]): void {
    this.#sessions = sessions;
    for (const wake of this.#watchers) wake();
  }

  /** Makes every call fail with it until it is null again; a watch waits meanwhile. */
  setFault(fault: AppError | null): void {
    this.#fault = fault;
    for (const wake of this.#watchers) wake();
  }

  /** The list as it is now. */
  get current(): readonly VendorSession[] {
    return this.#sessions;
  }

  async probe(): Promise<ServerProfile> {
    this.#throwIfFaulty();
    return structuredClone(this.profile);
  }

  readonly sessions: MediaServer['sessions'] = {
    list: async () => {
      this.#throwIfFaulty();
      return structuredClone(this.#sessions);
    },
    watch: (signal, hooks) => this.#watch(signal, hooks),
    stop: async (id, reason) => {
      this.capabilities.require('sessions.stop');
      this.#find(id);
      this.sent.push({ type: 'stop', id, reason: reason ?? null });
      this.setSessions(this.#sessions.map((session) => (session.vendorId === id ? { ...session, item: null, stream: null } : session)));
    },
    message: async (id, text) => {
      this.capabilities.require('sessions.message');
      this.#find(id);
      this.sent.push({ type: 'message', id, text });
    },
    control: async (id, command) => {
      this.capabilities.require('sessions.control');
      this.#find(id);
      this.sent.push({ type: 'control', id, command });
      this.setSessions(this.#sessions.map((session) => (session.vendorId === id ? controlled(session, command) : session)));
    },
  };

  readonly libraries: MediaServer['libraries'] = {
    list: async () => {
      this.capabilities.require('libraries.list');
      this.#throwIfFaulty();
      return structuredClone(this.libraryList);
    },
    items: async (libraryId, { start, limit }) => {
      this.capabilities.require('items.list');
      this.#throwIfFaulty();
      const all = this.itemLists.get(libraryId) ?? [];
      const end = start + limit;
      return structuredClone({ items: all.slice(start, end), total: all.length, nextStart: end < all.length ? end : null });
    },
    itemsById: async (ids) => {
      this.capabilities.require('items.list');
      this.#throwIfFaulty();
      return structuredClone([...this.itemLists.values()].flat().filter(({ vendorId }) => ids.includes(vendorId)));
    },
    checkPaths: async ({ folders, files }) => {
      this.capabilities.require('libraries.checkPaths');
      this.#throwIfFaulty();
      return [...folders, ...files].map((path) => ({ path, state: this.paths.has(path) ? 'found' : 'missing' }));
    },
    space: async () => {
      this.capabilities.require('libraries.space');
      this.#throwIfFaulty();
      return structuredClone(this.spaceList);
    },
    find: NOT_THERE.find,
    recentlyAdded: NOT_THERE.recentlyAdded,
    health: NOT_THERE.health,
    create: NOT_THERE.create,
    remove: NOT_THERE.remove,
  };

  /** Settings and states of the accounts. */
  readonly accounts = new InMemoryAccounts(this, (capability) => {
    if (capability !== null) this.capabilities.require(capability);
    this.#throwIfFaulty();
  });

  readonly users: MediaServer['users'] = {
    list: async () => {
      this.capabilities.require('users.list');
      this.#throwIfFaulty();
      return structuredClone(this.userList);
    },
    ...this.accounts.users,
  };

  readonly watchStates = this.accounts.watchStates;

  readonly actions: MediaServer['actions'] = {
    scan: async (libraryId) => {
      if (libraryId !== null) this.#findLibrary(libraryId);
      this.#order('libraries.scan', { type: 'scan', libraryId });
      // it never ends by itself: whoever tests that takes it away
      this.activities.push({ vendorId: `scan ${this.sent.length}`, type: 'scan', title: 'Scan', subtitle: null, progressPercent: 0, libraryVendorId: libraryId, state: 'running', cancellable: false, userName: null, deviceName: null, problem: null });
    },
    refreshLibrary: async (libraryId, mode) => {
      this.#findLibrary(libraryId);
      this.#order('metadata.refresh', { type: 'refresh-library', libraryId, mode });
    },
    refreshItem: async (itemId, mode) => this.#order('metadata.refresh', { type: 'refresh-item', itemId, mode }),
    restart: async () => this.#order('server.restart', { type: 'restart' }),
    running: async () => {
      this.capabilities.require('activities.list');
      this.#throwIfFaulty();
      return structuredClone(this.activities);
    },
    cancel: NOT_THERE.cancel,
  };

  readonly playback: MediaServer['playback'] = {
    check: async (itemId) => {
      this.#throwIfFaulty();
      const source = this.sources.get(itemId);
      if (!source) throw new AppError('NOT_FOUND', 'This item is not on this server.', { reason: 'item' });
      return source;
    },
    address: async (itemId, positionMs) => `web/${encodeURIComponent(itemId)}?t=${Math.floor(positionMs / 1_000)}`,
  };

  readonly tasks = NOT_THERE.tasks;
  readonly devices = NOT_THERE.devices;
  readonly playlists = NOT_THERE.playlists;
  readonly collections = NOT_THERE.collections;
  readonly history = NOT_THERE.history;
  readonly subtitles = NOT_THERE.subtitles;
  readonly backup = NOT_THERE.backup;

  usage(): AdapterUsage {
    return NO_USAGE;
  }

  async load(): Promise<ServerLoad> {
    this.#throwIfFaulty();
    return loadOf(this.#sessions);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#watchers) wake();
  }

  #findLibrary(libraryId: string): void {
    if (!this.libraryList.some((library) => library.vendorId === libraryId)) throw new AppError('NOT_FOUND', 'This library is not on the media server.');
  }

  #order(capability: Capability, command: SentCommand): void {
    this.capabilities.require(capability);
    this.#throwIfFaulty();
    this.sent.push(command);
  }

  async *#watch(signal: AbortSignal, hooks?: WatchHooks): AsyncIterable<SessionSnapshot> {
    let wake = (): void => undefined;
    let changed = true;
    let source: SessionSnapshot['source'] = 'poll';
    const onChange = (): void => {
      changed = true;
      wake();
    };
    this.#watchers.add(onChange);
    signal.addEventListener('abort', onChange);
    try {
      while (!signal.aborted && !this.#closed) {
        if (changed && !this.#fault) {
          changed = false;
          const at = new Date().toISOString();
          const live: LiveStatus = { mode: 'push', lastPollAt: at, lastPushAt: source === 'push' ? at : null };
          hooks?.onLive?.(live);
          yield { source, at, sessions: structuredClone(this.#sessions) };
          source = 'push';
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      this.#watchers.delete(onChange);
      signal.removeEventListener('abort', onChange);
    }
  }

  #find(id: string): VendorSession {
    this.#throwIfFaulty();
    const session = this.#sessions.find((entry) => entry.vendorId === id);
    if (!session) throw new AppError('NOT_FOUND', 'This session is gone.', { sessionVendorId: id });
    return session;
  }

  #throwIfFaulty(): void {
    if (this.#closed) throw new AppError('SERVER_UNREACHABLE', 'The connection to the media server was closed.');
    if (this.#fault) throw this.#fault;
  }
}

function controlled(session: VendorSession, command: SessionCommand): VendorSession {
  if (!session.stream) return session;
  switch (command.type) {
    case 'pause':
      return { ...session, stream: { ...session.stream, state: 'paused' } };
    case 'resume':
      return { ...session, stream: { ...session.stream, state: 'playing' } };
    case 'seek':
      return { ...session, stream: { ...session.stream, positionMs: command.positionMs } };
    default:
      return session;
  }
}
