import { AppError, type Discovery, type ListedItem, type MediaItem } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import type { ProviderIds } from '../media-server.js';
import { get, rowsOf, type DetailCalls, type Query, type Route } from './detail-calls.js';
import { fieldsOf, textOf, ticksToMs, timeOf, type Fields } from './fields.js';
import { FIELDS } from './items.js';
import { mapItem } from './items.mapper.js';
import { totalOf } from './library.mapper.js';
import { LEAVES } from './state-calls.js';

const SHOWN = 20;
const MAX_FOUND = 100;
const LEAN = { Fields: `${FIELDS},DateCreated`, EnableImages: false } as const;
const FAVORITES = { Movie: 'movie', Series: 'series', Episode: 'episode', MusicAlbum: 'album', Audio: 'track' } as const;

type At = (row: Fields) => string | null;
const addedAt: At = (row) => timeOf(row['DateCreated']);
const playedAt: At = (row) => timeOf(fieldsOf(row['UserData'])['LastPlayedDate']);

function listed(row: Fields, at: At): ListedItem | null {
  const item = mapItem(row);
  const positionMs = ticksToMs(fieldsOf(row['UserData'])['PlaybackPositionTicks']);
  return item && { item, at: at(row), positionMs: positionMs || null };
}

/** What the first page of a person shows. Seven reads of the light kind. */
export async function discover(calls: DetailCalls, userId: string): Promise<Discovery> {
  const { words } = calls;
  const nobody = (): AppError => new AppError('NOT_FOUND', 'This account is not on the media server.', { userVendorId: userId });
  if (!words.isUserId(userId)) throw nobody();
  const read = async (route: Route, endpoint: string, more: Query): Promise<unknown> => {
    try {
      return await get(calls, route, endpoint, more);
    } catch (error) {
      const failure = connectionError(error);
      throw failure.code === 'NOT_FOUND' ? nobody() : failure;
    }
  };
  const rows = async (route: Route, endpoint: string, at: At, more: Query = {}): Promise<ListedItem[]> =>
    rowsOf(await read(route, endpoint, { Limit: SHOWN, ...LEAN, ...more }), 'titles').flatMap((row) => listed(row, at) ?? []).slice(0, 100);
  const favorites = async (type: keyof typeof FAVORITES) => ({
    type: FAVORITES[type],
    count: totalOf(await read(words.userItems(userId), 'GET /Items (favorites)', { Recursive: true, IncludeItemTypes: type, Filters: 'IsFavorite', CollapseBoxSetItems: false, Limit: 0 })) ?? 0,
  });
  const [latest, resume, nextUp] = await Promise.all([
    rows(words.latest(userId), 'GET /Items/Latest', addedAt),
    rows(words.resume(userId), 'GET /Items/Resume', playedAt, { MediaTypes: 'Video' }),
    rows({ path: '/Shows/NextUp', query: { UserId: userId } }, 'GET /Shows/NextUp', playedAt),
  ]);
  const counts = [];
  for (const type of Object.keys(FAVORITES) as (keyof typeof FAVORITES)[]) counts.push(await favorites(type));
  return {
    latest,
    // partly watched series (Jellyfin) and what comes next (Emby) stand in that row, too
    resume: resume.filter(({ item, positionMs }) => positionMs !== null && (item.type === 'movie' || item.type === 'episode')),
    nextUp: nextUp.filter(({ item }) => item.type === 'episode'),
    favorites: counts.filter(({ count }) => count > 0),
  };
}

/** What is played, newest first; what it belongs to follows from it. */
export async function recentlyAdded(calls: Pick<DetailCalls, 'http' | 'prefix'>, limit: number): Promise<ListedItem[]> {
  const query = { Recursive: true, IncludeItemTypes: LEAVES, SortBy: 'DateCreated,SortName', SortOrder: 'Descending', CollapseBoxSetItems: false, Limit: Math.max(1, Math.min(100, limit)), ...LEAN, EnableUserData: false };
  const rows = rowsOf(await get(calls, { path: '/Items', query }, 'GET /Items (newest)'), 'titles');
  return rows.flatMap((row) => listed(row, addedAt) ?? []).slice(0, limit);
}

/** By ids of other catalogues. A filter that is not understood lists everything: every row must hold one of them. */
export async function findByIds(calls: DetailCalls, ids: ProviderIds): Promise<MediaItem[]> {
  const wanted = Object.entries(ids).filter(([, id]) => id !== undefined && id !== '');
  if (wanted.length === 0) throw new AppError('VALIDATION_FAILED', 'An id is needed to find a title.', { field: 'ids' });
  if (wanted.some(([, id]) => !/^[\w-]{1,50}$/.test(id!))) throw new AppError('VALIDATION_FAILED', 'This is no id of a catalogue.', { field: 'ids' });
  const filter = calls.words.findQuery(ids);
  if (!filter) throw new AppError('CAPABILITY_MISSING', 'This media server cannot do that (items.byProviderId).', { capability: 'items.byProviderId' });
  const query = { Recursive: true, IncludeItemTypes: 'Movie,Series,Episode,MusicAlbum,Audio', Limit: MAX_FOUND, CollapseBoxSetItems: false, Fields: FIELDS, EnableUserData: false, EnableImages: false, ...filter };
  const rows = rowsOf(await get(calls, { path: '/Items', query }, 'GET /Items (by provider id)'), 'titles');
  const holds = (row: Fields): boolean => Object.entries(fieldsOf(row['ProviderIds'])).some(([name, id]) => wanted.some(([key, value]) => key === name.toLowerCase() && value === textOf(id, 200)));
  return rows.filter(holds).flatMap((row) => mapItem(row) ?? []).slice(0, MAX_FOUND);
}

