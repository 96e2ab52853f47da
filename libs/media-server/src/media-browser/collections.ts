import { AppError, type Collection } from '@usher/contracts';
import { answerInvalid, parseJson } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { chunksOf, CHUNK, get, notThere, orNotThere, rowsOf, send, type DetailCalls } from './detail-calls.js';
import { countOf, fieldsOf, textOf, type Fields } from './fields.js';
import { itemsById } from './items.js';

const MAX_LISTS = 5_000;
const PAGE = 500;

/** Collections belong to no library. `administratorId`: a key without a user sees no members (Jellyfin 12.0, measured). */
export function collectionsOf(calls: DetailCalls, administratorId: () => Promise<string>): MediaServer['collections'] {
  const { words } = calls;
  const list = async (): Promise<Collection[]> => {
    const query = { Recursive: true, IncludeItemTypes: 'BoxSet', Fields: 'ChildCount', CollapseBoxSetItems: false, EnableImages: false, Limit: MAX_LISTS };
    return rowsOf(await get(calls, words.userItems(await administratorId()), 'GET /Items (collections)', query), 'collections').flatMap((row) => mapCollection(row) ?? []);
  };
  const require = async (id: string): Promise<Collection> => {
    const found = (await list()).find(({ vendorId }) => vendorId === id);
    if (!found) throw notThere('collection', { collectionVendorId: id });
    return found;
  };
  const members = async (id: string): Promise<string[]> => {
    const all: string[] = [];
    for (let start = 0; ; start += PAGE) {
      const query = { ParentId: id, CollapseBoxSetItems: false, EnableImages: false, EnableUserData: false, StartIndex: start, Limit: PAGE };
      const rows = rowsOf(await get(calls, words.userItems(await administratorId()), 'GET /Items (members)', query).catch(orNotThere('collection')), 'titles');
      all.push(...rows.flatMap((row) => textOf(row['Id'], 200) ?? []));
      if (rows.length < PAGE) return all;
    }
  };
  const known = async (ids: readonly string[]): Promise<void> => {
    const found = new Set<string>();
    for (const chunk of chunksOf(ids.filter((id) => words.isItemId(id)), CHUNK)) for (const { vendorId } of await itemsById(calls, chunk, { withFiles: false })) found.add(vendorId);
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length > 0) throw new AppError('NOT_FOUND', 'Some titles are not on the media server.', { missing: missing.slice(0, 20), count: missing.length });
  };
  /** One after the other: of parallel ones some are lost. */
  const add = async (id: string, ids: readonly string[]): Promise<void> => {
    for (const chunk of chunksOf(ids, CHUNK)) await send(calls, { method: 'POST', path: `/Collections/${encodeURIComponent(id)}/Items`, endpoint: 'POST /Collections/{id}/Items', query: { Ids: chunk.join(',') } });
  };

  return {
    list,
    items: async (id) => {
      await require(id);
      return await members(id);
    },
    ensure: async (_libraryId, spec) => {
      const wanted = [...new Set(spec.itemIds)];
      await known(wanted);
      // a taken name answers the id of the old one and ignores the titles (12.0, measured)
      const old = (await list()).find(({ name }) => name.toLowerCase() === spec.name.toLowerCase());
      if (old) {
        const current = await members(old.vendorId);
        // added before anything is removed: one without members cannot be (Emby)
        await add(old.vendorId, wanted.filter((id) => !current.includes(id)));
        for (const chunk of chunksOf(current.filter((id) => !wanted.includes(id)), CHUNK)) await send(calls, words.lists.removeMembers(old.vendorId, chunk));
      }
      const id = old?.vendorId ?? (await create(spec.name, wanted));
      const now = new Set(await members(id));
      if (now.size !== wanted.length || !wanted.every((each) => now.has(each))) throw answerInvalid('The media server did not keep the collection as it was written.', { collectionVendorId: id });
      return await require(id);
    },
    remove: async (id) => {
      // the same route deletes films with their files: nothing but a collection gets there
      await require(id);
      await send(calls, { method: 'DELETE', path: `/Items/${encodeURIComponent(id)}`, endpoint: 'DELETE /Items/{id} (collection)' }).catch(orNotThere('collection'));
    },
  };

  async function create(name: string, ids: readonly string[]): Promise<string> {
    const answer = await send(calls, { method: 'POST', path: '/Collections', endpoint: 'POST /Collections', query: { Name: name, Ids: ids.slice(0, CHUNK).join(',') } });
    const id = textOf(fieldsOf(parseJson(answer))['Id'], 200);
    if (id === null) throw answerInvalid('The media server told nothing about the collection that it made.', { reason: 'shape' });
    await add(id, ids.slice(CHUNK));
    return id;
  }
}

function mapCollection(row: Fields): Collection | null {
  const vendorId = textOf(row['Id'], 300);
  if (vendorId === null || row['Type'] !== 'BoxSet') return null;
  return { vendorId, name: textOf(row['Name'], 500) ?? vendorId, libraryVendorId: null, itemCount: countOf(row['ChildCount']), smart: false };
}
