import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import type { UnknownWord } from '../unknown-words.js';
import { isKnownItemType } from './plex.mapper.js';
import { isKnownDecision } from './plex.stream.mapper.js';

const STATES = new Set(['playing', 'paused', 'buffering']);
const LOCATIONS = new Set(['lan', 'wan', 'cellular']);

/** The words of a session list that the mappers can only show as unknown. */
export function unknownPlexWords(container: Fields): UnknownWord[] {
  return listOf(container['Metadata']).map(fieldsOf).flatMap((row) => {
    const of = textOf(row['sessionKey'], 100) ?? '';
    const transcoding = fieldsOf(row['TranscodeSession']);
    const parts = listOf(row['Media']).flatMap((media) => listOf(fieldsOf(media)['Part'])).map(fieldsOf);
    const read: readonly (readonly [field: string, value: unknown, isKnown: (word: string) => boolean])[] = [
      ['type', row['type'], isKnownItemType],
      ['Player.state', fieldsOf(row['Player'])['state'], (word) => STATES.has(word)],
      ['Session.location', fieldsOf(row['Session'])['location'], (word) => LOCATIONS.has(word)],
      ...(['videoDecision', 'audioDecision', 'subtitleDecision'] as const).map((name) => [`TranscodeSession.${name}`, transcoding[name], isKnownDecision] as const),
      ...parts.map((part) => ['Part.decision', part['decision'], isKnownDecision] as const),
    ];
    return read.flatMap(([field, value, isKnown]) => {
      const word = textOf(value, 200);
      return word === null || isKnown(word) ? [] : [{ of, field, word }];
    });
  });
}
