import type { ItemStream } from '@usher/contracts';
import { booleanOf, countOf, fieldsOf, numberOf, textOf } from '../media-browser/fields.js';
import { hdrOf } from './plex.stream.mapper.js';

const TYPES: Readonly<Record<number, ItemStream['type']>> = { 1: 'video', 2: 'audio', 3: 'subtitle' };
const MAX_STREAMS = 200;

/** `Stream[]` of a part. Lyrics and types that are not known are left out; a subtitle with a key of its own lies beside the file. */
export function mapPlexItemStreams(rows: readonly unknown[]): ItemStream[] {
  const streams = rows.map(fieldsOf).flatMap((row): ItemStream[] => {
    const type = TYPES[numberOf(row['streamType']) ?? 0];
    if (type === undefined) return [];
    const isVideo = type === 'video';
    return [
      {
        type,
        codec: textOf(row['codec'], 50),
        language: textOf(row['languageCode'], 50) ?? textOf(row['languageTag'], 50),
        title: textOf(row['title'], 500) ?? textOf(row['displayTitle'], 500),
        width: isVideo ? countOf(row['width']) : null,
        height: isVideo ? countOf(row['height']) : null,
        hdr: isVideo ? hdrOf(row) : null,
        channels: type === 'audio' ? countOf(row['channels']) : null,
        bitRateKbps: countOf(row['bitrate']),
        forced: booleanOf(row['forced']) === true,
        external: type === 'subtitle' && textOf(row['key'], 500) !== null,
      },
    ];
  });
  return streams.slice(0, MAX_STREAMS);
}
