import type { NowPlaying } from '@usher/contracts';
import { fieldsOf, integerOf, textOf, ticksToMs, type Fields } from './fields.js';

const TYPES: Readonly<Record<string, NowPlaying['type']>> = {
  Movie: 'movie',
  Episode: 'episode',
  Audio: 'track',
  TvChannel: 'live',
  LiveTvChannel: 'live',
  Program: 'live',
  TvProgram: 'live',
  LiveTvProgram: 'live',
  Trailer: 'trailer',
  Video: 'clip',
  MusicVideo: 'clip',
  Photo: 'photo',
  Book: 'book',
  AudioBook: 'book',
};

export const isKnownItemType = (word: string): boolean => Object.hasOwn(TYPES, word);

/** A `NowPlayingItem`; a type that is not known is `other`. Live television has no duration. */
export function mapNowPlaying(item: Fields): NowPlaying {
  const word = textOf(item['Type'], 100) ?? '';
  const type = Object.hasOwn(TYPES, word) ? TYPES[word]! : 'other';
  const program = textOf(fieldsOf(item['CurrentProgram'])['Name'], 1000);
  const episode = type === 'episode';
  return {
    itemId: textOf(item['Id'], 200) ?? 'unknown',
    type,
    title: (type === 'live' ? program : null) ?? textOf(item['Name'], 1000) ?? 'Unknown title',
    seriesTitle: episode ? textOf(item['SeriesName'], 1000) : null,
    seasonNumber: episode ? integerOf(item['ParentIndexNumber']) : null,
    episodeNumber: episode ? integerOf(item['IndexNumber']) : null,
    year: integerOf(item['ProductionYear']),
    durationMs: type === 'live' ? null : ticksToMs(item['RunTimeTicks']) || null,
  };
}
