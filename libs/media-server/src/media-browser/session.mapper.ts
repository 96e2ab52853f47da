import type { Delivery, SessionControls, Transcode, VendorSession, VendorStream } from '@usher/contracts';
import { bitRateToKbps, booleanOf, fieldsOf, listOf, numberOf, textOf, textsOf, ticksToMs, timeOf, type Fields } from './fields.js';
import { mapNowPlaying } from './item.mapper.js';
import { clientAddress, networkOf } from './network.js';
import { chooseStreams, containerOf, mapAudio, mapSubtitle, mapVideo, sourceBitRateKbps, type TrackDelivery } from './track.mapper.js';
import { transcodeReasons } from './transcode-reasons.js';

/** Where Emby and Jellyfin differ in a session row. */
export interface SessionDialect {
  /** When the client was heard of last; a moving position is no sign of life. */
  lastSeenAt(row: Fields, isPlaying: boolean): string | null;
  hardware(transcoding: Fields, tracks: TrackDelivery): Transcode['hardware'];
  throttled(transcoding: Fields): boolean | null;
  /** Whether hardware decodes and encodes the video; null where it is not told. */
  sides(transcoding: Fields, tracks: TrackDelivery): Pick<Transcode, 'hardwareDecode' | 'hardwareEncode'>;
}

const NO_USER = /^0+$/;
/** An idle row that nobody used for this long is left out: the vendors never remove it by themselves. */
const IDLE_ROW_MS = 16 * 60_000;

export interface SessionScope {
  /** For the age of idle rows; null keeps all of them. */
  readonly nowMs: number | null;
  /** This client's own device: with a person's token, its socket is a session, too. */
  readonly ownDeviceId: string | null;
}

/**
 * All rows that stand for a client. Left out: rows of API keys (their device is the server itself, whatever user they
 * show), our own row, and idle rows of long ago.
 * @returns null when there are rows and none of them is a session row at all
 */
export function mapSessions(rows: readonly unknown[], dialect: SessionDialect, scope: SessionScope): VendorSession[] | null {
  const { nowMs, ownDeviceId } = scope;
  const known = rows.map(fieldsOf).filter((row) => textOf(row['Id'], 300) !== null && ('PlayState' in row || 'DeviceId' in row || 'Client' in row));
  if (rows.length > 0 && known.length === 0) return null;
  return known
    .filter((row) => textOf(row['DeviceId'], 300) === null || row['DeviceId'] !== row['ServerId'])
    .filter((row) => ownDeviceId === null || row['DeviceId'] !== ownDeviceId)
    .filter((row) => isPlaying(row) || nowMs === null || !isLongIdle(row, nowMs))
    .map((row) => mapSession(row, dialect));
}

/** Idle means no `NowPlayingItem`: `PlayState` is always there, and its `PlayMethod` may be left over. */
function isPlaying(row: Fields): boolean {
  return Object.keys(fieldsOf(row['NowPlayingItem'])).length > 0;
}

function isLongIdle(row: Fields, nowMs: number): boolean {
  const at = timeOf(row['LastActivityDate']);
  return at !== null && nowMs - Date.parse(at) > IDLE_ROW_MS;
}

function mapSession(row: Fields, dialect: SessionDialect): VendorSession {
  const playing = isPlaying(row);
  const address = clientAddress(textOf(row['RemoteEndPoint'], 100));
  const userId = textOf(row['UserId'], 200);
  return {
    vendorId: textOf(row['Id'], 300)!,
    userId: userId === null || NO_USER.test(userId) ? null : userId,
    userName: textOf(row['UserName'], 500),
    deviceId: textOf(row['DeviceId'], 300),
    deviceName: textOf(row['DeviceName'], 500),
    client: textOf(row['Client'], 500),
    clientVersion: textOf(row['ApplicationVersion'], 100),
    address,
    network: networkOf(address),
    lastSeenAt: dialect.lastSeenAt(row, playing),
    controls: mapControls(row, playing),
    item: playing ? mapNowPlaying(fieldsOf(row['NowPlayingItem'])) : null,
    stream: playing ? mapStream(row, dialect) : null,
  };
}

/** Only a client with an open socket reacts, which is what `SupportsRemoteControl` says; all commands answer 204 anyway. */
function mapControls(row: Fields, playing: boolean): SessionControls {
  const reachable = booleanOf(row['SupportsRemoteControl']) === true;
  const canSeek = booleanOf(fieldsOf(row['PlayState'])['CanSeek']) === true;
  return {
    stop: reachable && playing,
    pause: reachable && playing,
    seek: reachable && playing && canSeek,
    message: reachable && textsOf(row['SupportedCommands'], 100).includes('DisplayMessage'),
    limitBitRate: reachable && playing && textsOf(row['SupportedCommands'], 100).includes('SetMaxStreamingBitrate'),
    play: reachable && textsOf(row['PlayableMediaTypes'], 100).some((type) => type === 'Video' || type === 'Audio'),
  };
}

function mapStream(row: Fields, dialect: SessionDialect): VendorStream {
  const item = fieldsOf(row['NowPlayingItem']);
  const playState = fieldsOf(row['PlayState']);
  const transcoding = Object.keys(fieldsOf(row['TranscodingInfo'])).length > 0 ? fieldsOf(row['TranscodingInfo']) : null;
  const streams = chooseStreams(item, playState);
  const tracks = trackDelivery(transcoding, playState);
  const delivery = overall(tracks, streams.video !== null);
  const reasons = transcoding ? transcodeReasons(transcoding['TranscodeReasons']) : [];
  const sourceKbps = sourceBitRateKbps(item);
  const durationMs = ticksToMs(item['RunTimeTicks']) || null;
  return {
    positionMs: Math.min(ticksToMs(playState['PositionTicks']) ?? 0, durationMs ?? Number.MAX_SAFE_INTEGER),
    bufferPositionMs: transcoding && delivery === 'transcode' ? bufferOf(transcoding, durationMs) : null,
    state: booleanOf(playState['IsPaused']) === true ? 'paused' : 'playing',
    delivery,
    container: containerOf(transcoding?.['Container']) ?? containerOf(item['Container']),
    // for a remux the vendor states the client's maximum, so only a conversion's own rate is believed
    bitRateKbps: (delivery === 'transcode' ? bitRateToKbps(transcoding?.['Bitrate']) : null) ?? sourceKbps,
    sourceBitRateKbps: sourceKbps,
    video: mapVideo(streams.video, transcoding, tracks.video),
    audio: mapAudio(streams.audio, transcoding, tracks.audio),
    subtitle: mapSubtitle(streams.subtitle, transcoding, tracks, reasons.includes('subtitle')),
    transcode: transcoding && delivery === 'transcode' ? mapTranscode(transcoding, streams.video, reasons, tracks, dialect) : null,
  };
}

/** `TranscodingInfo` is a fact, `PlayMethod` without it only what the client claims. */
function trackDelivery(transcoding: Fields | null, playState: Fields): TrackDelivery {
  if (transcoding) {
    const of = (direct: unknown): Delivery => (booleanOf(direct) === true ? 'direct-stream' : booleanOf(direct) === false ? 'transcode' : 'unknown');
    return { video: of(transcoding['IsVideoDirect']), audio: of(transcoding['IsAudioDirect']) };
  }
  const claimed = playState['PlayMethod'];
  const delivery: Delivery = claimed === 'DirectPlay' ? 'direct-play' : claimed === 'DirectStream' ? 'direct-stream' : 'unknown';
  return { video: delivery, audio: delivery };
}

/** Converting either track is a transcode; both direct is a remux. A film without a word about its tracks is unknown. */
function overall(tracks: TrackDelivery, hasVideo: boolean): Delivery {
  const parts = hasVideo ? [tracks.video, tracks.audio] : [tracks.audio];
  if (parts.includes('transcode')) return 'transcode';
  return parts.includes('unknown') ? 'unknown' : parts[0]!;
}

function mapTranscode(transcoding: Fields, video: Fields | null, reasons: Transcode['reasons'], tracks: TrackDelivery, dialect: SessionDialect): Transcode {
  const fps = numberOf(transcoding['Framerate']);
  const sourceFps = numberOf(video?.['RealFrameRate']) ?? numberOf(video?.['AverageFrameRate']);
  const percent = numberOf(transcoding['CompletionPercentage']);
  return {
    reasons: reasons.length > 0 ? reasons : ['unknown'],
    hardware: dialect.hardware(transcoding, tracks),
    speed: fps !== null && fps >= 0 && sourceFps !== null && sourceFps > 0 ? Math.round((fps / sourceFps) * 100) / 100 : null,
    progressPercent: percent === null || percent < 0 ? null : Math.min(100, Math.round(percent * 10) / 10),
    throttled: dialect.throttled(transcoding),
    ...dialect.sides(transcoding, tracks),
  };
}

/** Emby tells the place, Jellyfin the share of the whole; a remux tells neither. */
function bufferOf(transcoding: Fields, durationMs: number | null): number | null {
  const told = ticksToMs(transcoding['TranscodingPositionTicks']);
  const percent = numberOf(transcoding['CompletionPercentage']);
  const at = told ?? (durationMs === null || percent === null || percent < 0 ? null : Math.round((Math.min(100, percent) / 100) * durationMs));
  return at === null ? null : Math.min(at, durationMs ?? Number.MAX_SAFE_INTEGER);
}

/** Answers of `GET /Sessions` are a bare array; an envelope is taken too. */
export function sessionRows(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  const items = fieldsOf(answer)['Items'];
  return Array.isArray(items) ? listOf(items) : null;
}
