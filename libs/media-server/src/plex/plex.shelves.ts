import type { Discovery, ListedItem } from '@usher/contracts';
import { countOf, fieldsOf, listOf, numberOf, type Fields } from '../media-browser/fields.js';
import { paged, secondsToIso, type PlexCalls, type PlexVoice } from './plex.calls.js';
import { mapPlexItem } from './plex.items.js';

/** Films, episodes and albums: the vendor's own list of what is new names seasons where it could name episodes. */
const NEW_TYPES = [1, 4, 9];
const SHELF = 50;

/** The newest of all libraries that this voice is shown. */
export async function recentlyAdded({ read }: PlexVoice, limit: number): Promise<ListedItem[]> {
  const listed: ListedItem[] = [];
  for (const type of NEW_TYPES) {
    const container = await read({ path: '/library/all', query: { type, sort: 'addedAt:desc', includeGuids: 1, ...paged(0, limit) }, endpoint: 'GET /library/all (newest)' });
    listed.push(...listedOf(container, 'addedAt'));
  }
  // newest first; of those of the same second the one that was counted last
  const number = ({ item }: ListedItem): number => Number(item.vendorId) || 0;
  return listed.sort((one, other) => (other.at ?? '').localeCompare(one.at ?? '') || number(other) - number(one)).slice(0, limit);
}

/** What a person sees first. "On deck" holds what they began and what comes next in one list; favorites there are none. */
export async function plexDiscovery(calls: PlexCalls, accountId: string): Promise<Discovery> {
  const voice = await calls.inNameOf(accountId);
  const deck = listedOf(await voice.read({ path: '/library/onDeck', query: { includeGuids: 1, ...paged(0, SHELF) }, endpoint: 'GET /library/onDeck' }), 'lastViewedAt');
  return {
    latest: await recentlyAdded(voice, SHELF),
    resume: deck.filter(({ positionMs }) => positionMs !== null),
    nextUp: deck.filter(({ positionMs }) => positionMs === null),
    favorites: [],
  };
}

/** Rows of a list that hold items; `time` is the field that put them there. */
export function listedOf(container: Fields, time: 'addedAt' | 'lastViewedAt'): ListedItem[] {
  return listOf(container['Metadata'])
    .map(fieldsOf)
    .flatMap((row) => {
      const item = mapPlexItem(row);
      return item === null ? [] : [{ item, at: secondsToIso(numberOf(row[time])), positionMs: countOf(row['viewOffset']) || null }];
    })
    .slice(0, 100);
}
