import type { Collection, ItemListSpec } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import { booleanOf, countOf, fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer } from '../media-server.js';
import { notThere, paged, readAll, type PlexCalls } from './plex.calls.js';
import { chunks, refuseSmart, requireId, rowsOf, TYPE_NUMBERS, typesOf, uriOf } from './plex.lists.js';
import { mapPlexSections } from './plex.mapper.js';

const MAX_LISTS = 2_000;
const MAX_ITEMS = 5_000;

/** Collections stand in one library each and are sorted by the server. */
export function plexCollections(calls: PlexCalls): MediaServer['collections'] {
  const ofSection = async (key: string): Promise<Collection[]> => {
    const path = `/library/sections/${encodeURIComponent(key)}/collections`;
    const page = async (start: number, size: number) => collectionRows(await calls.read({ path, query: paged(start, size), endpoint: 'GET /library/sections/{k}/collections' }));
    return mapPlexCollections(await readAll(({ start, size }) => page(start, size), MAX_LISTS), key);
  };
  const sectionKeys = async (): Promise<string[]> => mapPlexSections(await calls.read({ path: '/library/sections', endpoint: 'GET /library/sections' })).map(({ library }) => library.vendorId);
  const list = async (): Promise<Collection[]> => {
    const collections: Collection[] = [];
    for (const key of await sectionKeys()) collections.push(...(await ofSection(key)));
    return collections.slice(0, MAX_LISTS);
  };
  const items = async (id: string): Promise<string[]> => {
    const path = `/library/collections/${requireId(id, 'collection')}/items`;
    const page = async (start: number, size: number) => rowsOf(await calls.read({ path, query: paged(start, size), endpoint: 'GET /library/collections/{c}/items' }));
    return (await readAll(({ start, size }) => page(start, size), MAX_ITEMS)).flatMap((row) => textOf(row['ratingKey'], 200) ?? []);
  };
  const add = async (id: string, itemIds: readonly string[]): Promise<void> => {
    for (const some of chunks(itemIds)) await calls.order({ method: 'PUT', path: `/library/collections/${id}/items`, query: { uri: await uriOf(calls, some) }, endpoint: 'PUT /library/collections/{c}/items' }, 'collection');
  };
  const named = async (sectionKey: string, name: string): Promise<Collection | undefined> => (await ofSection(sectionKey)).find((each) => each.name === name);

  /** @returns its id */
  const make = async (sectionId: string, { name, itemIds }: ItemListSpec, type: number): Promise<string> => {
    const [first = [], ...rest] = chunks(itemIds);
    const answer = await calls.order({ method: 'POST', path: '/library/collections', query: { type, title: name, smart: 0, sectionId, uri: await uriOf(calls, first) }, endpoint: 'POST /library/collections' }, 'library');
    const made = textOf(rowsOf(answer)[0]?.['ratingKey'], 200) ?? (await named(sectionId, name))?.vendorId;
    if (made === undefined) throw answerInvalid('The media server took the new collection and does not list it.', { reason: 'not-made' });
    await add(made, rest.flat());
    return made;
  };

  return {
    list,
    items,
    ensure: async (libraryId, spec) => {
      if (!(await sectionKeys()).includes(libraryId)) throw notThere('library', { libraryVendorId: libraryId });
      const wanted = { ...spec, itemIds: [...new Set(spec.itemIds)] };
      const types = await typesOf(calls, wanted.itemIds);
      const known = await named(libraryId, spec.name);
      if (known?.smart) refuseSmart('collection', spec.name);
      const id = known?.vendorId ?? (await make(libraryId, wanted, TYPE_NUMBERS[types[0]!] ?? 1));
      if (known) {
        const before = await items(id);
        // what is new comes first: an empty collection is gone
        await add(id, wanted.itemIds.filter((itemId) => !before.includes(itemId)));
        for (const itemId of before.filter((each) => !wanted.itemIds.includes(each))) {
          await calls.order({ method: 'DELETE', path: `/library/collections/${id}/items/${encodeURIComponent(itemId)}`, endpoint: 'DELETE /library/collections/{c}/items/{id}' }, 'title');
        }
      }
      const now = (await ofSection(libraryId)).find(({ vendorId }) => vendorId === id);
      if (!now) throw answerInvalid('The media server does not hold the collection as it was written.', { reason: 'not-kept' });
      return now;
    },
    remove: async (id) => {
      const known = (await list()).find(({ vendorId }) => vendorId === id);
      if (known?.libraryVendorId === undefined || known.libraryVendorId === null) throw notThere('collection', { listVendorId: id });
      const path = `/library/sections/${encodeURIComponent(known.libraryVendorId)}/collection/${encodeURIComponent(id)}`;
      await calls.order({ method: 'DELETE', path, endpoint: 'DELETE /library/sections/{k}/collection/{c}' }, 'collection');
    },
  };
}

/** In XML answers they stand among the folders. */
export function collectionRows(container: Fields): Fields[] {
  return [...rowsOf(container), ...listOf(container['Directory']).map(fieldsOf)];
}

/** Rows of `GET /library/sections/{k}/collections`. */
export function mapPlexCollections(rows: readonly Fields[], sectionKey: string): Collection[] {
  return rows.flatMap((row) => {
    const vendorId = textOf(row['ratingKey'], 300);
    const name = textOf(row['title'], 500);
    if (vendorId === null || name === null) return [];
    return [{ vendorId, name, libraryVendorId: sectionKey, itemCount: countOf(row['childCount']), smart: booleanOf(row['smart']) === true }];
  });
}
