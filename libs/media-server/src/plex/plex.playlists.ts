import { AppError, type ItemListSpec, type Playlist } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import { booleanOf, countOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { paged, readAll, type PlexCalls, type PlexVoice } from './plex.calls.js';
import { chunks, refuseSmart, requireId, rowsOf, typesOf, uriOf } from './plex.lists.js';

const LEAVES = new Set(['movie', 'episode', 'track', 'clip', 'photo']);
const MAX_LISTS = 1_000;
const MAX_ITEMS = 5_000;
/** Above, a list is emptied and filled anew instead of moved title by title. */
const MAX_MOVES = 100;

interface Entry {
  readonly itemId: string;
  /** Of this place in the list; a title may stand in it twice. */
  readonly entryId: string;
}

/** Playlists belong to accounts: every call is made in the name of theirs. */
export function plexPlaylists(calls: PlexCalls): MediaServer['playlists'] {
  const all = async (voice: PlexVoice, userId: string): Promise<Playlist[]> => {
    const page = async (start: number, size: number) => rowsOf(await voice.read({ path: '/playlists', query: paged(start, size), endpoint: 'GET /playlists' }));
    return mapPlexPlaylists(await readAll(({ start, size }) => page(start, size), MAX_LISTS), userId);
  };
  const entries = async (voice: PlexVoice, id: string): Promise<Entry[]> => {
    const path = `/playlists/${requireId(id, 'playlist')}/items`;
    const page = async (start: number, size: number) => rowsOf(await voice.read({ path, query: paged(start, size), endpoint: 'GET /playlists/{p}/items' }));
    return mapEntries(await readAll(({ start, size }) => page(start, size), MAX_ITEMS));
  };
  const add = async (voice: PlexVoice, id: string, itemIds: readonly string[]): Promise<void> => {
    for (const some of chunks(itemIds)) await voice.order({ method: 'PUT', path: `/playlists/${id}/items`, query: { uri: await uriOf(calls, some) }, endpoint: 'PUT /playlists/{p}/items' }, 'playlist');
  };
  const named = async (voice: PlexVoice, userId: string, name: string): Promise<Playlist | undefined> => {
    const found = (await all(voice, userId)).filter((each) => each.name === name);
    return found.find(({ smart }) => !smart) ?? found[0];
  };

  /** @returns its id */
  const make = async (voice: PlexVoice, userId: string, { name, itemIds }: ItemListSpec, type: string): Promise<string> => {
    const [first = [], ...rest] = chunks(itemIds);
    const answer = await voice.order({ method: 'POST', path: '/playlists', query: { type, title: name, smart: 0, uri: await uriOf(calls, first) }, endpoint: 'POST /playlists' }, 'playlist');
    const made = textOf(rowsOf(answer)[0]?.['ratingKey'], 200) ?? (await named(voice, userId, name))?.vendorId;
    if (made === undefined) throw answerInvalid('The media server took the new playlist and does not list it.', { reason: 'not-made' });
    await add(voice, made, rest.flat());
    return made;
  };

  /** First what is missing, then what is too much, then the order: a list that is cut off half-way lost nothing that it shall hold. */
  const fill = async (voice: PlexVoice, id: string, wanted: readonly string[]): Promise<void> => {
    const before = await entries(voice, id);
    const { missing, surplus } = difference(before, wanted);
    await add(voice, id, missing);
    for (const { entryId } of surplus) await voice.order({ method: 'DELETE', path: `/playlists/${id}/items/${encodeURIComponent(entryId)}`, endpoint: 'DELETE /playlists/{p}/items/{id}' }, 'title');
    const moves = movesTo(missing.length + surplus.length === 0 ? before : await entries(voice, id), wanted);
    if (moves.length > MAX_MOVES) {
      await voice.order({ method: 'DELETE', path: `/playlists/${id}/items`, endpoint: 'DELETE /playlists/{p}/items' }, 'playlist');
      await add(voice, id, wanted);
      return;
    }
    for (const { entryId, after } of moves) {
      await voice.order({ method: 'PUT', path: `/playlists/${id}/items/${encodeURIComponent(entryId)}/move`, query: { after: after ?? undefined }, endpoint: 'PUT /playlists/{p}/items/{id}/move' }, 'title');
    }
  };

  return {
    list: async (userId) => await all(await calls.inNameOf(userId), userId),
    items: async (userId, id) => (await entries(await calls.inNameOf(userId), id)).map(({ itemId }) => itemId),
    ensure: async (userId, spec) => {
      const voice = await calls.inNameOf(userId);
      const types = await typesOf(voice, spec.itemIds);
      // of a series or an album the vendor puts in what it holds
      if (types.some((type) => !LEAVES.has(type))) throw new AppError('VALIDATION_FAILED', 'A playlist holds films, episodes, tracks, clips and photos.', { field: 'itemIds' });
      const known = await named(voice, userId, spec.name);
      if (known?.smart) refuseSmart('playlist', spec.name);
      if (known) await fill(voice, known.vendorId, spec.itemIds);
      const id = known?.vendorId ?? (await make(voice, userId, spec, types.every((type) => type === 'track') ? 'audio' : types.every((type) => type === 'photo') ? 'photo' : 'video'));
      const now = (await all(voice, userId)).find(({ vendorId }) => vendorId === id);
      if (!now || now.itemCount !== spec.itemIds.length) throw answerInvalid('The media server does not hold the playlist as it was written.', { reason: 'not-kept' });
      return now;
    },
    remove: async (userId, id) => {
      const voice = await calls.inNameOf(userId);
      await voice.order({ method: 'DELETE', path: `/playlists/${requireId(id, 'playlist')}`, endpoint: 'DELETE /playlists/{p}' }, 'playlist');
    },
  };
}

/** Rows of `GET /playlists` of one account. */
export function mapPlexPlaylists(rows: readonly Fields[], userId: string): Playlist[] {
  return rows.flatMap((row) => {
    const vendorId = textOf(row['ratingKey'], 300);
    const name = textOf(row['title'], 500);
    if (vendorId === null || name === null) return [];
    const type = textOf(row['playlistType'], 20);
    return [{ vendorId, name, userId, mediaType: type === 'video' || type === 'audio' || type === 'photo' ? type : ('unknown' as const), itemCount: countOf(row['leafCount']), durationMs: countOf(row['duration']), smart: booleanOf(row['smart']) === true }];
  });
}

function mapEntries(rows: readonly Fields[]): Entry[] {
  return rows.flatMap((row) => {
    const itemId = textOf(row['ratingKey'], 200);
    return itemId === null ? [] : [{ itemId, entryId: textOf(row['playlistItemID'], 200) ?? '' }];
  });
}

/** What is missing, each as often as it is, and the entries that are too much. */
export function difference(entries: readonly Entry[], wanted: readonly string[]): { missing: string[]; surplus: Entry[] } {
  const open = new Map<string, number>();
  for (const id of wanted) open.set(id, (open.get(id) ?? 0) + 1);
  const surplus = entries.filter(({ itemId }) => {
    const left = open.get(itemId) ?? 0;
    open.set(itemId, left - 1);
    return left <= 0;
  });
  for (const { itemId } of surplus) open.set(itemId, 0);
  return { missing: [...open].flatMap(([id, count]) => Array.from({ length: Math.max(0, count) }, () => id)), surplus };
}

/** The moves that bring the entries into this order, one after the other; `after` null = to the front. */
export function movesTo(entries: readonly Entry[], wanted: readonly string[]): { entryId: string; after: string | null }[] {
  const now = [...entries];
  const moves: { entryId: string; after: string | null }[] = [];
  for (const [place, itemId] of wanted.entries()) {
    const from = now.findIndex((entry, at) => at >= place && entry.itemId === itemId);
    if (from === -1 || from === place) continue;
    const [entry] = now.splice(from, 1) as [Entry];
    now.splice(place, 0, entry);
    moves.push({ entryId: entry.entryId, after: place === 0 ? null : now[place - 1]!.entryId });
  }
  return moves;
}
