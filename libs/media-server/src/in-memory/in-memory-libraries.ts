import { AppError, type Capability, type FolderSpace, type ItemFile, type Library, type ListedItem, type MediaItem, type MetadataHealth } from '@usher/contracts';
import type { ItemOptions, MediaServer } from '../media-server.js';

/** What the libraries need of the server that they belong to. */
export interface LibraryHost {
  libraryList: Library[];
  readonly itemLists: Map<string, MediaItem[]>;
  readonly paths: ReadonlySet<string>;
  readonly spaceList: readonly FolderSpace[];
  readonly addedAt: ReadonlyMap<string, string>;
  readonly bare: ReadonlySet<string>;
}

/** When everything came of which nothing else was said. */
export const LONG_AGO = '2010-01-01T00:00:00.000Z';

/** Libraries and items, without a network. */
export function inMemoryLibraries(host: LibraryHost, admit: (capability: Capability | null) => void): MediaServer['libraries'] {
  const every = (): MediaItem[] => [...host.itemLists.values()].flat();
  const addedAt = (item: MediaItem): string => host.addedAt.get(item.vendorId) ?? LONG_AGO;
  const require = (libraryId: string): Library => {
    const library = host.libraryList.find(({ vendorId }) => vendorId === libraryId);
    if (!library) throw new AppError('NOT_FOUND', 'This library is not on the media server.', { libraryVendorId: libraryId });
    return library;
  };
  let made = 0;
  return {
    list: async () => {
      admit('libraries.list');
      return structuredClone(host.libraryList);
    },
    items: async (libraryId, { start, limit }, options) => {
      admit('items.list');
      if (options.changedSince !== undefined) admit('items.changedSince');
      const all = (host.itemLists.get(libraryId) ?? []).filter((item) => options.changedSince === undefined || addedAt(item) >= options.changedSince);
      const end = start + limit;
      return { items: all.slice(start, end).map((item) => shown(item, options)), total: all.length, nextStart: end < all.length ? end : null };
    },
    itemsById: async (ids, options) => {
      admit('items.list');
      return every().filter(({ vendorId }) => ids.includes(vendorId)).map((item) => shown(item, options));
    },
    checkPaths: async ({ folders, files }) => {
      admit('libraries.checkPaths');
      return [...folders, ...files].map((path) => ({ path, state: host.paths.has(path) ? 'found' : 'missing' }));
    },
    space: async () => {
      admit('libraries.space');
      return structuredClone([...host.spaceList]);
    },
    find: async (ids) => {
      admit('items.byProviderId');
      const wanted = Object.entries(ids).map(([name, id]) => `${name}://${id}`.toLowerCase());
      if (wanted.length === 0) throw new AppError('VALIDATION_FAILED', 'An id to look for is needed.', { field: 'ids' });
      return every().filter(({ guids }) => guids.some((guid) => wanted.includes(guid.toLowerCase()))).slice(0, 100).map((item) => shown(item, { withFiles: true }));
    },
    recentlyAdded: async (limit) => {
      admit('items.recentlyAdded');
      const listed: ListedItem[] = every().filter(({ type }) => type !== 'series').map((item) => ({ item: shown(item, { withFiles: true }), at: addedAt(item), positionMs: null }));
      return listed.sort((one, other) => other.at!.localeCompare(one.at!)).slice(0, limit);
    },
    health: async (libraryId) => {
      admit('metadata.health');
      const items = (host.itemLists.get(require(libraryId).vendorId) ?? []).filter(({ type }) => type === 'movie' || type === 'series' || type === 'album');
      return healthOf(libraryId, items, host.bare);
    },
    create: async ({ name, type, folders }) => {
      admit('libraries.create');
      if (host.libraryList.some((library) => library.name.toLowerCase() === name.toLowerCase())) throw new AppError('IDENTITY_CONFLICT', 'There is a library of this name already.', { name });
      const library: Library = { vendorId: `made-library-${++made}`, name, type, itemCount: 0, childCount: null, folders: [...folders] };
      host.libraryList = [...host.libraryList, library];
      return structuredClone(library);
    },
    remove: async (libraryId) => {
      admit('libraries.create');
      const { vendorId } = require(libraryId);
      host.libraryList = host.libraryList.filter((library) => library.vendorId !== vendorId);
      host.itemLists.delete(vendorId);
    },
  };
}

/** What is inside the files is told only to whoever asks. */
function shown(item: MediaItem, { withStreams }: ItemOptions): MediaItem {
  const plain = ({ path, sizeBytes }: ItemFile): ItemFile => ({ path, sizeBytes });
  return structuredClone(withStreams ? item : { ...item, files: item.files.map(plain) });
}

function healthOf(libraryVendorId: string, items: readonly MediaItem[], bare: ReadonlySet<string>): MetadataHealth {
  const withoutIds = items.filter(({ guids }) => guids.length === 0);
  const plain = items.filter(({ vendorId }) => bare.has(vendorId));
  const examples = items.flatMap((item) => {
    const missing = [...(plain.includes(item) ? (['poster', 'overview'] as const) : []), ...(withoutIds.includes(item) ? (['ids'] as const) : [])];
    return missing.length === 0 ? [] : [{ itemId: item.vendorId, title: item.title, missing }];
  });
  return { libraryVendorId, items: items.length, missingPoster: plain.length, missingOverview: plain.length, missingIds: withoutIds.length, missingSubtitles: null, examples: examples.slice(0, 50) };
}
