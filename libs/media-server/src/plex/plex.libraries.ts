import { AppError, type Capability, type Library, type NewLibrary } from '@usher/contracts';
import { fieldsOf, listOf, type Fields } from '../media-browser/fields.js';
import type { MediaServer, PageRequest } from '../media-server.js';
import { answerInvalid, connectionError } from '../http/vendor-errors.js';
import { browsed, checkByBrowsing } from './plex.browse.js';
import { isPlexId, notThere, paged, readAll, type PlexCalls } from './plex.calls.js';
import { mapPlexHealth, unknownHealth } from './plex.health.js';
import { mapPlexItems, PlexItems, type ItemFilter } from './plex.items.js';
import { mapPlexSections, mapPlexTotal, type PlexSection } from './plex.mapper.js';
import { recentlyAdded } from './plex.shelves.js';

/** The vendor's own agents and scanners of today, by type of library. */
const MADE: Readonly<Record<NewLibrary['type'], { readonly type: number; readonly agent: string; readonly scanner: string }>> = {
  movies: { type: 1, agent: 'tv.plex.agents.movie', scanner: 'Plex Movie' },
  shows: { type: 2, agent: 'tv.plex.agents.series', scanner: 'Plex TV Series' },
  music: { type: 8, agent: 'tv.plex.agents.music', scanner: 'Plex Music' },
  photos: { type: 13, agent: 'com.plexapp.agents.none', scanner: 'Plex Photo Scanner' },
};
/** Reading through a larger library would slow its viewers down. */
const HEALTH_ITEMS = 5_000;
/** What stands on top of a music section are artists, who have neither poster nor ids of their own in most collections. */
const HEALTH_TYPES: Readonly<Record<string, number>> = { movies: 1, shows: 2, music: 9 };

/** Libraries of a Plex. One call at a time: listings slow playback down on this vendor. */
export class PlexLibraries implements Pick<MediaServer, 'libraries'> {
  /** Counts of a section are read again only when its content changed. */
  readonly #counted = new Map<string, { readonly changedAt: string; readonly library: Library }>();
  readonly #items: PlexItems;

  constructor(private readonly calls: PlexCalls) {
    this.#items = new PlexItems({
      typeOf: async (key) => (await this.#sections()).find(({ library }) => library.vendorId === key)?.library.type ?? null,
      total: (key, type, filter) => this.#total(key, type, filter),
      page: (key, type, page, filter) => this.#page(key, type, page, filter),
    });
  }

  readonly libraries: MediaServer['libraries'] = {
    list: async () => {
      const libraries: Library[] = [];
      for (const section of await this.#sections()) libraries.push(await this.#countedSection(section));
      return libraries;
    },
    items: (libraryId, page, { changedSince }) => this.#items.page(libraryId, page, changedSince),
    itemsById: async (ids, { withStreams }) => {
      const known = ids.filter(isPlexId);
      if (known.length === 0) return [];
      const request = { path: `/library/metadata/${known.join(',')}`, query: { includeGuids: 1 }, endpoint: 'GET /library/metadata/{ids}' };
      const container = await this.calls.read(request).catch((error: unknown): Fields => {
        const failure = connectionError(error);
        if (failure.code === 'NOT_FOUND') return {};
        throw failure;
      });
      return mapPlexItems(container, withStreams ?? false);
    },
    checkPaths: (paths) => checkByBrowsing((folder) => browsed(() => this.#browse(folder)), paths),
    space: () => Promise.reject(missing('libraries.space', 'Plex does not tell how much room its disks have.')),
    find: () => Promise.reject(missing('items.byProviderId', 'Plex cannot be asked for the ids of others; its items are found in the index.')),
    recentlyAdded: (limit) => recentlyAdded(this.calls, limit),
    health: async (libraryId) => {
      const { library } = await this.#require(libraryId);
      const type = HEALTH_TYPES[library.type];
      if (type === undefined) return unknownHealth(libraryId, 0);
      const total = (await this.#total(libraryId, type)) ?? 0;
      if (total > HEALTH_ITEMS) return unknownHealth(libraryId, total);
      const rows = async (start: number, size: number) => listOf((await this.#page(libraryId, type, { start, limit: size }, {}))['Metadata']).map(fieldsOf);
      return mapPlexHealth(libraryId, await readAll(({ start, size }) => rows(start, size), HEALTH_ITEMS));
    },
    create: async (spec) => {
      if (await this.#named(spec.name)) throw new AppError('IDENTITY_CONFLICT', 'There is a library of this name already.', { name: spec.name });
      await this.calls.order({ method: 'POST', path: `/library/sections/all?${creation(spec)}`, endpoint: 'POST /library/sections/all' }, 'library');
      const made = await this.#named(spec.name);
      if (!made) throw answerInvalid('The media server took the new library and does not list it.', { reason: 'not-made' });
      return await this.#countedSection(made);
    },
    remove: async (libraryId) => {
      await this.#require(libraryId);
      await this.calls.order({ method: 'DELETE', path: `/library/sections/${encodeURIComponent(libraryId)}`, endpoint: 'DELETE /library/sections/{k}' }, 'library');
      this.#counted.delete(libraryId);
    },
  };

  async #sections(): Promise<PlexSection[]> {
    return mapPlexSections(await this.calls.read({ path: '/library/sections', endpoint: 'GET /library/sections' }));
  }

  async #require(libraryId: string): Promise<PlexSection> {
    const section = (await this.#sections()).find(({ library }) => library.vendorId === libraryId);
    if (!section) throw notThere('library', { libraryVendorId: libraryId });
    return section;
  }

  async #named(name: string): Promise<PlexSection | undefined> {
    return (await this.#sections()).find(({ library }) => library.name.toLowerCase() === name.toLowerCase());
  }

  async #countedSection(section: PlexSection): Promise<Library> {
    const { library, counts, contentChangedAt } = section;
    if (!counts) return library;
    const known = this.#counted.get(library.vendorId);
    if (known && contentChangedAt !== null && known.changedAt === contentChangedAt) return { ...known.library, name: library.name, folders: library.folders };
    const itemCount = await this.#total(library.vendorId, counts.top);
    const childCount = counts.children === null ? null : await this.#total(library.vendorId, counts.children);
    const counted = { ...library, itemCount, childCount };
    if (contentChangedAt !== null) this.#counted.set(library.vendorId, { changedAt: contentChangedAt, library: counted });
    return counted;
  }

  async #total(sectionKey: string, type: number, filter: ItemFilter = {}): Promise<number | null> {
    const query = { type, ...filter, ...paged(0, 0) };
    return mapPlexTotal(await this.calls.read({ path: `/library/sections/${encodeURIComponent(sectionKey)}/all`, query, endpoint: 'GET /library/sections/{k}/all (total)' }));
  }

  async #page(sectionKey: string, type: number, { start, limit }: PageRequest, filter: ItemFilter): Promise<Fields> {
    const query = { type, includeGuids: 1, sort: 'addedAt', ...filter, ...paged(start, limit) };
    return await this.calls.read({ path: `/library/sections/${encodeURIComponent(sectionKey)}/all`, query, endpoint: 'GET /library/sections/{k}/all (page)' });
  }

  async #browse(folder: string): Promise<Fields> {
    const path = `/services/browse/${encodeURIComponent(Buffer.from(folder).toString('base64'))}`;
    return await this.calls.read({ path, query: { includeFiles: 1 }, endpoint: 'GET /services/browse/{path}' });
  }
}

/** One `locations` for each folder. */
function creation({ name, type, folders }: NewLibrary): string {
  const { type: number, agent, scanner } = MADE[type];
  const query = new URLSearchParams({ name, type: String(number), agent, scanner, language: 'en-US' });
  for (const folder of folders) query.append('locations', folder);
  return query.toString();
}

function missing(capability: Capability, message: string): AppError {
  return new AppError('CAPABILITY_MISSING', message, { capability });
}
