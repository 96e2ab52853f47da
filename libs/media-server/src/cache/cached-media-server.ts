import type { VendorActivity } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { CapabilitySet } from '../capabilities.js';
import type { AdapterUsage, MediaServer } from '../media-server.js';
import { ReadCache } from './read-cache.js';

const BROWSE = { max: 500, ttlMs: 5 * 60_000 };
const DISCOVERY = { max: 500, ttlMs: 30 * 60_000 };

/** What is kept of the detail reads of one server, until it ages or the libraries change. */
export class DetailCaches {
  readonly browse: ReadCache;
  /** By user. */
  readonly discovery: ReadCache;

  constructor(clock: Clock) {
    this.browse = new ReadCache('browse', BROWSE, clock);
    this.discovery = new ReadCache('discovery', DISCOVERY, clock);
  }

  librariesChanged(): void {
    this.browse.forget();
    this.discovery.forget();
  }
}

/**
 * An adapter behind its caches: people who look at the same page cost the server one read. Lists that work goes by, such
 * as items, users and watch states, are never taken from here.
 */
export class CachedMediaServer implements MediaServer {
  readonly kind: MediaServer['kind'];
  readonly sessions: MediaServer['sessions'];
  readonly libraries: MediaServer['libraries'];
  readonly users: MediaServer['users'];
  readonly watchStates: MediaServer['watchStates'];
  readonly actions: MediaServer['actions'];
  readonly tasks: MediaServer['tasks'];
  readonly devices: MediaServer['devices'];
  readonly playlists: MediaServer['playlists'];
  readonly collections: MediaServer['collections'];
  readonly history: MediaServer['history'];
  readonly subtitles: MediaServer['subtitles'];
  readonly backup: MediaServer['backup'];
  readonly playback: MediaServer['playback'];
  readonly #inner: MediaServer;
  readonly #caches: DetailCaches;
  #scans: ReadonlySet<string> = new Set();

  constructor(inner: MediaServer, caches: DetailCaches) {
    this.#inner = inner;
    this.#caches = caches;
    this.kind = inner.kind;
    this.sessions = inner.sessions;
    this.tasks = inner.tasks;
    this.devices = inner.devices;
    this.history = inner.history;
    this.backup = inner.backup;
    this.playback = inner.playback;
    this.libraries = this.#cachedLibraries(inner.libraries);
    this.playlists = this.#cachedLists(inner.playlists, 'playlists');
    this.collections = this.#cachedLists(inner.collections, 'collections');
    this.users = { ...inner.users, discovery: (id) => caches.discovery.of(id, () => inner.users.discovery(id)) };
    this.watchStates = { ...inner.watchStates, set: this.#changing(inner.watchStates.set, (userId) => caches.discovery.forget(userId)) };
    this.subtitles = { ...inner.subtitles, fetch: this.#changing(inner.subtitles.fetch, () => caches.browse.forget()) };
    const changed = () => caches.librariesChanged();
    this.actions = {
      ...inner.actions,
      scan: this.#changing(inner.actions.scan, changed),
      refreshLibrary: this.#changing(inner.actions.refreshLibrary, changed),
      refreshItem: this.#changing(inner.actions.refreshItem, changed),
      running: async () => this.#noteScans(await inner.actions.running()),
    };
  }

  get capabilities(): CapabilitySet {
    return this.#inner.capabilities;
  }

  get limits(): MediaServer['limits'] {
    return this.#inner.limits;
  }

  probe(): ReturnType<MediaServer['probe']> {
    return this.#inner.probe();
  }

  load(): ReturnType<MediaServer['load']> {
    return this.#inner.load();
  }

  usage(): AdapterUsage {
    return { ...this.#inner.usage(), caches: [this.#caches.browse.use, this.#caches.discovery.use] };
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #cachedLibraries(inner: MediaServer['libraries']): MediaServer['libraries'] {
    const { browse } = this.#caches;
    const changed = () => this.#caches.librariesChanged();
    return {
      ...inner,
      find: (ids) => browse.of(`find ${JSON.stringify([ids.imdb, ids.tmdb, ids.tvdb])}`, () => inner.find(ids)),
      recentlyAdded: (limit) => browse.of(`recently added ${limit}`, () => inner.recentlyAdded(limit)),
      health: (libraryId) => browse.of(`health ${libraryId}`, () => inner.health(libraryId)),
      create: this.#changing(inner.create, changed),
      remove: this.#changing(inner.remove, changed),
    };
  }

  /** Lists of titles; only their names and counts are kept. */
  #cachedLists<L extends MediaServer['playlists'] | MediaServer['collections']>(inner: L, name: string): L {
    const { browse } = this.#caches;
    const list = inner.list as (...args: unknown[]) => Promise<unknown>;
    const changed = () => browse.forget();
    return {
      ...inner,
      list: (...args: unknown[]) => browse.of(`${name} ${JSON.stringify(args)}`, () => list(...args)),
      ensure: this.#changing(inner.ensure as (...args: unknown[]) => Promise<unknown>, changed),
      remove: this.#changing(inner.remove as (...args: unknown[]) => Promise<unknown>, changed),
    };
  }

  /** The same call; what it changes is forgotten when it is over, also when it failed: it may have been carried out. */
  #changing<A extends unknown[], R>(call: (...args: A) => Promise<R>, changed: (...args: A) => void): (...args: A) => Promise<R> {
    return async (...args) => {
      try {
        return await call(...args);
      } finally {
        changed(...args);
      }
    };
  }

  /** A scan that is over has changed what the libraries hold. */
  #noteScans(running: VendorActivity[]): VendorActivity[] {
    const scans = new Set(running.filter(({ type }) => type === 'scan').map(({ vendorId }) => vendorId));
    if ([...this.#scans].some((id) => !scans.has(id))) this.#caches.librariesChanged();
    this.#scans = scans;
    return running;
  }
}
