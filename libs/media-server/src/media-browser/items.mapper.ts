import type { ItemFile, MediaItem } from '@usher/contracts';
import { countOf, dateOf, fieldsOf, integerOf, listOf, textOf, ticksToMs, type Fields } from './fields.js';

const TYPES: Readonly<Record<string, MediaItem['type']>> = { Movie: 'movie', Series: 'series', Episode: 'episode', MusicAlbum: 'album', Audio: 'track' };
const MAX_GUIDS = 40;
const MAX_FILES = 200;

/** A row of `GET /Items`; null for a type that the index does not hold. */
export function mapItem(row: Fields): MediaItem | null {
  const word = textOf(row['Type'], 50) ?? '';
  const vendorId = textOf(row['Id'], 200);
  if (vendorId === null || !Object.hasOwn(TYPES, word)) return null;
  const type = TYPES[word]!;
  const isEpisode = type === 'episode';
  const isTrack = type === 'track';
  return {
    vendorId,
    type,
    title: textOf(row['Name'], 1000) ?? 'Unknown title',
    parentVendorId: isEpisode ? textOf(row['SeriesId'], 200) : isTrack ? textOf(row['AlbumId'], 200) : null,
    parentTitle: isEpisode ? textOf(row['SeriesName'], 1000) : isTrack ? textOf(row['Album'], 1000) : null,
    seasonNumber: isEpisode || isTrack ? integerOf(row['ParentIndexNumber']) : null,
    episodeNumber: isEpisode || isTrack ? integerOf(row['IndexNumber']) : null,
    episodeEndNumber: isEpisode ? integerOf(row['IndexNumberEnd']) : null,
    year: integerOf(row['ProductionYear']),
    airDate: dateOf(row['PremiereDate']),
    durationMs: ticksToMs(row['RunTimeTicks']) || null,
    videoHeight: countOf(row['Height']) || null,
    guids: guidsOf(row['ProviderIds']),
    files: type === 'series' || type === 'album' ? [] : filesOf(row),
  };
}

/** Keys differ in case from item to item. */
function guidsOf(value: unknown): string[] {
  return Object.entries(fieldsOf(value))
    .flatMap(([name, id]) => {
      const text = textOf(id, 200);
      return text === null || name.length > 90 ? [] : [`${name}://${text}`];
    })
    .slice(0, MAX_GUIDS);
}

/** All versions where they were asked for, else the item's own path. A path over the limit would be another one when cut. */
function filesOf(row: Fields): ItemFile[] {
  const sources = listOf(row['MediaSources']).map(fieldsOf).map((source) => ({ path: source['Path'], sizeBytes: countOf(source['Size']) || null }));
  const files = sources.length > 0 ? sources : [{ path: row['Path'], sizeBytes: null }];
  return files.flatMap(({ path, sizeBytes }) => (typeof path === 'string' && path !== '' && path.length <= 4000 ? [{ path, sizeBytes }] : [])).slice(0, MAX_FILES);
}
