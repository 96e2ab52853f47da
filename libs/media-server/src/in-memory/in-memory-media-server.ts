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
import { NO_USAGE } from '../usage.js';
import { InMemoryAccounts } from './in-memory-accounts.js';
import { inMemoryLibraries } from './in-memory-libraries.js';
import { InMemoryLists } from './in-memory-lists.js';
import { InMemoryWork } from './in-memory-work.js';

/** A command that a test can look at afterwards. */
export type SentCommand =
  | { readonly type: 'stop'; readonly id: string; readonly reason: string | null }
  | { readonly type: 'message'; readonly id: string; readonly text: string }
  | { readonly type: 'scan'; readonly libraryId: string | null }
  | { readonly type: 'refresh-library'; readonly libraryId: string; readonly mode: RefreshMode }
  | { readonly type: 'refresh-item'; readonly itemId: string; readonly mode: RefreshMode }
  | { readonly type: 'restart' }
  | { readonly type: 'cancel'; readonly activityId: string }
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
  /** By item; of the others it was long ago. */
  readonly addedAt = new Map<string, string>();
  /** Items without poster and overview. */
  readonly bare = new Set<string>();
  /** What the vendor tells of its machine, where it tells. */
  host: Pick<ServerLoad, 'cpuPercent' | 'memoryPercent'> = { cpuPercent: 12, memoryPercent: 34 };
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
      this.capabilities.require(command.type === 'play' ? 'playback.remotePlay' : command.type === 'limit-bit-rate' ? 'sessions.limitBitRate' : 'sessions.control');
      this.#find(id);
      const played = command.type === 'play' ? [...this.itemLists.values()].flat().find(({ vendorId }) => vendorId === command.itemId) : undefined;
      if (command.type === 'play' && !played) throw new AppError('NOT_FOUND', 'This item is not on the media server.', { itemVendorId: command.itemId });
      this.sent.push({ type: 'control', id, command });
      this.setSessions(this.#sessions.map((session) => (session.vendorId === id ? controlled(session, command, played) : session)));
    },
  };

  /** Settings and states of the accounts. */
  readonly accounts = new InMemoryAccounts(this, (capability) => this.#admit(capability));
  readonly libraries = inMemoryLibraries(this, (capability) => this.#admit(capability));
  /** Tasks, devices, diaries, subtitles and backups. */
  readonly work = new InMemoryWork(this.itemLists, (capability) => this.#admit(capability));
  readonly lists = new InMemoryLists(this.itemLists, (capability) => this.#admit(capability));

  readonly users: MediaServer['users'] = {
    list: async () => {
      this.capabilities.require('users.list');
      this.#throwIfFaulty();
      return structuredClone(this.userList).map((user) => ({ ...user, libraries: this.accounts.librariesOf(user.vendorId) }));
    },
    ...this.accounts.users,
  };

  readonly watchStates = this.accounts.watchStates;

  readonly actions: MediaServer['actions'] = {
    scan: async (libraryId) => {
      if (libraryId !== null) this.#findLibrary(libraryId);
      this.#order('libraries.scan', { type: 'scan', libraryId });
      // it never ends by itself: whoever tests that takes it away
      this.activities.push({ vendorId: `scan ${this.sent.length}`, type: 'scan', title: 'Scan', subtitle: null, progressPercent: 0, libraryVendorId: libraryId, state: 'running', cancellable: this.capabilities.has('activities.cancel'), userName: null, deviceName: null, problem: null });
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
    cancel: async (activityId) => {
      this.#admit('activities.cancel');
      const known = this.activities.find(({ vendorId, cancellable }) => vendorId === activityId && cancellable);
      if (!known) throw new AppError('NOT_FOUND', 'This work is not there, or cannot be cancelled.', { activityVendorId: activityId });
      this.activities = this.activities.filter((activity) => activity !== known);
      this.sent.push({ type: 'cancel', activityId });
    },
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

  readonly tasks = this.work.tasks;
  readonly devices = this.work.devices;
  readonly playlists = this.lists.playlists;
  readonly collections = this.lists.collections;
  readonly history = this.work.history;
  readonly subtitles = this.work.subtitles;
  readonly backup = this.work.backup;

  usage(): AdapterUsage {
    return NO_USAGE;
  }

  async load(): Promise<ServerLoad> {
    this.#throwIfFaulty();
    return this.capabilities.has('load.host') ? loadOf(this.#sessions, this.host) : loadOf(this.#sessions);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#watchers) wake();
  }

  #findLibrary(libraryId: string): void {
    if (!this.libraryList.some((library) => library.vendorId === libraryId)) throw new AppError('NOT_FOUND', 'This library is not on the media server.');
  }

  #admit(capability: Capability | null): void {
    if (capability !== null) this.capabilities.require(capability);
    this.#throwIfFaulty();
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

function controlled(session: VendorSession, command: SessionCommand, played: MediaItem | undefined): VendorSession {
  if (command.type === 'play' && played) return playing(session, played, command.positionMs);
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

function playing(session: VendorSession, { vendorId, title, year, durationMs, seasonNumber, episodeNumber, parentTitle, type }: MediaItem, positionMs: number): VendorSession {
  const item = { itemId: vendorId, type: type === 'episode' ? ('episode' as const) : ('movie' as const), title, seriesTitle: parentTitle, seasonNumber, episodeNumber, year, durationMs };
  return { ...session, item, stream: session.stream && { ...session.stream, positionMs, state: 'playing' } };
}
