import type { SessionFields } from '../live/live-types.js';
import { channelsWord, codecWord, rangeWord, resolutionWord } from './codecs.js';

type Item = NonNullable<SessionFields['item']>;
type StreamFields = NonNullable<SessionFields['stream']>;
type TitleFields = Pick<Item, 'title' | 'seriesTitle' | 'seasonNumber' | 'episodeNumber' | 'year'>;

/** The row title: the series for an episode, else the item itself. */
export function mainTitle(item: Pick<TitleFields, 'title' | 'seriesTitle'>): string {
  return item.seriesTitle ?? item.title;
}

/** `S02·E07`; an empty text for anything but an episode. */
export function episodeCode(item: Pick<TitleFields, 'seasonNumber' | 'episodeNumber'>): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const season = item.seasonNumber === null ? '' : `S${pad(item.seasonNumber)}`;
  const episode = item.episodeNumber === null ? '' : `E${pad(item.episodeNumber)}`;
  return [season, episode].filter(Boolean).join('·');
}

/** `4K HDR10`, of the source. SDR is not said. */
export function qualityWord(stream: StreamFields): string {
  const video = stream.video;
  if (!video) return '';
  const range = video.hdr === 'SDR' ? '' : rangeWord(video.hdr);
  return [resolutionWord(video.sourceWidth, video.sourceHeight), range].filter(Boolean).join(' ');
}

/** Second line: `S02·E07 “Forks”`, or year and quality. */
export function secondLine(item: TitleFields, stream: StreamFields | null): string {
  if (item.seriesTitle !== null) {
    const code = episodeCode(item);
    return code ? `${code} “${item.title}”` : item.title;
  }
  return [item.year === null ? '' : String(item.year), stream ? qualityWord(stream) : ''].filter(Boolean).join(' · ');
}

/** Up to two letters for the poster's placeholder. */
export function initials(title: string): string {
  const words = title.split(/[^\p{L}\p{N}]+/u).filter((word) => word && !/^(the|a|an|of|and)$/i.test(word));
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [[...(words[0] ?? title)][0] ?? '·'];
  return letters.join('').toUpperCase();
}

/** What to call a delivery mark: state first, as a paused stream is only that. */
export type DeliveryMark = 'play' | 'stream' | 'transcode' | 'paused' | 'unknown';

export function deliveryMark(stream: Pick<StreamFields, 'state' | 'delivery'>): DeliveryMark {
  if (stream.state === 'PAUSED') return 'paused';
  return DELIVERY_MARKS[stream.delivery];
}

export const DELIVERY_MARKS = { DIRECT_PLAY: 'play', DIRECT_STREAM: 'stream', TRANSCODE: 'transcode', UNKNOWN: 'unknown' } as const;

export const MARK_WORDS: Readonly<Record<DeliveryMark, string>> = {
  play: 'Direct play',
  stream: 'Direct stream',
  transcode: 'Transcode',
  paused: 'Paused',
  unknown: 'Not reported',
};

const arrow = (from: string | null, to: string | null, word: (codec: string) => string) =>
  from && to && from !== to ? `${word(from)} → ${word(to)}` : from ? word(from) : '';

/** Why the server converts, one sentence per reason with its word on the wire, the ones that cost most first. */
export function reasonsOf(stream: StreamFields): { reason: string; sentence: string }[] {
  const video = stream.video;
  const audio = stream.audio;
  const subtitle = stream.subtitle;
  const videoCodecs = arrow(video?.sourceCodec ?? null, video?.targetCodec ?? null, codecWord);
  const audioCodecs = arrow(audio?.sourceCodec ?? null, audio?.targetCodec ?? null, codecWord);
  const sentences: Readonly<Record<string, string>> = {
    subtitle: `Subtitle ${subtitle?.sourceCodec ? `${codecWord(subtitle.sourceCodec)} ` : ''}${subtitle?.burnedIn === false ? 'converted' : 'burned in'}`,
    'video-range': `${video && video.hdr !== 'SDR' ? rangeWord(video.hdr) || 'HDR' : 'HDR'} tone-mapped`,
    'video-codec': `Video ${videoCodecs || 'codec not supported'}`,
    'video-profile': `Video profile of ${video?.sourceCodec ? codecWord(video.sourceCodec) : 'the file'} not supported`,
    'video-resolution': 'Resolution above what this app takes',
    'video-frame-rate': 'Frame rate above what this app takes',
    'bit-rate': 'Bit rate above the limit',
    'audio-codec': `Audio ${audioCodecs || 'codec not supported'}`,
    'audio-channels': audio?.sourceChannels && audio.targetChannels
      ? `Audio ${channelsWord(audio.sourceChannels)} → ${channelsWord(audio.targetChannels)}`
      : 'Audio channels above what this app takes',
    'audio-bit-rate': 'Audio bit rate above the limit',
    container: 'Container not supported',
    'track-selection': 'Another track was chosen',
    client: 'This app asked for it',
    unknown: 'The server gives no reason',
  };
  const reasons = stream.transcode?.reasons ?? [];
  return Object.keys(sentences)
    .filter((reason) => reasons.includes(reason))
    .map((reason) => ({ reason, sentence: sentences[reason]! }));
}

export const reasonSentences = (stream: StreamFields): string[] => reasonsOf(stream).map(({ sentence }) => sentence);

const HARDWARE_WORDS = { true: 'HW', false: 'SW' } as const;

/** `HW → SW`: what reads the source and what writes the result; `HW` or an empty text where less is told. */
export function hardwareWord(stream: StreamFields): string {
  const transcode = stream.transcode;
  if (!transcode || stream.delivery !== 'TRANSCODE') return '';
  const { hardwareDecode: decode, hardwareEncode: encode } = transcode;
  if (decode === null || encode === null) return { HARDWARE: 'HW', SOFTWARE: 'SW', UNKNOWN: '' }[transcode.hardware];
  return `${HARDWARE_WORDS[`${decode}`]} → ${HARDWARE_WORDS[`${encode}`]}`;
}

/**
 * What would spare the transcode, where the reasons leave one thing to change; null where nothing simple would.
 * HDR is only converted for the burn-in when it stands beside an image subtitle.
 */
export function adviceOf(stream: StreamFields): string | null {
  const reasons = stream.transcode?.reasons ?? [];
  const only = (...words: string[]) => reasons.includes(words[0]!) && reasons.every((reason) => words.includes(reason));
  if (stream.delivery !== 'TRANSCODE') return null;
  if (only('subtitle', 'video-range') && stream.subtitle?.burnedIn) return 'A text subtitle (SRT) could be sent beside the untouched picture.';
  if (only('bit-rate')) return 'A higher limit in the app, or at the server for this viewer, would send the original.';
  if (only('audio-codec', 'audio-channels', 'audio-bit-rate')) return 'Another audio track that this app plays would leave only the container to change.';
  return null;
}

/** `HW 1.8×`; empty parts are left out. */
export function encoderWord(stream: StreamFields): string {
  const transcode = stream.transcode;
  if (!transcode || stream.delivery !== 'TRANSCODE') return '';
  const hardware = { HARDWARE: 'HW', SOFTWARE: 'SW', UNKNOWN: '' }[transcode.hardware];
  return [hardware, transcode.speed === null ? '' : `${transcode.speed.toFixed(1)}×`].filter(Boolean).join(' ');
}

/** A transcoder that cannot keep up; one that waits for the player (throttled) is not slow. */
export function belowRealTime(stream: StreamFields): boolean {
  const transcode = stream.transcode;
  return stream.state !== 'PAUSED' && stream.delivery === 'TRANSCODE' && !!transcode && transcode.speed !== null && transcode.speed < 1 && transcode.throttled !== true;
}

/** The line under the delivery badge. */
export function reasonLine(stream: StreamFields): string {
  if (stream.state === 'PAUSED') {
    return stream.delivery === 'UNKNOWN' ? '' : `was ${MARK_WORDS[DELIVERY_MARKS[stream.delivery]].toLowerCase()}`;
  }
  if (stream.delivery === 'DIRECT_PLAY') return 'Original, untouched';
  if (stream.delivery === 'UNKNOWN') return 'The server does not report it';
  const [first] = reasonSentences(stream);
  if (belowRealTime(stream)) return first ? `Below real time: ${first}` : 'Below real time';
  if (first) return first;
  return stream.delivery === 'DIRECT_STREAM' ? 'Repackaged, picture untouched' : 'The server gives no reason';
}

/** The same for a compact row, where half the words have to do. */
export function shortReason(stream: StreamFields): string {
  if (belowRealTime(stream)) return 'below real time';
  return reasonLine(stream).replace(/^Subtitle (?=\S+ (?:burned|converted))/, '').replace(/ not supported$/, '');
}

export const NETWORK_WORDS = { LAN: 'LAN', WAN: 'WAN', RELAY: 'Relay', UNKNOWN: '–' } as const;
