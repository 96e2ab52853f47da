import { AppError, type Capability, type Library, type MediaItem, type MediaUser, type ServerKind, type UserPolicy, type WatchState } from '@usher/contracts';

const ALL: readonly Capability[] = ['libraries.list', 'items.list', 'users.list', 'users.create', 'users.policy', 'users.remove', 'watchStates.read', 'watchStates.write', 'watchStates.playedAt', 'watchStates.playCount', 'watchStates.favorite', 'watchStates.rating'];

/** Rows of one message. */
const PART = 50;

/** What each vendor can hold, as its adapter says. */
export const CAPABILITIES_OF: Readonly<Record<ServerKind, readonly Capability[]>> = {
  jellyfin: ALL,
  emby: ALL,
  plex: ['libraries.list', 'items.list', 'users.list', 'users.policy', 'watchStates.read', 'watchStates.write', 'watchStates.rating', 'watchStates.ownTokenOnly'],
};

export const OPEN_POLICY: UserPolicy = { enabled: true, libraries: 'all', hidden: false, remoteAccess: true, bitRateLimitKbps: 0, videoTranscoding: true, audioTranscoding: true, remuxing: true, downloads: true, streamLimit: 0 };
const PLEX_POLICY: UserPolicy = { enabled: true, libraries: 'all', hidden: null, remoteAccess: null, bitRateLimitKbps: null, videoTranscoding: null, audioTranscoding: null, remuxing: null, downloads: true, streamLimit: null };

export function film(vendorId: string, change: Partial<MediaItem> = {}): MediaItem {
  return {
    vendorId,
    type: 'movie',
    title: `Film ${vendorId}`,
    parentVendorId: null,
    parentTitle: null,
    seasonNumber: null,
    episodeNumber: null,
    episodeEndNumber: null,
    year: 2001,
    airDate: null,
    durationMs: 5_400_000,
    videoHeight: 1080,
    guids: [],
    files: [{ path: `/media/films/${vendorId}/film.mkv`, sizeBytes: null }],
    ...change,
  };
}

export function watched(itemVendorId: string, change: Partial<WatchState> = {}): WatchState {
  return { itemVendorId, played: true, playCount: 1, lastPlayedAt: '2024-05-01T20:00:00.000Z', positionMs: 0, favorite: false, ratingTenths: null, original: null, ...change };
}

/** A media server behind an agent, as far as plans ask for it. Tests put in what they are about. */
export class FakeServer {
  readonly users: MediaUser[] = [];
  readonly policies = new Map<string, UserPolicy>();
  readonly unreachable = new Set<string>();
  readonly libraries: Library[] = [];
  readonly items = new Map<string, MediaItem[]>();
  readonly states = new Map<string, WatchState[]>();
  /** Commands as they came. */
  readonly asked: { name: string; args: unknown }[] = [];
  pageSize = 100;
  streams = 0;
  capabilities: Capability[];
  /** Runs before every answer; may throw. */
  before: (name: string, args: unknown) => Promise<void> | void = () => undefined;

  constructor(readonly kind: ServerKind) {
    this.capabilities = [...CAPABILITIES_OF[kind]];
  }

  addUser(vendorId: string, change: Partial<MediaUser> = {}): void {
    this.users.push({ vendorId, name: vendorId, email: null, isAdministrator: false, enabled: true, lastSeenAt: null, ...change });
    this.policies.set(vendorId, this.kind === 'plex' ? PLEX_POLICY : OPEN_POLICY);
    this.states.set(vendorId, []);
  }

  addLibrary(vendorId: string, items: MediaItem[], change: Partial<Library> = {}): void {
    this.libraries.push({ vendorId, name: vendorId, type: 'movies', itemCount: items.length, childCount: null, folders: ['/media/films'], ...change });
    this.items.set(vendorId, items);
  }

  watch(userVendorId: string, ...states: WatchState[]): void {
    this.states.get(userVendorId)!.push(...states);
  }

  /** The agent's side of a command. */
  async dispatch(name: string, args: never): Promise<unknown> {
    this.asked.push({ name, args });
    await this.before(name, args);
    const answer: ((given: never) => unknown) | undefined = {
      'user.list@1': () => ({ users: this.users }),
      'library.list@1': () => ({ libraries: this.libraries }),
      'policy.read@1': (given: never) => this.readPolicies(given),
      'item.list@1': (given: never) => this.listItems(given),
      'watch-state.list@1': (given: never) => this.listStates(given),
    }[name];
    if (!answer) throw new AppError('PROTOCOL_UNSUPPORTED', 'Nothing here handles this message.', { contract: name });
    return answer(args);
  }

  private readPolicies({ userVendorIds }: { userVendorIds: string[] }): unknown {
    return { policies: userVendorIds.flatMap((id) => (this.policies.has(id) ? [{ userVendorId: id, policy: this.policies.get(id), reachable: !this.unreachable.has(id) }] : [])) };
  }

  private async *listItems({ of: { libraryVendorId, start, limit } }: { of: { libraryVendorId: string; start: number; limit: number } }): AsyncGenerator<unknown> {
    const all = this.items.get(libraryVendorId) ?? [];
    const end = start + Math.min(limit, this.pageSize);
    const page = all.slice(start, end);
    const rest = { total: all.length, nextStart: end < all.length ? end : null, streams: this.streams };
    // In parts, as agents send them.
    for (let from = 0; from < page.length || from === 0; from += PART) yield { items: page.slice(from, from + PART), ...rest };
  }

  private async *listStates({ userVendorId, page }: { userVendorId: string; page: string | null }): AsyncGenerator<unknown> {
    if (!this.states.has(userVendorId)) throw new AppError('NOT_FOUND', 'There is no such account.');
    const all = this.states.get(userVendorId)!;
    const start = Number(page ?? 0);
    const end = start + this.pageSize;
    const rows = all.slice(start, end);
    const rest = { next: end < all.length ? String(end) : null, streams: this.streams };
    for (let from = 0; from < rows.length || from === 0; from += PART) yield { states: rows.slice(from, from + PART), ...rest };
  }
}
