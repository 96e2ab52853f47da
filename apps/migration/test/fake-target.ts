import { AppError, type UserPolicy, type WatchState } from '@usher/contracts';

const EVERYTHING: UserPolicy = { enabled: true, libraries: 'all', hidden: false, remoteAccess: true, bitRateLimitKbps: 0, videoTranscoding: true, audioTranscoding: true, remuxing: true, downloads: true, streamLimit: 0 };

export function untouched(itemVendorId: string): WatchState {
  return { itemVendorId, played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: false, ratingTenths: null, original: null };
}

/** A media server of a test: accounts, their settings and what they watched. Every write is counted by row. */
export class FakeTarget {
  readonly policies = new Map<string, UserPolicy>();
  readonly names = new Map<string, string>();
  readonly items = new Set<string>();
  readonly states = new Map<string, Map<string, WatchState>>();
  /** Whoever signed in there. */
  readonly used = new Set<string>();
  /** By `user item`: how often it was written. */
  readonly writes = new Map<string, number>();
  reads = 0;
  lists = 0;
  streams = 0;
  /** What the vendor answers instead of writing; null = it writes. */
  beforeWrite: (userId: string, state: WatchState) => AppError | null = () => null;
  /** Changes on its own what it stores: a vendor that does not keep everything. */
  keeps: (state: WatchState) => WatchState = (state) => state;
  beforeRead: () => AppError | null = () => null;
  private made = 0;

  addUser(userId: string, name = userId): void {
    this.names.set(userId, name);
    this.policies.set(userId, { ...EVERYTHING });
    this.states.set(userId, new Map());
  }

  create(name: string): string {
    const userId = `made-${++this.made}`;
    this.addUser(userId, name);
    this.policies.set(userId, { ...EVERYTHING, libraries: [] });
    return userId;
  }

  remove(userId: string): void {
    this.names.delete(userId);
    this.policies.delete(userId);
    this.states.delete(userId);
  }

  stateOf(userId: string, item: string): WatchState {
    return structuredClone(this.states.get(userId)?.get(item) ?? untouched(item));
  }

  /** What a person does there. */
  watch(userId: string, item: string, change: Partial<WatchState>): void {
    this.states.get(userId)!.set(item, { ...this.stateOf(userId, item), ...change });
  }

  read(userId: string, items: readonly string[]): WatchState[] {
    this.reads++;
    const error = this.beforeRead();
    if (error) throw error;
    if (!this.names.has(userId)) throw new AppError('NOT_FOUND', 'There is no such account.', {});
    return items.filter((item) => this.items.has(item)).map((item) => this.stateOf(userId, item));
  }

  list(userId: string): WatchState[] {
    this.lists++;
    return [...(this.states.get(userId)?.values() ?? [])].filter((state) => this.items.has(state.itemVendorId) && (state.played || state.positionMs > 0 || state.favorite === true)).map((state) => structuredClone(state));
  }

  /** @throws what `beforeWrite` says */
  write(userId: string, state: WatchState): void {
    const error = this.beforeWrite(userId, state);
    if (error) throw error;
    const key = `${userId} ${state.itemVendorId}`;
    this.writes.set(key, (this.writes.get(key) ?? 0) + 1);
    this.states.get(userId)!.set(state.itemVendorId, this.keeps({ ...state, original: null }));
  }

  /** Everything that it holds, to compare. */
  digest(): string {
    const states = [...this.states].map(([userId, rows]) => [userId, [...rows.values()].filter(({ itemVendorId }) => JSON.stringify(this.stateOf(userId, itemVendorId)) !== JSON.stringify(untouched(itemVendorId))).sort((a, b) => (a.itemVendorId < b.itemVendorId ? -1 : 1))]);
    return JSON.stringify([[...this.names].sort(), [...this.policies].sort(([a], [b]) => (a < b ? -1 : 1)), states.sort()]);
  }
}
