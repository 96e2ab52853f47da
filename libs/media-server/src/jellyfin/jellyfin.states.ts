import type { WatchState } from '@usher/contracts';
import { answerInvalid, connectionError, parseJson } from '../http/vendor-errors.js';
import { fieldsOf, integerOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { idOf, LEAVES, listItems, notVisible, unknownUser, WATCHED_LEAVES, write, type StateCalls } from '../media-browser/state-calls.js';
import { durationMsOf, exactData, glancesOf, isTouched, mapUserData, originalOf, stateOf, stateOfVersions, userDataBody, type UserData, type VersionData } from '../media-browser/user-data.mapper.js';
import type { MediaServer } from '../media-server.js';
import { checkIds, checkWrite } from '../states/check-write.js';
import { incomplete, Listings, type Listing } from '../states/listing.js';

/** Filters are joined by "and", so each kind of state is a listing of its own. What each row must show: nothing is told of a filter that was not understood. */
const PASSES: Readonly<Record<string, { readonly query: Readonly<Record<string, string | boolean>>; readonly fits: (data: UserData) => boolean }>> = {
  played: { query: { isPlayed: true }, fits: (data) => data.played },
  resumable: { query: { filters: 'IsResumable' }, fits: (data) => data.ticks > 0 },
  favorite: { query: { filters: 'IsFavorite' }, fits: (data) => data.favorite },
};

/** Without it, films hide behind their collections; the number of files says where a row is more than one. */
const ROW = { collapseBoxSetItems: false, enableImages: false, enableUserData: true, fields: 'MediaSourceCount' } as const;

export const isJellyfinId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id);

/**
 * States of a Jellyfin. Lists tell the truth; single reads answer from a cache that marks of folders leave stale, so they
 * are used for titles with several files only, whose rows no list shows. Writes carry the whole row, because what is left
 * out comes from that cache.
 */
export function jellyfinStates(calls: StateCalls): MediaServer['watchStates'] {
  const { http, prefix } = calls;
  const listings = new Listings();

  const single = async (userId: string, itemId: string): Promise<UserData | null> => {
    const path = `${prefix}/UserItems/${itemId}/UserData`;
    try {
      const data = mapUserData(await http.json({ method: 'GET', path, query: { userId }, endpoint: 'GET /UserItems/{id}/UserData' }));
      if (!data) throw answerInvalid('The media server told a state in a form that is not known.', { reason: 'shape' });
      return data;
    } catch (error) {
      const failure = connectionError(error);
      if (failure.code === 'NOT_FOUND') return null;
      throw failure;
    }
  };

  /** The row of each file; the one of the title itself stands first. */
  const versions = async (userId: string, ids: readonly string[]): Promise<Map<string, WatchState>> => {
    const states = new Map<string, WatchState>();
    if (ids.length === 0) return states;
    const { rows } = await listItems(calls, '/Items', { ...ROW, userId, ids: ids.join(','), fields: 'MediaSources' }, userId);
    for (const row of rows) {
      const id = idOf(row);
      if (!ids.includes(id)) throw incomplete('not-asked');
      const own = await single(userId, id);
      const others: VersionData[] = [];
      for (const source of listOf(row['MediaSources']).map(fieldsOf)) {
        const version = textOf(source['Id'], 64)?.toLowerCase() ?? '';
        const data = version === id || !isJellyfinId(version) ? null : await single(userId, version);
        if (data) others.push({ id: version, data });
      }
      if (own) states.set(id, stateOfVersions(id, own, others, integerOf(row['RunTimeTicks'])));
    }
    return states;
  };

  /** `fits`: what the listing promised of each row. A row that breaks it is stale, or the filter was ignored. */
  const statesOf = async (userId: string, rows: readonly Fields[], fits: (data: UserData) => boolean): Promise<WatchState[]> => {
    const several = await versions(userId, rows.filter(hasVersions).map(idOf));
    const states: WatchState[] = [];
    for (const row of rows) {
      const id = idOf(row);
      if (hasVersions(row)) {
        const state = several.get(id);
        if (state) states.push(state);
        continue;
      }
      const listed = mapUserData(row['UserData']);
      if (!listed) throw incomplete('no-state');
      // the row of a copy is stale after another copy was deleted; filter and single read are right then
      const data = fits(listed) ? listed : await single(userId, id);
      if (!data || !fits(data)) throw incomplete('filter');
      states.push(stateOf(id, data, integerOf(row['RunTimeTicks'])));
    }
    return states;
  };

  const listing = (userId: string): Listing<Fields> => ({
    passes: async () => Object.keys(PASSES),
    page: (pass, startIndex, limit) =>
      listItems(calls, '/Items', { ...ROW, userId, recursive: true, includeItemTypes: LEAVES, ...PASSES[pass]!.query, sortBy: 'DateCreated,SortName', startIndex, limit }, userId),
    idOf,
    statesOf: (pass, rows) => statesOf(userId, rows, PASSES[pass]!.fits),
  });

  /** `DELETE` takes the time away, and clears every file of the title: rows of the others are written again. */
  const clearTime = async (userId: string, itemId: string, before: WatchState): Promise<void> => {
    await write(calls, { method: 'DELETE', path: `/UserPlayedItems/${itemId}`, query: { userId }, endpoint: 'DELETE /UserPlayedItems/{id}' }, itemId);
    for (const { id, data } of originalOf(before)?.versions ?? []) await writeRow(userId, id, data);
  };

  const writeRow = (userId: string, itemId: string, data: UserData) =>
    write(calls, { method: 'POST', path: `/UserItems/${itemId}/UserData`, query: { userId }, endpoint: 'POST /UserItems/{id}/UserData', body: userDataBody(data) }, itemId);

  return {
    list: async (userId, page, limit) => {
      if (!isJellyfinId(userId)) throw unknownUser(userId);
      return await listings.next(listing(userId), page, limit);
    },
    read: async (userId, itemIds) => {
      if (!isJellyfinId(userId)) throw unknownUser(userId);
      // an id that cannot be parsed would make the server answer its root folders
      const ids = checkIds(itemIds).filter(isJellyfinId);
      if (ids.length === 0) return [];
      const { rows } = await listItems(calls, '/Items', { ...ROW, userId, ids: ids.join(',') }, userId);
      const found = rows.map(idOf);
      if (new Set(found).size !== found.length || found.some((id) => !ids.includes(id))) throw incomplete('not-asked');
      return await statesOf(userId, rows, () => true);
    },
    // every row with a date comes first, played or not
    newest: async (userId, type, limit) => {
      if (!isJellyfinId(userId)) throw unknownUser(userId);
      const query = { ...ROW, userId, recursive: true, includeItemTypes: WATCHED_LEAVES[type], sortBy: 'DatePlayed', sortOrder: 'Descending', limit };
      return glancesOf((await listItems(calls, '/Items', query, userId)).rows).filter(isTouched).slice(0, limit);
    },
    glance: async (userId, itemIds) => {
      if (!isJellyfinId(userId)) throw unknownUser(userId);
      const ids = checkIds(itemIds).filter(isJellyfinId);
      if (ids.length === 0) return [];
      const { rows } = await listItems(calls, '/Items', { ...ROW, userId, ids: ids.join(',') }, userId);
      if (rows.some((row) => !ids.includes(idOf(row)))) throw incomplete('not-asked');
      return glancesOf(rows);
    },
    set: async (userId, state, before) => {
      if (!isJellyfinId(userId)) throw unknownUser(userId);
      checkWrite(state, before, durationMsOf(state, before));
      const { itemVendorId } = state;
      if (!isJellyfinId(itemVendorId)) throw notVisible(itemVendorId);
      const data = exactData(state, before);
      if (data.lastPlayed === null && before.lastPlayedAt !== null) await clearTime(userId, itemVendorId, before);
      if (data.rating === null && before.ratingTenths !== null) {
        await write(calls, { method: 'DELETE', path: `/UserItems/${itemVendorId}/Rating`, query: { userId }, endpoint: 'DELETE /UserItems/{id}/Rating' }, itemVendorId);
      }
      const answered = mapUserData(parseJson(await writeRow(userId, itemVendorId, data)));
      return answered && stateOf(itemVendorId, answered, originalOf(before)?.runTimeTicks ?? null);
    },
  };
}

const hasVersions = (row: Fields): boolean => (integerOf(row['MediaSourceCount']) ?? 1) > 1;
