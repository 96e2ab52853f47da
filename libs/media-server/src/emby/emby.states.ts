import type { WatchState } from '@usher/contracts';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import { fieldsOf, integerOf, type Fields } from '../media-browser/fields.js';
import { idOf, isLeaf, LEAVES, listItems, notVisible, unknownUser, WATCHED_LEAVES, write, type StateCalls } from '../media-browser/state-calls.js';
import { durationMsOf, exactData, glancesOf, isTouched, mapUserData, stateOf, userDataBody, type UserData } from '../media-browser/user-data.mapper.js';
import type { MediaServer } from '../media-server.js';
import { checkIds, checkWrite } from '../states/check-write.js';
import { incomplete, inParallel, Listings, type Listing } from '../states/listing.js';

const PASSES: Readonly<Record<string, { readonly query: Readonly<Record<string, string | boolean>>; readonly fits: (data: UserData) => boolean }>> = {
  played: { query: { IsPlayed: true }, fits: (data) => data.played },
  resumable: { query: { Filters: 'IsResumable' }, fits: (data) => data.ticks > 0 },
  favorite: { query: { IsFavorite: true }, fits: (data) => data.favorite },
};

/** Without these, lists show no count and no time; versions that do not know them do so anyway. */
const FIELDS = 'UserDataPlayCount,UserDataLastPlayedDate';
const READS_AT_ONCE = 4;

const isEmbyId = (id: string): boolean => /^\d{1,18}$/.test(id);

interface Detail {
  readonly row: Fields;
  readonly data: UserData;
}

/**
 * States of an Emby. Details tell the truth, lists only when asked for more and not in every version. A write replaces the
 * row, except the favorite, which some versions ignore and others clear: it has a route of its own.
 */
export function embyStates(calls: StateCalls): MediaServer['watchStates'] {
  const { http, prefix } = calls;
  const listings = new Listings();

  /** Null: gone, or hidden from the user. */
  const detail = async (userId: string, itemId: string): Promise<Detail | null> => {
    const path = `${prefix}/Users/${encodeURIComponent(userId)}/Items/${encodeURIComponent(itemId)}`;
    const answer = await http.json({ method: 'GET', path, endpoint: 'GET /Users/{id}/Items/{id}' }).catch((error: unknown) => {
      const failure = connectionError(error);
      if (failure.code === 'NOT_FOUND') return null;
      throw failure;
    });
    if (answer === null) return null;
    const row = fieldsOf(answer);
    const data = mapUserData(row['UserData']);
    if (idOf(row) !== itemId || !isLeaf(row)) throw incomplete('not-asked');
    if (!data) throw answerInvalid('The media server told a state in a form that is not known.', { reason: 'shape' });
    return { row, data };
  };

  const stateOfDetail = ({ row, data }: Detail): WatchState => stateOf(idOf(row), data, integerOf(row['RunTimeTicks']));

  const statesOf = async (userId: string, rows: readonly Fields[], fits: (data: UserData) => boolean): Promise<WatchState[]> => {
    const listed = rows.map((row): Detail => {
      const data = mapUserData(row['UserData']);
      if (!data) throw incomplete('no-state');
      if (!fits(data)) throw incomplete('filter');
      return { row, data };
    });
    const bare = listed.filter(({ data }) => data.lastPlayed === null && data.playCount === 0);
    const isHonest = bare.length === 0 || !(await hidesMore(userId, bare[0]!));
    if (isHonest) return listed.map(stateOfDetail);
    const whole = new Map((await inParallel(READS_AT_ONCE, bare, ({ row }) => detail(userId, idOf(row)))).flatMap((found) => (found ? [[idOf(found.row), found] as const] : [])));
    return listed.map((each) => stateOfDetail(whole.get(idOf(each.row)) ?? each));
  };

  /** One row without count and time may be a mark that never played; its details say whether the list keeps something back. */
  const hidesMore = async (userId: string, { row }: Detail): Promise<boolean> => {
    const found = await detail(userId, idOf(row));
    return found !== null && (found.data.lastPlayed !== null || found.data.playCount !== 0);
  };

  /** Of an unknown user every title is unknown. */
  const requireUser = async (userId: string): Promise<void> => {
    await http.json({ method: 'GET', path: `${prefix}/Users/${encodeURIComponent(userId)}`, endpoint: 'GET /Users/{id}' }).catch((error: unknown) => {
      const failure = connectionError(error);
      throw failure.code === 'NOT_FOUND' ? unknownUser(userId) : failure;
    });
  };

  const listing = (userId: string): Listing<Fields> => ({
    passes: async () => Object.keys(PASSES),
    page: (pass, StartIndex, Limit) =>
      listItems(
        calls,
        `/Users/${encodeURIComponent(userId)}/Items`,
        { Recursive: true, IncludeItemTypes: LEAVES, ...PASSES[pass]!.query, Fields: FIELDS, EnableImages: false, SortBy: 'DateCreated,SortName', StartIndex, Limit },
        userId,
      ),
    idOf,
    statesOf: (pass, rows) => statesOf(userId, rows, PASSES[pass]!.fits),
  });

  const route = (userId: string, itemId: string, tail: 'PlayedItems' | 'FavoriteItems') => `/Users/${encodeURIComponent(userId)}/${tail}/${encodeURIComponent(itemId)}`;
  const itemRoute = (userId: string, itemId: string, tail: 'UserData' | 'Rating') => `/Users/${encodeURIComponent(userId)}/Items/${encodeURIComponent(itemId)}/${tail}`;

  const setFavorite = (userId: string, itemId: string, isFavorite: boolean) =>
    write(calls, { method: isFavorite ? 'POST' : 'DELETE', path: route(userId, itemId, 'FavoriteItems'), endpoint: `${isFavorite ? 'POST' : 'DELETE'} /Users/{id}/FavoriteItems/{id}` }, itemId);

  return {
    list: (userId, page, limit) => listings.next(listing(userId), page, limit),
    read: async (userId, itemIds) => {
      const ids = checkIds(itemIds).filter(isEmbyId);
      const found = await inParallel(READS_AT_ONCE, ids, (id) => detail(userId, id));
      if (ids.length > 0 && found.every((each) => each === null)) await requireUser(userId);
      return found.flatMap((each) => (each ? stateOfDetail(each) : []));
    },
    newest: async (userId, type, Limit) => {
      const query = { Recursive: true, IncludeItemTypes: WATCHED_LEAVES[type], SortBy: 'DatePlayed', SortOrder: 'Descending', Fields: FIELDS, EnableImages: false, Limit };
      return glancesOf((await listItems(calls, `/Users/${encodeURIComponent(userId)}/Items`, query, userId)).rows).filter(isTouched).slice(0, Limit);
    },
    // played and position stand in every list, whatever it keeps back of times and counts; ids that nobody knows make the whole library the answer
    glance: async (userId, itemIds) => {
      const ids = checkIds(itemIds).filter(isEmbyId);
      if (ids.length === 0) return [];
      const { rows } = await listItems(calls, `/Users/${encodeURIComponent(userId)}/Items`, { Ids: ids.join(','), Recursive: true, IncludeItemTypes: LEAVES, EnableImages: false, Limit: ids.length }, userId);
      return glancesOf(rows.filter((row) => ids.includes(idOf(row))));
    },
    set: async (userId, state, before) => {
      checkWrite(state, before, durationMsOf(state, before));
      const { itemVendorId } = state;
      if (!isEmbyId(itemVendorId)) throw notVisible(itemVendorId);
      const data = exactData(state, before);
      if (data.lastPlayed === null && before.lastPlayedAt !== null) {
        await write(calls, { method: 'DELETE', path: route(userId, itemVendorId, 'PlayedItems'), endpoint: 'DELETE /Users/{id}/PlayedItems/{id}' }, itemVendorId);
      }
      if (data.rating === null && before.ratingTenths !== null) {
        await write(calls, { method: 'DELETE', path: itemRoute(userId, itemVendorId, 'Rating'), endpoint: 'DELETE /Users/{id}/Items/{id}/Rating' }, itemVendorId);
      }
      await write(calls, { method: 'POST', path: itemRoute(userId, itemVendorId, 'UserData'), endpoint: 'POST /Users/{id}/Items/{id}/UserData', body: userDataBody(data) }, itemVendorId);
      if (data.favorite !== (before.favorite ?? false)) await setFavorite(userId, itemVendorId, data.favorite);
      else if (data.favorite && (await detail(userId, itemVendorId))?.data.favorite === false) await setFavorite(userId, itemVendorId, true);
      return null;
    },
  };
}
