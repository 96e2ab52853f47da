import { AppError } from '@usher/contracts';
import { connectionError } from '../http/vendor-errors.js';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { isPlexId, notThere, PLEX_IDS, type PlexCalls, type PlexVoice } from './plex.calls.js';

/** Type numbers of what can stand in a list. */
export const TYPE_NUMBERS: Readonly<Record<string, number>> = { movie: 1, show: 2, season: 3, episode: 4, artist: 8, album: 9, track: 10, photo: 13 };

/** Types of the titles, in the order of the ids, before anything is written. @throws AppError NOT_FOUND naming those that are not there or hidden */
export async function typesOf(voice: PlexVoice, ids: readonly string[]): Promise<string[]> {
  const types = new Map<string, string>();
  const wanted = [...new Set(ids)].filter(isPlexId);
  for (const some of chunks(wanted)) {
    const request = { path: `/library/metadata/${some.join(',')}`, endpoint: 'GET /library/metadata/{ids}' };
    const container = await voice.read(request).catch((error: unknown): Fields => {
      const failure = connectionError(error);
      if (failure.code === 'NOT_FOUND') return {};
      throw failure;
    });
    for (const row of listOf(container['Metadata']).map(fieldsOf)) types.set(textOf(row['ratingKey'], 200) ?? '', textOf(row['type'], 50) ?? '');
  }
  const unknown = ids.filter((id) => !types.has(id));
  if (unknown.length > 0) throw new AppError('NOT_FOUND', 'Some of these titles are not on the media server.', { itemVendorIds: [...new Set(unknown)].slice(0, 20) });
  return ids.map((id) => types.get(id)!);
}

/** As many ids as fit into one address line. */
export function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / PLEX_IDS) }, (_, at) => ids.slice(at * PLEX_IDS, (at + 1) * PLEX_IDS));
}

/** How this vendor names titles of its own in an order. */
export async function uriOf({ machineId }: Pick<PlexCalls, 'machineId'>, ids: readonly string[]): Promise<string> {
  return `server://${await machineId()}/com.plexapp.plugins.library/library/metadata/${ids.join(',')}`;
}

export function requireId(id: string, noun: string): string {
  if (!isPlexId(id)) throw notThere(noun, { listVendorId: id });
  return id;
}

export const rowsOf = (container: Fields): Fields[] => listOf(container['Metadata']).map(fieldsOf);

/** A list that rules fill cannot be written title by title. */
export function refuseSmart(noun: string, name: string): never {
  throw new AppError('IDENTITY_CONFLICT', `There is a smart ${noun} of this name: its rules fill it.`, { name });
}
