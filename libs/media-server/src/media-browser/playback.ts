import { AppError, type MediaSource } from '@usher/contracts';
import { answerInvalid } from '../http/vendor-errors.js';
import type { MediaServer } from '../media-server.js';
import { bitRateToKbps, countOf, fieldsOf, integerOf, listOf, numberOf, textOf, ticksToMs, type Fields } from './fields.js';
import { chooseStreams, mapVideo, sourceBitRateKbps } from './track.mapper.js';

export interface PlaybackPort {
  readonly get: (path: string, query: Record<string, string>) => Promise<unknown>;
  readonly itemOf: (itemId: string, userId: string) => { readonly path: string; readonly query: Record<string, string> };
  readonly page: (itemId: string, machineId: string) => string;
  readonly machineId: () => Promise<string>;
}

/** An item is asked for in the name of the user: one who may not see it gets the same 404 as for one that is not there. */
export function playbackOf(port: PlaybackPort): MediaServer['playback'] {
  return {
    check: async (itemId, userId) => {
      const { path, query } = port.itemOf(itemId, userId);
      return mapItemSource(await port.get(path, query).catch(hidden));
    },
    address: async (itemId, positionMs) => `${port.page(encodeURIComponent(itemId), encodeURIComponent(await port.machineId()))}${startAt(positionMs)}`,
  };
}

/** @throws AppError VENDOR_ANSWER_INVALID when the answer is no item */
export function mapItemSource(answer: unknown): MediaSource {
  const item = fieldsOf(answer);
  if (textOf(item['Id'], 200) === null) throw answerInvalid('The media server described the item in a form that is not known.', { reason: 'shape' });
  const source: Fields = { ...item, ...fieldsOf(listOf(item['MediaSources'])[0]) };
  const stream = chooseStreams(source, {}).video;
  const video = mapVideo(stream, null, 'direct-play');
  const frames = numberOf(stream?.['RealFrameRate']) ?? numberOf(stream?.['AverageFrameRate']);
  const depth = integerOf(stream?.['BitDepth']);
  return {
    height: video?.sourceHeight || null,
    videoCodec: video?.sourceCodec ?? null,
    tenBit: depth === null ? null : depth > 8,
    hdr: video === null || video.hdr === 'unknown' ? null : video.hdr !== 'sdr',
    framesPerSecond: frames !== null && frames > 0 && frames <= 1_000 ? frames : null,
    bitRateKbps: bitRateToKbps(source['Bitrate']) ?? sourceBitRateKbps(item),
    durationMs: countOf(ticksToMs(source['RunTimeTicks'])),
  };
}

/** Appended to a page's own query; nothing for the beginning. */
export function startAt(positionMs: number): string {
  return positionMs < 1_000 ? '' : `&t=${Math.floor(positionMs / 1_000)}`;
}

/** An id of another form is as good as none: the vendor calls it a bad request. */
function hidden(error: unknown): never {
  if (error instanceof AppError && (error.code === 'NOT_FOUND' || error.code === 'VALIDATION_FAILED' || error.details['httpStatus'] === 400)) {
    throw new AppError('NOT_FOUND', 'This account cannot see the item on this server.', { reason: 'item' }, { cause: error });
  }
  throw error;
}
