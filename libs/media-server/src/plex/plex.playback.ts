import { AppError, type MediaSource } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { startAt } from '../media-browser/playback.js';
import { countOf, fieldsOf, integerOf, listOf, numberOf, textOf, type Fields } from '../media-browser/fields.js';

export interface PlexPlaybackPort {
  readonly get: (path: string) => Promise<Fields>;
  readonly machineId: () => Promise<string>;
}

/** With the owner's token every item is seen: whether it is shared with that user shows only when the user opens it. */
export function plexPlayback({ get, machineId }: PlexPlaybackPort): MediaServer['playback'] {
  return {
    check: async (itemId) => {
      try {
        return mapPlexSource(await get(`/library/metadata/${encodeURIComponent(itemId)}`));
      } catch (error) {
        if (error instanceof AppError && error.code === 'NOT_FOUND') throw new AppError('NOT_FOUND', 'This item is not on this server.', { reason: 'item' }, { cause: error });
        throw error;
      }
    },
    address: async (itemId, positionMs) => {
      const key = encodeURIComponent(`/library/metadata/${itemId}`);
      return `web/index.html#!/server/${encodeURIComponent(await machineId())}/details?key=${key}${startAt(positionMs)}`;
    },
  };
}

/** @throws AppError VENDOR_ANSWER_INVALID when the container holds no item */
export function mapPlexSource(container: Fields): MediaSource {
  const item = fieldsOf(listOf(container['Metadata'])[0]);
  if (textOf(item['ratingKey'], 200) === null) throw answerInvalid('The media server described the item in a form that is not known.', { reason: 'shape' });
  const media = fieldsOf(listOf(item['Media'])[0]);
  const streams = listOf(fieldsOf(listOf(media['Part'])[0])['Stream']).map(fieldsOf);
  const video = streams.find((stream) => integerOf(stream['streamType']) === 1) ?? {};
  const depth = integerOf(video['bitDepth']);
  const transfer = textOf(video['colorTrc'], 50);
  const frames = numberOf(video['frameRate']);
  return {
    height: countOf(video['height']) || countOf(media['height']) || null,
    videoCodec: textOf(video['codec'], 50) ?? textOf(media['videoCodec'], 50),
    tenBit: depth === null ? null : depth > 8,
    hdr: transfer === null ? null : ['smpte2084', 'arib-std-b67'].includes(transfer),
    framesPerSecond: frames !== null && frames > 0 && frames <= 1_000 ? frames : null,
    bitRateKbps: countOf(media['bitrate']),
    durationMs: countOf(media['duration']) ?? countOf(item['duration']),
  };
}
