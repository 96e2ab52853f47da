import type { SimulatorCore } from '../base/core.js';
import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { StoredState } from '../base/watch-store.js';
import { toTicks } from '../mediabrowser/ticks.js';

/** What a write of user data does, by version. */
export type WriteRule =
  /** 4.8: all of it counts. */
  | 'whole'
  /** 4.9: all but the favorite, which stays as it was. */
  | 'without-favorite'
  /** From 4.10 on: the favorite is taken away. */
  | 'clears-favorite';

/** Watch states as Emby keeps them: a write replaces the row, and copies of a title share one. */
export class EmbyUserData {
  private readonly groups = new Map<string, CatalogueItem>();
  private grouped = 0;

  constructor(private readonly core: SimulatorCore) {}

  private get minor(): number {
    return Number(this.core.version.split('.')[1] ?? 0);
  }

  get rule(): WriteRule {
    return this.minor >= 10 ? 'clears-favorite' : this.minor === 9 ? 'without-favorite' : 'whole';
  }

  /** Older versions know no fields that would put counts and times into lists. */
  get hasFullLists(): boolean {
    return this.minor >= 9;
  }

  get(user: SimulatedUser, item: CatalogueItem): StoredState {
    return this.core.states.get(user, this.keeperOf(item));
  }

  set(user: SimulatedUser, item: CatalogueItem, change: Partial<StoredState>): StoredState {
    return this.core.states.set(user, this.keeperOf(item), change);
  }

  /** Missing fields mean nothing: not played, no position, no time. */
  replace(user: SimulatedUser, item: CatalogueItem, body: Record<string, unknown>): void {
    const now = this.get(user, item);
    const favorite = { whole: body['IsFavorite'] === true, 'without-favorite': now.favorite, 'clears-favorite': false }[this.rule];
    const date = typeof body['LastPlayedDate'] === 'string' ? new Date(body['LastPlayedDate']) : null;
    const fraction = /\.(\d{1,7})/.exec(String(body['LastPlayedDate'] ?? ''))?.[1] ?? '';
    this.set(user, item, {
      played: body['Played'] === true,
      playCount: Number(body['PlayCount'] ?? 0),
      ticks: Number(body['PlaybackPositionTicks'] ?? 0),
      lastPlayed: date === null ? null : `${date.toISOString().slice(0, 19)}.${fraction.padEnd(7, '0')}Z`,
      rating: body['Rating'] === undefined ? null : Number(body['Rating']),
      favorite,
    });
  }

  /** The copy whose row counts for all with a common provider id. */
  private keeperOf(item: CatalogueItem): CatalogueItem {
    if (this.grouped !== this.core.catalogue.size) {
      this.groups.clear();
      for (const each of this.core.catalogue.all()) for (const key of keysOf(each)) if (!this.groups.has(key)) this.groups.set(key, each);
      this.grouped = this.core.catalogue.size;
    }
    return keysOf(item).map((key) => this.groups.get(key)).find((keeper) => keeper !== undefined) ?? item;
  }
}

const keysOf = (item: CatalogueItem): string[] => (item.file === null ? [] : Object.entries(item.providers).map(([name, id]) => `${item.kind}|${name.toLowerCase()}|${id}`));

/** `lean`: no count and no time, as lists have it unless asked for more. */
export function userDataRow(item: CatalogueItem, state: StoredState, lean = false): Record<string, unknown> {
  const runtime = toTicks(item.durationMs ?? 0);
  return {
    ...(state.rating === null || lean ? {} : { Rating: state.rating }),
    ...(state.ticks > 0 && runtime > 0 ? { PlayedPercentage: (state.ticks / runtime) * 100 } : {}),
    PlaybackPositionTicks: state.ticks,
    PlayCount: lean ? 0 : state.playCount,
    IsFavorite: state.favorite,
    ...(state.lastPlayed === null || lean ? {} : { LastPlayedDate: state.lastPlayed }),
    Played: state.played,
  };
}
