import { AppError, type Capability, type Collection, type ItemListSpec, type MediaItem, type Playlist } from '@usher/contracts';
import type { MediaServer } from '../media-server.js';

interface StoredList<Row> {
  row: Row;
  itemIds: readonly string[];
}

/** Playlists of people and collections of libraries, without a network. */
export class InMemoryLists {
  readonly playlistStore: StoredList<Playlist>[] = [];
  readonly collectionStore: StoredList<Collection>[] = [];
  #made = 0;

  constructor(
    private readonly itemLists: ReadonlyMap<string, readonly MediaItem[]>,
    private readonly admit: (capability: Capability | null) => void,
  ) {}

  readonly playlists: MediaServer['playlists'] = {
    list: async (userId) => {
      this.admit('playlists.read');
      return structuredClone(this.#of(userId).map(({ row }) => row));
    },
    items: async (userId, id) => {
      this.admit('playlists.read');
      return [...required(this.#of(userId), id).itemIds];
    },
    ensure: async (userId, spec) => {
      this.admit('playlists.write');
      this.#check(spec);
      const known = this.#of(userId).find(({ row }) => row.name === spec.name);
      const stored = known ?? { row: { vendorId: `playlist-${++this.#made}`, name: spec.name, userId, mediaType: 'video', itemCount: 0, durationMs: null, smart: false }, itemIds: [] };
      if (!known) this.playlistStore.push(stored);
      return structuredClone(fill(stored, spec));
    },
    remove: async (userId, id) => {
      this.admit('playlists.write');
      this.playlistStore.splice(this.playlistStore.indexOf(required(this.#of(userId), id)), 1);
    },
  };

  readonly collections: MediaServer['collections'] = {
    list: async () => {
      this.admit('collections.read');
      return structuredClone(this.collectionStore.map(({ row }) => row));
    },
    items: async (id) => {
      this.admit('collections.read');
      return [...required(this.collectionStore, id).itemIds];
    },
    ensure: async (libraryVendorId, spec) => {
      this.admit('collections.write');
      this.#check(spec);
      const known = this.collectionStore.find(({ row }) => row.name === spec.name && row.libraryVendorId === libraryVendorId);
      const stored = known ?? { row: { vendorId: `collection-${++this.#made}`, name: spec.name, libraryVendorId, itemCount: 0, smart: false }, itemIds: [] };
      if (!known) this.collectionStore.push(stored);
      return structuredClone(fill(stored, spec));
    },
    remove: async (id) => {
      this.admit('collections.write');
      this.collectionStore.splice(this.collectionStore.indexOf(required(this.collectionStore, id)), 1);
    },
  };

  #of(userId: string): StoredList<Playlist>[] {
    return this.playlistStore.filter(({ row }) => row.userId === userId);
  }

  #check({ itemIds }: ItemListSpec): void {
    const known = new Set([...this.itemLists.values()].flat().map(({ vendorId }) => vendorId));
    const unknown = itemIds.filter((id) => !known.has(id));
    if (unknown.length > 0) throw new AppError('NOT_FOUND', 'Some of these titles are not on the media server.', { itemVendorIds: unknown.slice(0, 20) });
  }
}

function required<Row extends { vendorId: string }>(rows: readonly StoredList<Row>[], id: string): StoredList<Row> {
  const found = rows.find(({ row }) => row.vendorId === id);
  if (!found) throw new AppError('NOT_FOUND', 'This list is not on the media server.', { listVendorId: id });
  return found;
}

function fill<Row extends Playlist | Collection>(stored: StoredList<Row>, { itemIds }: ItemListSpec): Row {
  stored.itemIds = [...itemIds];
  stored.row = { ...stored.row, itemCount: itemIds.length };
  return stored.row;
}
