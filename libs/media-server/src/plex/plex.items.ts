import type { ItemFile, ItemPage, MediaItem } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import { countOf, dateOf, fieldsOf, integerOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { PageRequest } from '../media-server.js';
import { mapPlexItemStreams } from './plex.item-streams.js';
import { mapPlexTotal } from './plex.mapper.js';

/** Type numbers of what the index holds, by section type: what contains comes before what is in it. */
const LISTED: Readonly<Record<string, readonly number[]>> = { movies: [1], shows: [2, 4], music: [9, 10] };
const TYPES: Readonly<Record<string, MediaItem['type']>> = { movie: 'movie', show: 'series', episode: 'episode', album: 'album', track: 'track' };
const MAX_GUIDS = 40;
const MAX_FILES = 200;

export interface SectionListing {
  /** Type of the section in our words; null for an unknown section. */
  readonly typeOf: (sectionKey: string) => Promise<string | null>;
  readonly total: (sectionKey: string, type: number, filter: ItemFilter) => Promise<number | null>;
  readonly page: (sectionKey: string, type: number, page: PageRequest, filter: ItemFilter) => Promise<Fields>;
}

/** Narrows a listing, in the vendor's own words. */
export type ItemFilter = Readonly<Record<string, number>>;

interface Parts {
  /** What the listing is narrowed to. */
  readonly of: string;
  readonly parts: readonly { readonly type: number; readonly rows: number }[];
}

/** Types are listed one after another and no page holds two of them. */
export class PlexItems {
  readonly #listing: SectionListing;
  /** Of the listing that is being read: each type with its number of rows. */
  readonly #parts = new Map<string, Parts>();

  constructor(listing: SectionListing) {
    this.#listing = listing;
  }

  async page(sectionKey: string, { start, limit }: PageRequest, changedSince?: string): Promise<ItemPage> {
    const filter = changedSince === undefined ? {} : changedFilter(changedSince);
    const { parts } = await this.#partsOf(sectionKey, start === 0, filter);
    const total = parts.reduce((sum, part) => sum + part.rows, 0);
    let before = 0;
    for (const part of parts) {
      if (start < before + part.rows) {
        const container = await this.#listing.page(sectionKey, part.type, { start: start - before, limit: Math.min(limit, before + part.rows - start) }, filter);
        const rows = listOf(container['Metadata']).map(fieldsOf);
        // A section that shrank meanwhile has less than it told: the next type is next.
        const end = rows.length === 0 ? before + part.rows : start + rows.length;
        return { items: rows.flatMap((row) => mapPlexItem(row) ?? []), total, nextStart: end < total ? end : null };
      }
      before += part.rows;
    }
    return { items: [], total, nextStart: null };
  }

  async #partsOf(sectionKey: string, anew: boolean, filter: ItemFilter): Promise<Parts> {
    const of = JSON.stringify(filter);
    const known = this.#parts.get(sectionKey);
    if (known?.of === of && !anew) return known;
    const types = LISTED[(await this.#listing.typeOf(sectionKey)) ?? ''] ?? [];
    const parts: { type: number; rows: number }[] = [];
    for (const type of types) parts.push({ type, rows: (await this.#listing.total(sectionKey, type, filter)) ?? 0 });
    const found = { of, parts };
    this.#parts.set(sectionKey, found);
    return found;
  }
}

/** One second less: what "after" means at the border differs. */
function changedFilter(since: string): ItemFilter {
  return { 'updatedAt>>': Math.max(0, Math.floor(Date.parse(since) / 1_000) - 1) };
}

/** Rows of `/library/metadata/{id},{id}`. @throws AppError VENDOR_ANSWER_INVALID when the rows are none of items */
export function mapPlexItems(container: Fields, withStreams = false): MediaItem[] {
  const rows = listOf(container['Metadata']).map(fieldsOf);
  const items = rows.flatMap((row) => mapPlexItem(row, withStreams) ?? []);
  // a season or an artist is one too, although the index does not hold it
  const isKnown = rows.some((row) => textOf(row['ratingKey'], 200) !== null);
  if (items.length === 0 && rows.length > 0 && !isKnown && (mapPlexTotal(container) ?? 0) > 0) {
    throw answerInvalid('The media server listed its items in a form that is not known.', { reason: 'shape' });
  }
  return items;
}

/** A row of a list; null for a type that the index does not hold. */
export function mapPlexItem(row: Fields, withStreams = false): MediaItem | null {
  const word = textOf(row['type'], 50) ?? '';
  const vendorId = textOf(row['ratingKey'], 200);
  if (vendorId === null || !Object.hasOwn(TYPES, word)) return null;
  const type = TYPES[word]!;
  const isEpisode = type === 'episode';
  const isTrack = type === 'track';
  const media = listOf(row['Media']).map(fieldsOf);
  return {
    vendorId,
    type,
    title: textOf(row['title'], 1000) ?? 'Unknown title',
    parentVendorId: isEpisode ? textOf(row['grandparentRatingKey'], 200) : isTrack ? textOf(row['parentRatingKey'], 200) : null,
    parentTitle: isEpisode ? textOf(row['grandparentTitle'], 1000) : isTrack ? textOf(row['parentTitle'], 1000) : null,
    seasonNumber: isEpisode || isTrack ? integerOf(row['parentIndex']) : null,
    episodeNumber: isEpisode || isTrack ? integerOf(row['index']) : null,
    episodeEndNumber: null,
    year: integerOf(row['year']),
    airDate: dateOf(row['originallyAvailableAt']),
    durationMs: countOf(row['duration']) || null,
    videoHeight: media.map((each) => countOf(each['height'])).find((height) => height) ?? null,
    guids: guidsOf(row),
    files: media.flatMap((each) => listOf(each['Part']).flatMap((part) => fileOf(part, withStreams))).slice(0, MAX_FILES),
  };
}

/** The item's own guid first; `Guid[]` comes with the newer agents only. */
function guidsOf(row: Fields): string[] {
  const others = listOf(row['Guid']).map((each) => textOf(fieldsOf(each)['id'], 300));
  return [textOf(row['guid'], 300), ...others].flatMap((guid) => guid ?? []).slice(0, MAX_GUIDS);
}

/** A path over the limit would be another one when cut. */
function fileOf(part: unknown, withStreams: boolean): ItemFile[] {
  const { file, size, Stream } = fieldsOf(part);
  if (typeof file !== 'string' || file === '' || file.length > 4000) return [];
  return [{ path: file, sizeBytes: countOf(size) || null, ...(withStreams && Array.isArray(Stream) ? { streams: mapPlexItemStreams(Stream) } : {}) }];
}
