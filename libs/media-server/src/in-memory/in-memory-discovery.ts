import type { Discovery, ListedItem, MediaItem, WatchState } from '@usher/contracts';

export interface Shelves {
  /** What the person may see, with what contains others; in the order of the libraries. */
  readonly items: readonly MediaItem[];
  /** By item. */
  readonly states: ReadonlyMap<string, WatchState>;
  addedAt(itemId: string): string;
}

/** What a person sees first: the newest, what they began, the episode after the last one they watched, and counts of favorites. */
export function discoveryOf({ items, states, addedAt }: Shelves): Discovery {
  const byTime = (listed: ListedItem[]) => listed.sort((one, other) => (other.at ?? '').localeCompare(one.at ?? '')).slice(0, 100);
  const touched = items.flatMap((item) => (states.has(item.vendorId) ? [{ item, state: states.get(item.vendorId)! }] : []));
  const liked = touched.filter(({ state }) => state.favorite === true);
  return structuredClone({
    latest: byTime(items.filter(({ type }) => type === 'movie' || type === 'episode').map((item) => ({ item, at: addedAt(item.vendorId), positionMs: null }))),
    resume: byTime(touched.filter(({ state }) => state.positionMs > 0).map(({ item, state }) => ({ item, at: state.lastPlayedAt, positionMs: state.positionMs }))),
    nextUp: byTime(touched.filter(({ item, state }) => item.type === 'episode' && state.played).flatMap(({ item, state }) => after(item, items, states).map((next) => ({ item: next, at: state.lastPlayedAt, positionMs: null })))),
    favorites: [...new Set(liked.map(({ item }) => item.type))].map((type) => ({ type, count: liked.filter(({ item }) => item.type === type).length })),
  });
}

/** The episode that follows, unless it was watched. */
function after(episode: MediaItem, items: readonly MediaItem[], states: ReadonlyMap<string, WatchState>): MediaItem[] {
  const next = items.find((item) => item.parentVendorId === episode.parentVendorId && item.seasonNumber === episode.seasonNumber && item.episodeNumber === (episode.episodeNumber ?? 0) + 1);
  return next === undefined || states.get(next.vendorId)?.played === true ? [] : [next];
}
