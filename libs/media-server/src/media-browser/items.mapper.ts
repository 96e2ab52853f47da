import type { ItemFile, ItemStream, MediaItem } from '@usher/contracts';
import { bitRateToKbps, booleanOf, countOf, dateOf, fieldsOf, integerOf, listOf, textOf, ticksToMs, type Fields } from './fields.js';
import { hdrOf } from './track.mapper.js';

const TYPES: Readonly<Record<string, MediaItem['type']>> = { Movie: 'movie', Series: 'series', Episode: 'episode', MusicAlbum: 'album', Audio: 'track' };
const MAX_GUIDS = 40;
const MAX_FILES = 200;
const MAX_STREAMS = 200;
const STREAM_TYPES: Readonly<Record<string, ItemStream['type']>> = { Video: 'video', Audio: 'audio', Subtitle: 'subtitle' };

/** A row of `GET /Items`; null for a type that the index does not hold. */
export function mapItem(row: Fields, withStreams = false): MediaItem | null {
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
    files: type === 'series' || type === 'album' ? [] : filesOf(row, withStreams),
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
function filesOf(row: Fields, withStreams: boolean): ItemFile[] {
  const sources = listOf(row['MediaSources']).map(fieldsOf);
  const files = sources.length > 0 ? sources.map((source) => ({ source, sizeBytes: countOf(source['Size']) || null })) : [{ source: row, sizeBytes: null }];
  return files
    .flatMap(({ source, sizeBytes }): ItemFile[] => {
      const path = source['Path'];
      if (typeof path !== 'string' || path === '' || path.length > 4000) return [];
      return [{ path, sizeBytes, ...(withStreams ? { streams: streamsOf(source['MediaStreams']) } : {}) }];
    })
    .slice(0, MAX_FILES);
}

/** Pictures and data in a file are left out. */
function streamsOf(value: unknown): ItemStream[] {
  return listOf(value)
    .map(fieldsOf)
    .flatMap((stream): ItemStream[] => {
      const word = textOf(stream['Type'], 50) ?? '';
      if (!Object.hasOwn(STREAM_TYPES, word)) return [];
      const type = STREAM_TYPES[word]!;
      return [
        {
          type,
          codec: textOf(stream['Codec'], 50),
          language: textOf(stream['Language'], 50),
          title: textOf(stream['Title'], 500) ?? textOf(stream['DisplayTitle'], 500),
          width: type === 'video' ? countOf(stream['Width']) : null,
          height: type === 'video' ? countOf(stream['Height']) : null,
          hdr: type === 'video' ? hdrOf(stream) : null,
          channels: type === 'audio' ? countOf(stream['Channels']) : null,
          bitRateKbps: bitRateToKbps(stream['BitRate']),
          forced: booleanOf(stream['IsForced']) === true,
          external: booleanOf(stream['IsExternal']) === true,
        },
      ];
    })
    .slice(0, MAX_STREAMS);
}
