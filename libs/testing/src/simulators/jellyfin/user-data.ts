import type { CatalogueItem, SimulatedUser } from '../base/media.js';
import type { StoredState } from '../base/watch-store.js';
import { toTicks } from '../mediabrowser/ticks.js';
import { itemId } from './ids.js';
import type { SimulatorCore } from '../base/core.js';

/** A like is a rating of 6.5 or more. */
const LIKED_FROM = 6.5;

/**
 * Watch states as Jellyfin keeps them: lists answer from the store, single reads and writes from a row in a cache, which
 * a mark of a folder leaves as it was. A write merges with that row and stores the whole of it.
 */
export class JellyfinUserData {
  private readonly cache = new Map<SimulatedUser, Map<CatalogueItem, StoredState>>();

  constructor(private readonly core: SimulatorCore) {
    core.states.onOutsideChange((user, item) => this.cache.get(user)?.delete(item));
  }

  /** From the store: the truth. */
  listed(user: SimulatedUser, item: CatalogueItem): StoredState {
    const own = this.core.states.get(user, item);
    const all = [own, ...this.core.catalogue.versionsOf(item).map((version) => this.core.states.get(user, version))];
    // the row of a title with several files shows time, mark and position of the one that was played last
    const newest = all.reduce((best, each) => ((each.lastPlayed ?? '') > (best.lastPlayed ?? '') ? each : best));
    return { ...own, played: newest.played, ticks: newest.ticks, lastPlayed: newest.lastPlayed };
  }

  /** From the cache, filled from the store when it has none. */
  single(user: SimulatedUser, item: CatalogueItem): StoredState {
    const mine = this.cache.get(user) ?? new Map<CatalogueItem, StoredState>();
    this.cache.set(user, mine);
    const known = mine.get(item) ?? this.core.states.get(user, item);
    mine.set(item, known);
    return { ...known };
  }

  /** Merges into the cached row and stores all of it. `stored`: what the store gets another value of than the answer shows. */
  write(user: SimulatedUser, item: CatalogueItem, change: Partial<StoredState>, stored: Partial<StoredState> = {}): StoredState {
    const next = { ...this.single(user, item), ...change };
    this.cache.get(user)!.set(item, next);
    this.core.states.set(user, item, { ...next, ...stored });
    return { ...next };
  }

  /** Of a season, a series, an album: the store only. */
  writeBelow(user: SimulatedUser, folder: CatalogueItem, change: (now: StoredState) => Partial<StoredState>): void {
    for (const leaf of this.core.catalogue.leavesBelow(folder)) this.core.states.set(user, leaf, change(this.core.states.get(user, leaf)));
  }
}

/** `Key` is no identity: single reads tell a provider's, lists the item's own. */
export function userDataRow(item: CatalogueItem, state: StoredState, from: 'list' | 'single'): Record<string, unknown> {
  const id = itemId(item);
  const runtime = toTicks(item.durationMs ?? 0);
  const dashed = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return {
    ...(state.rating === null ? {} : { Rating: state.rating }),
    ...(state.ticks > 0 && runtime > 0 ? { PlayedPercentage: (state.ticks / runtime) * 100 } : {}),
    PlaybackPositionTicks: state.ticks,
    PlayCount: state.playCount,
    IsFavorite: state.favorite,
    ...(state.rating === null ? {} : { Likes: state.rating >= LIKED_FROM }),
    ...(state.lastPlayed === null ? {} : { LastPlayedDate: state.lastPlayed }),
    Played: state.played,
    Key: from === 'list' ? dashed : (Object.values(item.providers).at(-1) ?? dashed),
    ItemId: id,
  };
}

/** Of what contains others: computed from them, with a favorite and a count of its own. */
export function folderDataRow(core: SimulatorCore, user: SimulatedUser, folder: CatalogueItem): Record<string, unknown> {
  const own = core.states.get(user, folder);
  const leaves = core.catalogue.leavesBelow(folder);
  const unplayed = leaves.filter((leaf) => !core.states.get(user, leaf).played).length;
  return {
    PlayedPercentage: leaves.length === 0 ? 0 : ((leaves.length - unplayed) / leaves.length) * 100,
    UnplayedItemCount: unplayed,
    PlaybackPositionTicks: 0,
    PlayCount: own.playCount,
    IsFavorite: own.favorite,
    Played: unplayed === 0,
    Key: itemId(folder),
    ItemId: itemId(folder),
  };
}

/** A date as the server understands it: what it answers, and what its store gets. Only UTC with `Z` is the same. */
export function parseDate(text: string, zoneMinutes: number, route: 'user-data' | 'played-items'): { readonly shown: string; readonly stored: string } | null {
  const compact = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  const plain = compact ? `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}:${compact[5]}:${compact[6]}` : text;
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:\d\d)?$/i.exec(plain);
  if (!match) return null;
  const [, day, time = '00:00:00', fraction = '', zone] = match;
  const isUtc = zone?.toUpperCase() === 'Z';
  const digits = fraction.padEnd(7, '0');
  const utc = Date.parse(`${day}T${time}${zone && !isUtc ? zone : 'Z'}`) - (zone === undefined && !compact ? zoneMinutes * 60_000 : 0);
  if (Number.isNaN(utc)) return null;
  const format = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}.${digits}Z`;
  const isExact = isUtc || (route === 'played-items' && zone !== undefined);
  return { shown: format(utc), stored: format(isExact ? utc : utc + zoneMinutes * 60_000) };
}
