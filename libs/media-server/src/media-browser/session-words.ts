import type { UnknownWord } from '../unknown-words.js';
import { fieldsOf, listOf, textOf } from './fields.js';
import { isKnownItemType } from './item.mapper.js';
import { sessionRows } from './session.mapper.js';
import { isKnownReason } from './transcode-reasons.js';

const PLAY_METHODS = new Set(['DirectPlay', 'DirectStream', 'Transcode']);
const HARDWARE = new Set(['none', 'amf', 'qsv', 'nvenc', 'v4l2m2m', 'vaapi', 'videotoolbox', 'rkmpp']);

/** The words of a session list that the mappers can only show as unknown. */
export function unknownSessionWords(answer: unknown): UnknownWord[] {
  return (sessionRows(answer) ?? []).map(fieldsOf).flatMap((row) => {
    const of = textOf(row['Id'], 300) ?? '';
    const item = fieldsOf(row['NowPlayingItem']);
    if (Object.keys(item).length === 0) return [];
    const transcoding = fieldsOf(row['TranscodingInfo']);
    const reasons = typeof transcoding['TranscodeReasons'] === 'string' ? transcoding['TranscodeReasons'].split(',') : listOf(transcoding['TranscodeReasons']);
    const read: readonly (readonly [field: string, value: unknown, isKnown: (word: string) => boolean])[] = [
      ['NowPlayingItem.Type', item['Type'], isKnownItemType],
      ['PlayState.PlayMethod', fieldsOf(row['PlayState'])['PlayMethod'], (word) => PLAY_METHODS.has(word)],
      ['TranscodingInfo.HardwareAccelerationType', transcoding['HardwareAccelerationType'], (word) => HARDWARE.has(word.toLowerCase())],
      ...reasons.map((reason) => ['TranscodingInfo.TranscodeReasons', typeof reason === 'string' ? reason.trim() : reason, isKnownReason] as const),
    ];
    return read.flatMap(([field, value, isKnown]) => {
      const word = textOf(value, 200);
      return word === null || isKnown(word) ? [] : [{ of, field, word }];
    });
  });
}
