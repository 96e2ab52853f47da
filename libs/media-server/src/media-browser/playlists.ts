import { AppError, type MediaItem, type Playlist } from '@usher/contracts';
import { answerInvalid, connectionError, parseJson } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { chunksOf, CHUNK, get, notThere, orNotThere, rowsOf, send, type DetailCalls } from './detail-calls.js';
import { booleanOf, countOf, fieldsOf, textOf, ticksToMs, type Fields } from './fields.js';
import { itemsById } from './items.js';
import { planList } from './list-plan.js';

const PAGE = 500;
const MAX_LISTS = 1_000;
const MEDIA_TYPES: Readonly<Record<string, Playlist['mediaType']>> = { Video: 'video', Audio: 'audio', Photo: 'photo' };

interface Entry {
  readonly entryId: string;
  readonly itemId: string;
}

interface Listed {
  readonly playlist: Playlist;
  /** What the vendor says about editing; null where it says nothing. */
  readonly canEdit: boolean | null;
}

/** Playlists in the name of a user. Keys can neither move entries nor rename: a list is brought to an order by removing and adding. */
export function playlistsOf(calls: DetailCalls): MediaServer['playlists'] {
  const { words } = calls;
  const listed = async (userId: string): Promise<Listed[]> => {
    if (!words.isUserId(userId)) throw notThere('account', { userVendorId: userId });
    const query = { Recursive: true, IncludeItemTypes: 'Playlist', Fields: 'ChildCount,CanEditItems', CollapseBoxSetItems: false, EnableImages: false, Limit: MAX_LISTS };
    const answer = await get(calls, words.userItems(userId), 'GET /Items (playlists)', query).catch(orNotThere('account'));
    return rowsOf(answer, 'playlists').flatMap((row) => mapPlaylist(row, userId) ?? []);
  };
  const require = async (userId: string, id: string): Promise<Listed> => {
    const found = (await listed(userId)).find(({ playlist }) => playlist.vendorId === id);
    if (!found) throw notThere('playlist', { playlistVendorId: id });
    return found;
  };

  const entries = async (userId: string, id: string): Promise<Entry[]> => {
    const path = `/Playlists/${encodeURIComponent(id)}/Items`;
    const all: Entry[] = [];
    for (let start = 0; ; start += PAGE) {
      const answer = await get(calls, { path, query: { UserId: userId } }, 'GET /Playlists/{id}/Items', { StartIndex: start, Limit: PAGE, EnableImages: false, EnableUserData: false }).catch(orNotThere('playlist'));
      const rows = rowsOf(answer, 'entries');
      for (const row of rows) {
        const itemId = textOf(row['Id'], 200);
        if (itemId !== null) all.push({ itemId, entryId: textOf(row['PlaylistItemId'], 200) ?? itemId });
      }
      if (rows.length < PAGE) return all;
    }
  };

  /** Lists of others that are shown to this user are left alone. */
  const mayEdit = async (userId: string, { playlist, canEdit }: Listed): Promise<boolean> => {
    const order = words.lists.tryEdit(playlist.vendorId, userId);
    if (!order) return canEdit !== false;
    try {
      await send(calls, order);
      return true;
    } catch (error) {
      const failure = connectionError(error);
      if (failure.details['httpStatus'] === 403 || failure.code === 'NOT_FOUND') return false;
      throw failure;
    }
  };

  const known = async (ids: readonly string[]): Promise<MediaItem[]> => {
    const unique = [...new Set(ids)];
    const found: MediaItem[] = [];
    for (const chunk of chunksOf(unique.filter((id) => words.isItemId(id)), CHUNK)) found.push(...(await itemsById(calls, chunk, { withFiles: false })));
    const leaves = new Set(found.filter(({ type }) => type !== 'series' && type !== 'album').map(({ vendorId }) => vendorId));
    // an unknown one would be left out in silence, a series would become its episodes
    const missing = unique.filter((id) => !leaves.has(id));
    if (missing.length > 0) throw new AppError('NOT_FOUND', 'Some titles are not on the media server, or cannot be played by themselves.', { missing: missing.slice(0, 20), count: missing.length });
    return found;
  };

  const add = async (userId: string, id: string, ids: readonly string[]): Promise<void> => {
    for (const chunk of chunksOf(ids, CHUNK)) {
      await send(calls, { method: 'POST', path: `/Playlists/${encodeURIComponent(id)}/Items`, endpoint: 'POST /Playlists/{id}/Items', query: { Ids: chunk.join(','), UserId: userId } });
    }
  };

  /** The titles first and the rest in the second call, where a list was long. @returns its id */
  const create = async (userId: string, name: string, ids: readonly string[], items: readonly MediaItem[]): Promise<string> => {
    const first = ids.slice(0, CHUNK);
    const answer = await send(calls, words.lists.createPlaylist(userId, name, first, items.every(({ type }) => type === 'track') ? 'Audio' : 'Video'));
    const id = textOf(fieldsOf(parseJson(answer))['Id'], 200);
    if (id === null) throw answerInvalid('The media server told nothing about the playlist that it made.', { reason: 'shape' });
    await add(userId, id, ids.slice(CHUNK));
    return id;
  };

  const bring = async (userId: string, id: string, wanted: readonly string[]): Promise<void> => {
    const current = await entries(userId, id);
    const plan = planList(current.map(({ itemId }) => itemId), wanted);
    const going = [...new Set(current.slice(plan.keep).map(({ entryId }) => entryId))];
    for (const chunk of chunksOf(going, CHUNK)) await send(calls, words.lists.removeEntries(id, chunk));
    await add(userId, id, plan.add);
  };

  return {
    list: async (userId) => (await listed(userId)).map(({ playlist }) => playlist),
    items: async (userId, id) => {
      await require(userId, id);
      return (await entries(userId, id)).map(({ itemId }) => itemId).slice(0, 5_000);
    },
    ensure: async (userId, spec) => {
      const items = await known(spec.itemIds);
      const namesakes = (await listed(userId)).filter(({ playlist }) => playlist.name === spec.name && !playlist.smart);
      let id: string | null = null;
      for (const each of namesakes) if (id === null && (await mayEdit(userId, each))) id = each.playlist.vendorId;
      if (id === null) id = await create(userId, spec.name, spec.itemIds, items);
      else await bring(userId, id, spec.itemIds);
      // older versions drop repeated entries now and then (10.11, measured)
      const isWanted = sameOnce(spec.itemIds, (await entries(userId, id)).map(({ itemId }) => itemId));
      if (!isWanted) throw answerInvalid('The media server did not keep the playlist as it was written.', { playlistVendorId: id });
      return (await require(userId, id)).playlist;
    },
    remove: async (userId, id) => {
      // the same route deletes films with their files: nothing but a playlist of this user gets there
      const found = await require(userId, id);
      if (!(await mayEdit(userId, found))) throw new AppError('VALIDATION_FAILED', 'This playlist belongs to somebody else.', { field: 'playlistVendorId' });
      await send(calls, { method: 'DELETE', path: `/Items/${encodeURIComponent(id)}`, endpoint: 'DELETE /Items/{id} (playlist)' }).catch(orNotThere('playlist'));
    },
  };
}

function mapPlaylist(row: Fields, userId: string): Listed | null {
  const vendorId = textOf(row['Id'], 300);
  if (vendorId === null || row['Type'] !== 'Playlist') return null;
  const word = textOf(row['MediaType'], 50) ?? '';
  const itemCount = countOf(row['ChildCount']);
  return {
    canEdit: booleanOf(row['CanEditItems']),
    playlist: {
      vendorId,
      name: textOf(row['Name'], 500) ?? vendorId,
      userId,
      mediaType: Object.hasOwn(MEDIA_TYPES, word) ? MEDIA_TYPES[word]! : 'unknown',
      itemCount,
      durationMs: ticksToMs(row['RunTimeTicks']),
      smart: false,
    },
  };
}

/** Equal, repeated entries aside. */
function sameOnce(wanted: readonly string[], seen: readonly string[]): boolean {
  const [a, b] = [[...new Set(wanted)], [...new Set(seen)]];
  return a.length === b.length && a.every((id, position) => id === b[position]);
}
