import type {
  Backup,
  CacheUse,
  Collection,
  Device,
  Discovery,
  FolderSpace,
  HistoryEntry,
  ItemListSpec,
  ItemPage,
  Library,
  ListedItem,
  LogEntry,
  MediaItem,
  MediaSource,
  MediaUser,
  MetadataHealth,
  NewLibrary,
  PathCheck,
  Playlist,
  PolicyChange,
  PollPace,
  RefreshMode,
  ServerKind,
  ServerLoad,
  ServerProfile,
  ServerTask,
  SessionCommand,
  SubtitleCandidate,
  UserPolicy,
  VendorActivity,
  VendorSession,
  WatchedType,
  WatchGlance,
  WatchState,
  WatchStatePage,
} from '@usher/contracts';
import type { CapabilitySet } from './capabilities.js';

/** All sessions of one server at one moment, and how they were learnt. */
export interface SessionSnapshot {
  readonly source: 'push' | 'poll';
  /** ISO, UTC: when the list was received. */
  readonly at: string;
  readonly sessions: VendorSession[];
}

/** How sessions are being followed now. */
export interface LiveStatus {
  /** `push`: an open socket that reports by itself; `poll`: lists only; `none`: nothing could be read lately. */
  readonly mode: 'push' | 'poll' | 'none';
  readonly lastPollAt: string | null;
  readonly lastPushAt: string | null;
}

export interface WatchHooks {
  /** Called when the mode or one of its times changes. Must not throw. */
  onLive?(live: LiveStatus): void;
}

/** What following one server has cost since the adapter was made. */
export interface AdapterUsage {
  readonly pollEveryMs: number | null;
  readonly pace: PollPace;
  readonly push: { readonly openSince: string | null; readonly upMs: number; readonly connects: number; readonly messages: number; readonly folded: number; readonly silentDeaths: number; readonly lastFailure: string | null };
  readonly calls: { readonly coalesced: number; readonly retries: number; readonly rateLimited: number; readonly shed: number };
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly pausedUntil: string | null;
  readonly caches: readonly CacheUse[];
  readonly unknownValues: readonly { readonly field: string; readonly count: number }[];
}

/** `limit` 1–500. */
export interface PageRequest {
  readonly start: number;
  readonly limit: number;
}

export interface ItemOptions {
  /** Every file of every version with its size: dear on some vendors. Without it a file may have no size. */
  readonly withFiles: boolean;
  /** With what is inside the files, where the listing holds it. */
  readonly withStreams?: boolean;
  /** ISO, UTC: only what changed since. A superset of the changes of metadata; not of watch states, and without removals. */
  readonly changedSince?: string;
}

/** One of them at least. */
export interface ProviderIds {
  readonly imdb?: string;
  readonly tmdb?: string;
  readonly tvdb?: string;
}

export interface CheckedPaths {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/**
 * One media server, whatever its vendor. Units: milliseconds, kbit/s, ISO times in UTC, ids as strings.
 * Every method fails with an `AppError` only: family `vendor` when the server is the reason, `CAPABILITY_MISSING`
 * for what `capabilities` does not name.
 */
export interface MediaServer {
  readonly kind: ServerKind;
  /** Starting values of the vendor; refined by every `probe()`. */
  readonly capabilities: CapabilitySet;
  /** What the vendor bears, as far as it was measured. */
  readonly limits: { readonly parallelWrites: number };

  /**
   * Identity, version, capabilities and what the server leaves open. The first one, and one a day, proves that the key
   * is an administrator's and reads the hardening list anew; the others cost one request where the vendor allows.
   */
  probe(): Promise<ServerProfile>;

  readonly sessions: {
    /** The complete list, without the rows of API keys and without idle rows nobody has used for 16 minutes. */
    list(): Promise<VendorSession[]>;
    /**
     * Whole lists, the first one as soon as the server answers, then one per push, poll or burst of pushes (≥ 100 ms apart).
     * It never throws because of the server: it backs off, reports by `hooks` and goes on. It ends when `signal` aborts.
     * At most one watch per server at a time. A reader that is slower than the server gets the newest list only.
     */
    watch(signal: AbortSignal, hooks?: WatchHooks): AsyncIterable<SessionSnapshot>;
    /** `reason` is shown to the viewer where the vendor can. NOT_FOUND when the session is gone. */
    stop(id: string, reason?: string | null): Promise<void>;
    /** Sent, not read: no vendor confirms that a viewer saw it. */
    message(id: string, text: string): Promise<void>;
    /** `play` needs `playback.remotePlay`, `limit-bit-rate` needs `sessions.limitBitRate`, all else `sessions.control`. */
    control(id: string, command: SessionCommand): Promise<void>;
  };

  readonly libraries: {
    /** With counts, in the fewest requests that the vendor allows. */
    list(): Promise<Library[]>;
    /** One page of films, series, episodes, albums and tracks, oldest first. Ask for the pages of a listing in order, one at a time. */
    items(libraryId: string, page: PageRequest, options: ItemOptions): Promise<ItemPage>;
    /** At most 200 ids; those that nobody knows are left out. */
    itemsById(ids: readonly string[], options: ItemOptions): Promise<MediaItem[]>;
    /** What the server itself sees, a row for each path. Nothing is written. */
    checkPaths(paths: CheckedPaths): Promise<PathCheck[]>;
    /** The room on the disks of its library folders; a folder whose disk it cannot tell is left out. */
    space(): Promise<FolderSpace[]>;
    /** Every copy of a title, at most 100. Needs `items.byProviderId`; other vendors have no such filter. */
    find(ids: ProviderIds): Promise<MediaItem[]>;
    /** Newest first, in one request where the vendor allows; `limit` 1–100. */
    recentlyAdded(limit: number): Promise<ListedItem[]>;
    /** NOT_FOUND for an unknown library. */
    health(libraryId: string): Promise<MetadataHealth>;
    /** IDENTITY_CONFLICT when the name is taken: some vendors would make a second one. Without a scan. */
    create(spec: NewLibrary): Promise<Library>;
    /** The library only, never its files. NOT_FOUND */
    remove(libraryId: string): Promise<void>;
  };

  readonly users: {
    list(): Promise<MediaUser[]>;
    /** What an account may do. Every vendor tells something; `users.policy` stands for changing it. NOT_FOUND */
    policy(id: string): Promise<UserPolicy>;
    /**
     * Without any right, and with a random password that nobody gets to know.
     * VALIDATION_FAILED for a name that the vendor refuses, IDENTITY_CONFLICT for one that is taken (upper and lower case are equal).
     */
    create(name: string): Promise<MediaUser>;
    /**
     * Overlays the change onto the account's whole document, and reads it back. Fields that the vendor does not have are left out.
     * VALIDATION_FAILED for a library that is not there, before anything is written; NOT_FOUND
     */
    applyPolicy(id: string, change: PolicyChange): Promise<UserPolicy>;
    /** Never an administrator (VALIDATION_FAILED). NOT_FOUND */
    remove(id: string): Promise<void>;
    /** Locks the account out or lets it in again. Never the last administrator (VALIDATION_FAILED). NOT_FOUND */
    setEnabled(id: string, enabled: boolean): Promise<void>;
    /** VALIDATION_FAILED for an empty one: it would open the account. NOT_FOUND */
    setPassword(id: string, password: string): Promise<void>;
    /** What the person sees first: latest, resume, next up, favorites counted. NOT_FOUND */
    discovery(id: string): Promise<Discovery>;
    /** Those of the accounts whose states can be read and written; with `watchStates.ownTokenOnly` the ones that have a token. */
    reach(ids: readonly string[]): Promise<string[]>;
  };

  /**
   * What people have watched; leaves only. Read from where the vendor keeps it, never from a cache of it.
   * USER_TOKEN_MISSING for an account that `reach` does not name.
   */
  readonly watchStates: {
    /**
     * One page of everything that the user has a state for; null asks for the first. READ_INCOMPLETE when what came is not
     * all of it or not what was asked for: nothing may be concluded then. `limit` 1–500.
     */
    list(userId: string, page: string | null, limit: number): Promise<WatchStatePage>;
    /** At most 192 ids. Untouched titles are answered too; those that are gone or hidden from the user are left out where the vendor tells. */
    read(userId: string, itemIds: readonly string[]): Promise<WatchState[]>;
    /**
     * The titles of this kind that the account touched last, newest first, in one request; at most `limit` (1–100), fewer
     * where untouched ones stand between. A mark without a date may not be among them.
     */
    newest(userId: string, type: WatchedType, limit: number): Promise<WatchGlance[]>;
    /** Played and position of at most 96 titles, in one request; what hides behind a list stays hidden. Those that are gone are left out. */
    glance(userId: string, itemIds: readonly string[]): Promise<WatchGlance[]>;
    /**
     * Writes the whole row, absent time and rating included; may be repeated as a whole. `before` = the row as `read` told at
     * most two seconds ago: what both have in common is written with the vendor's own values. What the capabilities do not name
     * is not written. @returns what the vendor answered, which is no proof; null when it answered nothing. NOT_FOUND, VALIDATION_FAILED
     */
    set(userId: string, state: WatchState, before: WatchState): Promise<WatchState | null>;
  };

  /** Orders that the server takes at once and carries out later; what it makes of them is in `running()`. */
  readonly actions: {
    /** Looks for new and changed files; null = in all libraries. NOT_FOUND for an unknown one. */
    scan(libraryId: string | null): Promise<void>;
    /** Reads metadata again: what is missing, or everything anew. NOT_FOUND for an unknown id. */
    refreshLibrary(libraryId: string, mode: RefreshMode): Promise<void>;
    refreshItem(itemId: string, mode: RefreshMode): Promise<void>;
    /** Resolves when the server took the order, before it goes. */
    restart(): Promise<void>;
    /** Work that goes on now, streams aside: scans, tasks, downloads and syncs, conversions. */
    running(): Promise<VendorActivity[]>;
    /** Ends one of `running()`. An end that came by itself meanwhile is no failure. NOT_FOUND */
    cancel(activityId: string): Promise<void>;
  };

  readonly tasks: {
    list(): Promise<ServerTask[]>;
    /** One that runs already is no failure. NOT_FOUND */
    start(id: string): Promise<void>;
  };

  readonly devices: {
    list(): Promise<Device[]>;
    /** Ends its sign-in. NOT_FOUND */
    revoke(id: string): Promise<void>;
  };

  readonly playlists: {
    list(userId: string): Promise<Playlist[]>;
    /** Item ids in order, at most 5,000. NOT_FOUND */
    items(userId: string, id: string): Promise<string[]>;
    /** Makes it for this user, or brings the user's one of this name to exactly these items. Never public. */
    ensure(userId: string, spec: ItemListSpec): Promise<Playlist>;
    remove(userId: string, id: string): Promise<void>;
  };

  readonly collections: {
    list(): Promise<Collection[]>;
    items(id: string): Promise<string[]>;
    ensure(libraryId: string, spec: ItemListSpec): Promise<Collection>;
    remove(id: string): Promise<void>;
  };

  /** What the server itself remembers. Newest first; `limit` 1–500. */
  readonly history: {
    playbacks(limit: number, since: string | null): Promise<HistoryEntry[]>;
    log(limit: number, before: string | null): Promise<LogEntry[]>;
  };

  readonly subtitles: {
    /** Asks the server's subtitle providers. `language` is ISO 639-1 or 639-2. NOT_FOUND */
    find(itemId: string, language: string): Promise<SubtitleCandidate[]>;
    fetch(itemId: string, candidateId: string): Promise<void>;
  };

  readonly backup: {
    list(): Promise<Backup[]>;
    trigger(): Promise<void>;
  };

  readonly playback: {
    /**
     * What is known of the item's file, asked for in the name of the user where the vendor allows.
     * NOT_FOUND when it is not there or hidden from them.
     */
    check(itemId: string, userId: string): Promise<MediaSource>;
    /**
     * The item's page in the vendor's own web application, below the server's address. It holds no key. The position stands
     * in it as `t`, in seconds; a page that does not read it begins where this account stopped on this server.
     */
    address(itemId: string, positionMs: number): Promise<string>;
  };

  /** From the newest session list of the watch, failing as its last list failed; asks the server only when nobody watches. */
  load(): Promise<ServerLoad>;

  /** What its caches and its watch are doing; asks the server nothing. */
  usage(): AdapterUsage;

  /** Ends sockets and connections. Calls in flight fail; later calls too. */
  close(): Promise<void>;
}
