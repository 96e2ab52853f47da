import type { AudioTrack, Delivery, SubtitleTrack, Transcode, TranscodeReason, VendorStream, VideoTrack } from '@usher/contracts';
import { booleanOf, countOf, fieldsOf, listOf, numberOf, textOf, type Fields } from '../media-browser/fields.js';

const NO_LIMIT_KBPS = 2_147_483;
const VIDEO = 1;
const AUDIO = 2;
const SUBTITLE = 3;

interface Tracks {
  readonly video: Fields | null;
  readonly audio: Fields | null;
  readonly subtitle: Fields | null;
}

/** The stream of a session row. What is inside `Media` while the server converts describes the result, not the file. */
export function mapPlexStream(row: Fields, player: Fields): VendorStream {
  const media = selected(row['Media']);
  const part = selected(media['Part']);
  const transcoding = Object.keys(fieldsOf(row['TranscodeSession'])).length > 0 ? fieldsOf(row['TranscodeSession']) : null;
  const tracks = tracksOf(part);
  const video = tracks.video && mapVideo(tracks.video, media, transcoding, deliveryOf('videoDecision', tracks.video, part, transcoding));
  const audio = tracks.audio && mapAudio(tracks.audio, transcoding, deliveryOf('audioDecision', tracks.audio, part, transcoding));
  const subtitle = tracks.subtitle && mapSubtitle(tracks.subtitle, transcoding, part);
  const delivery = overall(video, audio, part, transcoding);
  const kbps = kbpsOf(media['bitrate']);
  const durationMs = countOf(row['duration']) || Number.MAX_SAFE_INTEGER;
  return {
    positionMs: Math.min(countOf(row['viewOffset']) ?? 0, durationMs),
    bufferPositionMs: bufferOf(transcoding, durationMs),
    state: stateOf(player['state']),
    delivery,
    container: textOf(transcoding?.['container'], 100) ?? textOf(media['container'], 100),
    bitRateKbps: kbps ?? kbpsOf(fieldsOf(row['Session'])['bandwidth']),
    sourceBitRateKbps: delivery === 'transcode' ? null : kbps,
    video,
    audio,
    subtitle,
    transcode: delivery === 'transcode' ? mapTranscode(transcoding, video, audio, subtitle) : null,
  };
}

/** Where the transcoder is in the file; it names seconds, older ones only a share. Null without a transcoder. */
function bufferOf(transcoding: Fields | null, durationMs: number): number | null {
  const seconds = numberOf(transcoding?.['maxOffsetAvailable']);
  if (seconds !== null && seconds >= 0) return Math.min(Math.round(seconds * 1_000), durationMs);
  const progress = numberOf(transcoding?.['progress']);
  return progress === null || progress < 0 || durationMs === Number.MAX_SAFE_INTEGER ? null : Math.round((Math.min(progress, 100) / 100) * durationMs);
}

/** Of several versions or parts the selected one plays; with none selected, the first. */
function selected(value: unknown): Fields {
  const rows = listOf(value).map(fieldsOf);
  return rows.find((row) => booleanOf(row['selected']) === true) ?? rows[0] ?? {};
}

function tracksOf(part: Fields): Tracks {
  const streams = listOf(part['Stream']).map(fieldsOf);
  const of = (type: number) => streams.filter((stream) => numberOf(stream['streamType']) === type);
  const chosen = (type: number) => of(type).find((stream) => booleanOf(stream['selected']) === true) ?? null;
  return { video: chosen(VIDEO) ?? of(VIDEO)[0] ?? null, audio: chosen(AUDIO) ?? of(AUDIO)[0] ?? null, subtitle: chosen(SUBTITLE) };
}

function stateOf(value: unknown): VendorStream['state'] {
  return value === 'paused' || value === 'buffering' ? value : 'playing';
}

const DECISIONS: Readonly<Record<string, Delivery>> = { directplay: 'direct-play', copy: 'direct-stream', transcode: 'transcode', burn: 'transcode' };

/** The transcoder's own word first, then the stream's, then the part's; no transcoder and no word is direct play. */
function deliveryOf(decision: 'videoDecision' | 'audioDecision', stream: Fields, part: Fields, transcoding: Fields | null): Delivery {
  const word = textOf(transcoding?.[decision], 20) ?? textOf(stream['decision'], 20) ?? (transcoding ? null : (textOf(part['decision'], 20) ?? 'directplay'));
  return word !== null && Object.hasOwn(DECISIONS, word) ? DECISIONS[word]! : 'unknown';
}

/** Converting any track is a transcode; a transcoder that only copies repacks. Without tracks the part's word counts. */
function overall(video: VideoTrack | null, audio: AudioTrack | null, part: Fields, transcoding: Fields | null): Delivery {
  const deliveries = [video?.delivery, audio?.delivery].filter((delivery) => delivery !== undefined);
  if (deliveries.length === 0) return deliveryOf('videoDecision', {}, part, transcoding);
  if (deliveries.includes('transcode')) return 'transcode';
  return deliveries.includes('unknown') ? 'unknown' : deliveries.includes('direct-stream') ? 'direct-stream' : 'direct-play';
}

function kbpsOf(value: unknown): number | null {
  const kbps = countOf(value);
  // live television states 10,000,000 or the largest number there is
  return kbps === null || kbps === 0 || kbps >= NO_LIMIT_KBPS ? null : kbps;
}

/** `1080p (HEVC Main 10)` names the file, also while another resolution is delivered. */
function titledHeight(stream: Fields): number | null {
  const title = textOf(stream['displayTitle'], 200) ?? '';
  if (/^(4K|8K)\b/i.test(title)) return title.startsWith('8') ? 4320 : 2160;
  const height = /\b(\d{3,4})[pi]\b/i.exec(title)?.[1];
  return height === undefined ? null : Number(height);
}

/** `English (DTS 5.1)`. */
function titledChannels(stream: Fields): number | null {
  const title = textOf(stream['displayTitle'], 200) ?? '';
  const [, main, low] = /\b(\d)\.(\d)\b/.exec(title) ?? [];
  if (main !== undefined && low !== undefined) return Number(main) + Number(low);
  return /stereo/i.test(title) ? 2 : /mono/i.test(title) ? 1 : null;
}

function mapVideo(stream: Fields, media: Fields, transcoding: Fields | null, delivery: Delivery): VideoTrack {
  const converted = delivery === 'transcode';
  const width = countOf(stream['width']) ?? countOf(media['width']);
  const height = countOf(stream['height']) ?? countOf(media['height']);
  const codec = textOf(stream['codec'], 50);
  return {
    delivery,
    sourceCodec: textOf(transcoding?.['sourceVideoCodec'], 50) ?? (converted ? null : codec),
    targetCodec: (converted ? textOf(transcoding?.['videoCodec'], 50) : null) ?? codec,
    language: textOf(stream['languageCode'], 50),
    sourceWidth: converted ? null : width,
    sourceHeight: converted ? titledHeight(stream) : height,
    targetWidth: converted ? (countOf(transcoding?.['width']) ?? width) : width,
    targetHeight: converted ? (countOf(transcoding?.['height']) ?? height) : height,
    hdr: hdrOf(stream),
  };
}

/** Of a video stream, as lists of files and of sessions tell it. */
export function hdrOf(stream: Fields): VideoTrack['hdr'] {
  const title = textOf(stream['displayTitle'], 200) ?? '';
  if (booleanOf(stream['DOVIPresent']) === true || /dolby vision/i.test(title)) return 'dolby-vision';
  const transfer = textOf(stream['colorTrc'], 50);
  if (transfer === 'arib-std-b67' || /\bHLG\b/.test(title)) return 'hlg';
  if (/\bHDR10\+/.test(title)) return 'hdr10-plus';
  if (transfer === 'smpte2084' || /\bHDR10\b/.test(title)) return 'hdr10';
  return transfer !== null || numberOf(stream['bitDepth']) === 8 ? 'sdr' : 'unknown';
}

function mapAudio(stream: Fields, transcoding: Fields | null, delivery: Delivery): AudioTrack {
  const converted = delivery === 'transcode';
  const channels = countOf(stream['channels']);
  const codec = textOf(stream['codec'], 50);
  return {
    delivery,
    sourceCodec: textOf(transcoding?.['sourceAudioCodec'], 50) ?? (converted ? null : codec),
    targetCodec: (converted ? textOf(transcoding?.['audioCodec'], 50) : null) ?? codec,
    language: textOf(stream['languageCode'], 50),
    sourceChannels: converted ? titledChannels(stream) : channels,
    targetChannels: converted ? (countOf(transcoding?.['audioChannels']) ?? channels) : channels,
  };
}

function mapSubtitle(stream: Fields, transcoding: Fields | null, part: Fields): SubtitleTrack {
  const word = textOf(transcoding?.['subtitleDecision'], 20) ?? textOf(stream['decision'], 20);
  const burnedIn = word === 'burn' || stream['burn'] === '1' || stream['burn'] === true;
  const direct = transcoding === null && (textOf(part['decision'], 20) ?? 'directplay') === 'directplay';
  const delivery: Delivery = burnedIn || word === 'transcode' ? 'transcode' : direct ? 'direct-play' : 'direct-stream';
  return { delivery, sourceCodec: textOf(stream['codec'], 50), targetCodec: burnedIn ? null : textOf(stream['codec'], 50), language: textOf(stream['languageCode'], 50), burnedIn };
}

function mapTranscode(transcoding: Fields | null, video: VideoTrack | null, audio: AudioTrack | null, subtitle: SubtitleTrack | null): Transcode {
  const speed = numberOf(transcoding?.['speed']);
  const progress = numberOf(transcoding?.['progress']);
  return {
    reasons: reasonsOf(video, audio, subtitle),
    hardware: hardwareOf(transcoding, video),
    // 0 while it waits with its buffer full
    speed: speed === null || speed < 0 ? null : Math.round(speed * 100) / 100,
    progressPercent: progress === null || progress < 0 ? null : Math.min(100, Math.round(progress * 10) / 10),
    throttled: booleanOf(transcoding?.['throttled']),
    ...hardwarePartsOf(transcoding, video),
  };
}

/** Plex does not say why it converts. What differs between file and delivery is the nearest to a reason there is. */
function reasonsOf(video: VideoTrack | null, audio: AudioTrack | null, subtitle: SubtitleTrack | null): TranscodeReason[] {
  const reasons: TranscodeReason[] = [];
  if (subtitle?.burnedIn) reasons.push('subtitle');
  if (video?.delivery === 'transcode') {
    if (video.sourceCodec !== null && video.sourceCodec !== video.targetCodec) reasons.push('video-codec');
    else if (video.sourceHeight !== null && video.targetHeight !== null && video.targetHeight < video.sourceHeight) reasons.push('video-resolution');
    else if (!subtitle?.burnedIn) reasons.push(video.sourceCodec === null ? 'unknown' : 'bit-rate');
  }
  if (audio?.delivery === 'transcode') {
    const fewer = audio.sourceChannels !== null && audio.targetChannels !== null && audio.targetChannels < audio.sourceChannels;
    reasons.push(audio.sourceCodec !== null && audio.sourceCodec === audio.targetCodec && fewer ? 'audio-channels' : 'audio-codec');
  }
  return reasons.length > 0 ? reasons : ['unknown'];
}

/** The vendor names what works on the picture; where it converts one and names nothing, it is the processor. */
function hardwarePartsOf(transcoding: Fields | null, video: VideoTrack | null): Pick<Transcode, 'hardwareDecode' | 'hardwareEncode'> {
  if (transcoding === null || video?.delivery !== 'transcode') return { hardwareDecode: null, hardwareEncode: null };
  const whole = booleanOf(transcoding['transcodeHwFullPipeline']) === true;
  const used = (name: string): boolean => whole || textOf(transcoding[name], 50) !== null;
  return { hardwareDecode: used('transcodeHwDecoding'), hardwareEncode: used('transcodeHwEncoding') };
}

function hardwareOf(transcoding: Fields | null, video: VideoTrack | null): Transcode['hardware'] {
  if (video?.delivery !== 'transcode') return 'software';
  if (transcoding === null) return 'unknown';
  const used = booleanOf(transcoding['transcodeHwFullPipeline']) === true || [transcoding['transcodeHwEncoding'], transcoding['transcodeHwDecoding']].some((name) => textOf(name, 50) !== null);
  return used ? 'hardware' : 'software';
}
