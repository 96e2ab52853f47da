import type { CatalogueItem, SimulatedUser } from './media.js';

/** What a server keeps of one person and one title, in its own precision. */
export interface StoredState {
  played: boolean;
  playCount: number;
  /** 100 ns. */
  ticks: number;
  /** UTC with seven digits of a second; null when there is none. */
  lastPlayed: string | null;
  favorite: boolean;
  rating: number | null;
}

const UNTOUCHED: StoredState = { played: false, playCount: 0, ticks: 0, lastPlayed: null, favorite: false, rating: null };

/** The store behind a server's answers: what is read here is what really stands there. */
export class WatchStore {
  private readonly byUser = new Map<SimulatedUser, Map<CatalogueItem, StoredState>>();
  private readonly listeners = new Set<(user: SimulatedUser, item: CatalogueItem) => void>();

  /** Called for changes that come from outside the server's own protocol. */
  onOutsideChange(listener: (user: SimulatedUser, item: CatalogueItem) => void): void {
    this.listeners.add(listener);
  }

  get(user: SimulatedUser, item: CatalogueItem): StoredState {
    return { ...(this.byUser.get(user)?.get(item) ?? UNTOUCHED) };
  }

  set(user: SimulatedUser, item: CatalogueItem, change: Partial<StoredState>): StoredState {
    const mine = this.byUser.get(user) ?? new Map<CatalogueItem, StoredState>();
    const state = { ...this.get(user, item), ...change };
    this.byUser.set(user, mine.set(item, state));
    return { ...state };
  }

  setFromOutside(user: SimulatedUser, item: CatalogueItem, change: Partial<StoredState>): void {
    this.set(user, item, change);
    for (const listener of this.listeners) listener(user, item);
  }

  /** Everything that was ever touched for that user. */
  rows(user: SimulatedUser): (readonly [CatalogueItem, StoredState])[] {
    return [...(this.byUser.get(user) ?? [])].map(([item, state]) => [item, { ...state }] as const);
  }

  forget(user: SimulatedUser): void {
    this.byUser.delete(user);
  }
}
