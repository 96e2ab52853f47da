import type { AudioTrack, Delivery, SubtitleTrack, VideoTrack } from '@usher/contracts';
import { bitRateToKbps, booleanOf, countOf, fieldsOf, integerOf, listOf, textOf, type Fields } from './fields.js';

/** The elementary streams of an item, and which of them play. */
export interface ChosenStreams {
  readonly video: Fields | null;
  readonly audio: Fields | null;
  readonly subtitle: Fields | null;
}

/** Picks by the indices of `PlayState`; without one the default stream of the kind, else the first. Subtitles only by index. */
export function chooseStreams(item: Fields, playState: Fields): ChosenStreams {
  const streams = listOf(item['MediaStreams']).map(fieldsOf);
  const ofType = (type: string): Fields[] => streams.filter((stream) => stream['Type'] === type);
  const at = (type: string, index: unknown): Fields | undefined => {
    const wanted = integerOf(index);
    return wanted === null || wanted < 0 ? undefined : ofType(type).find((stream) => integerOf(stream['Index']) === wanted);
  };
  const first = (type: string): Fields | null => ofType(type).find((stream) => booleanOf(stream['IsDefault'])) ?? ofType(type)[0] ?? null;
  return {
    video: first('Video'),
    audio: at('Audio', playState['AudioStreamIndex']) ?? first('Audio'),
    subtitle: at('Subtitle', playState['SubtitleStreamIndex']) ?? null,
  };
}

/** The file's own bit rate: the item's, else the sum of its streams; null when the video's is missing. */
export function sourceBitRateKbps(item: Fields): number | null {
  const stated = bitRateToKbps(item['Bitrate']);
  if (stated !== null) return stated;
  const streams = listOf(item['MediaStreams']).map(fieldsOf).filter((stream) => stream['Type'] === 'Video' || stream['Type'] === 'Audio');
  const rates = streams.map((stream) => bitRateToKbps(stream['BitRate']));
  const main = streams.findIndex((stream) => stream['Type'] === 'Video');
  if (rates.length === 0 || rates[Math.max(0, main)] === null) return null;
  return rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0);
}

/** `mov,mp4,m4a` → `mov`: an item's container may be a list of names for the same thing. */
export function containerOf(value: unknown): string | null {
  return textOf(textOf(value, 200)?.split(',')[0], 100);
}

export interface TrackDelivery {
  readonly video: Delivery;
  readonly audio: Delivery;
}

export function mapVideo(stream: Fields | null, transcoding: Fields | null, delivery: Delivery): VideoTrack | null {
  if (!stream) return null;
  const converted = delivery === 'transcode';
  const sourceWidth = countOf(stream['Width']);
  const sourceHeight = countOf(stream['Height']);
  return {
    delivery,
    sourceCodec: textOf(stream['Codec'], 50),
    targetCodec: (converted ? textOf(transcoding?.['VideoCodec'], 50) : null) ?? textOf(converted ? null : stream['Codec'], 50),
    language: textOf(stream['Language'], 50),
    sourceWidth,
    sourceHeight,
    targetWidth: converted ? countOf(transcoding?.['Width']) : sourceWidth,
    targetHeight: converted ? countOf(transcoding?.['Height']) : sourceHeight,
    hdr: hdrOf(stream),
  };
}

export function mapAudio(stream: Fields | null, transcoding: Fields | null, delivery: Delivery): AudioTrack | null {
  if (!stream) return null;
  const converted = delivery === 'transcode';
  const sourceChannels = countOf(stream['Channels']);
  return {
    delivery,
    sourceCodec: textOf(stream['Codec'], 50),
    targetCodec: textOf(converted ? transcoding?.['AudioCodec'] : stream['Codec'], 50),
    language: textOf(stream['Language'], 50),
    sourceChannels,
    targetChannels: converted ? countOf(transcoding?.['AudioChannels']) : sourceChannels,
  };
}

/**
 * Burned in when the vendor says `Encode`, or when it converts the video because of the subtitle. A subtitle that is
 * converted to another text format beside the video counts as transcode, too.
 */
export function mapSubtitle(stream: Fields | null, transcoding: Fields | null, tracks: TrackDelivery, blamed: boolean): SubtitleTrack | null {
  if (!stream) return null;
  const burnedIn = tracks.video === 'transcode' && (stream['DeliveryMethod'] === 'Encode' || (blamed && stream['DeliveryMethod'] === undefined));
  const recoded = listOf(transcoding?.['SubtitlePipelineInfos'])
    .flatMap((pipeline) => (Array.isArray(pipeline) ? pipeline : [pipeline]))
    .map(fieldsOf)
    .find((step) => step['StepType'] === 'Encoder' && textOf(step['Short'], 50)?.toUpperCase() !== 'COPY');
  const delivery: Delivery = burnedIn || recoded ? 'transcode' : transcoding ? 'direct-stream' : 'direct-play';
  const sourceCodec = textOf(stream['Codec'], 50);
  const targetCodec = burnedIn ? null : recoded ? (textOf(recoded['FfmpegName'], 50) ?? null) : sourceCodec;
  return { delivery, sourceCodec, targetCodec, language: textOf(stream['Language'], 50), burnedIn };
}

/** Jellyfin: `VideoRangeType`; Emby: `ExtendedVideoType`; older versions of both only `VideoRange`. */
export function hdrOf(stream: Fields): VideoTrack['hdr'] {
  const type = (textOf(stream['VideoRangeType'], 50) ?? textOf(stream['ExtendedVideoType'], 50) ?? '').toLowerCase();
  if (type.startsWith('dovi') || type === 'dolbyvision') return type === 'doviinvalid' ? 'unknown' : 'dolby-vision';
  if (type === 'hdr10plus') return 'hdr10-plus';
  if (type === 'hdr10') return 'hdr10';
  if (type === 'hlg' || type === 'hyperloggamma') return 'hlg';
  const range = (textOf(stream['VideoRange'], 50) ?? '').toLowerCase();
  if (type === 'sdr' || range === 'sdr') return 'sdr';
  return 'unknown';
}
