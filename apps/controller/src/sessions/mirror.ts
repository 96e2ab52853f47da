import type { Delivery, Session, Stream } from '@usher/contracts';

export const MIRROR_EVENT_KINDS = ['started', 'paused', 'resumed', 'seeked', 'buffering', 'delivery-changed', 'quality-changed', 'transcode-slow', 'ended'] as const;
export type MirrorEventKind = (typeof MIRROR_EVENT_KINDS)[number];

export interface MirrorEvent {
  readonly at: string;
  readonly kind: MirrorEventKind;
  readonly text: string;
  readonly positionMs: number | null;
}

export interface BitRateSample {
  readonly at: string;
  readonly kbps: number | null;
}

/** What a session was seen doing: bounded, so that every playing session of a fleet can have one. */
export interface SessionTrack {
  readonly playbackId: string;
  readonly stream: Stream;
  readonly seenAtMs: number;
  readonly events: readonly MirrorEvent[];
  readonly bitRates: readonly BitRateSample[];
  /** ISO time; null while it plays. */
  readonly endedAt: string | null;
}

const MAX_EVENTS = 200;
const BIT_RATES_MS = 5 * 60_000;
/** The agent sends positions at most once a second. */
const MAX_BIT_RATES = 300;
/** Clients report their position every ten seconds, and not to the second. */
const SEEK_TOLERANCE_MS = 15_000;
const FASTEST_PLAYER = 2;
/** A bit rate that moves by less is the same quality. */
const BIT_RATE_STEP = 0.25;

const WORDS: Readonly<Record<Delivery, string>> = { 'direct-play': 'direct play', 'direct-stream': 'direct stream', transcode: 'transcode', unknown: 'unknown delivery' };

/** The track after a snapshot taken `at` showed `session` with a stream. */
export function seen(before: SessionTrack | null, session: Session & { readonly stream: Stream }, at: string): SessionTrack {
  const { stream } = session;
  const seenAtMs = Date.parse(at);
  const isGoingOn = before !== null && before.endedAt === null && before.playbackId === stream.playbackId;
  const events = isGoingOn ? changes(before, stream, at) : [{ at: before === null ? stream.startedAt : at, kind: 'started' as const, text: startText(session), positionMs: stream.positionMs }];
  const sample = { at, kbps: stream.state === 'paused' ? 0 : stream.bitRateKbps };
  const bitRates = [...(before?.bitRates ?? []), sample].filter((one) => Date.parse(one.at) > seenAtMs - BIT_RATES_MS).slice(-MAX_BIT_RATES);
  return { playbackId: stream.playbackId, stream, seenAtMs, events: [...(before?.events ?? []), ...events].slice(-MAX_EVENTS), bitRates, endedAt: null };
}

/** The track of a session that a whole list does not hold any more, or that plays nothing now. */
export function ended(track: SessionTrack, at: string): SessionTrack {
  if (track.endedAt !== null) return track;
  const event: MirrorEvent = { at, kind: 'ended', text: 'Ended', positionMs: track.stream.positionMs };
  return { ...track, events: [...track.events, event].slice(-MAX_EVENTS), endedAt: at };
}

function changes({ stream: before, seenAtMs }: SessionTrack, after: Stream, at: string): MirrorEvent[] {
  const events: MirrorEvent[] = [];
  const add = (kind: MirrorEventKind, text: string) => events.push({ at, kind, text, positionMs: after.positionMs });
  if (after.state !== before.state) {
    if (after.state === 'paused') add('paused', 'Paused');
    else if (after.state === 'buffering') add('buffering', 'Waits for data');
    else add('resumed', before.state === 'buffering' ? 'Plays again after waiting for data' : 'Resumed');
  }
  if (hasSeeked(before, after, Date.parse(at) - seenAtMs)) add('seeked', `Jumped from ${clockOf(before.positionMs)} to ${clockOf(after.positionMs)}`);
  if (after.delivery !== before.delivery) add('delivery-changed', `${WORDS[before.delivery]} → ${WORDS[after.delivery]}${reasonsOf(after)}`);
  else if (qualityOf(after) !== qualityOf(before)) add('quality-changed', `${qualityOf(before)} → ${qualityOf(after)}`);
  else if (hasOtherBitRate(before, after)) add('quality-changed', `${before.bitRateKbps} → ${after.bitRateKbps} kbps`);
  if (isSlow(after) && !isSlow(before)) add('transcode-slow', `The conversion runs at ${after.transcode?.speed} of real time`);
  return events;
}

function hasSeeked(before: Stream, after: Stream, elapsedMs: number): boolean {
  const playedMs = before.state === 'paused' && after.state === 'paused' ? 0 : Math.max(0, elapsedMs);
  const moved = after.positionMs - before.positionMs;
  return moved < -SEEK_TOLERANCE_MS || moved > playedMs * FASTEST_PLAYER + SEEK_TOLERANCE_MS;
}

function hasOtherBitRate({ bitRateKbps: before }: Stream, { bitRateKbps: after }: Stream): boolean {
  if (!before || !after) return false;
  return Math.abs(after - before) / before >= BIT_RATE_STEP;
}

function isSlow({ delivery, state, transcode }: Stream): boolean {
  return delivery === 'transcode' && state !== 'paused' && transcode?.speed != null && transcode.speed < 1 && transcode.throttled !== true;
}

/** What the tracks are turned into: `h264 1080p, aac 2 ch`. */
function qualityOf({ video, audio, subtitle }: Stream): string {
  const parts = [
    video && [video.targetCodec ?? video.sourceCodec, heightOf(video.targetHeight ?? video.sourceHeight)].filter(Boolean).join(' '),
    audio && [audio.targetCodec ?? audio.sourceCodec, audio.language].filter(Boolean).join(' '),
    subtitle && `subtitle ${[subtitle.language, subtitle.burnedIn ? 'burned in' : null].filter(Boolean).join(' ')}`.trim(),
  ];
  return parts.filter(Boolean).join(', ') || 'unknown quality';
}

function heightOf(height: number | null): string | null {
  return height === null ? null : `${height}p`;
}

function reasonsOf({ transcode }: Stream): string {
  return transcode && transcode.reasons.length > 0 ? ` (${transcode.reasons.join(', ')})` : '';
}

function startText({ item, stream }: Session & { readonly stream: Stream }): string {
  const title = item === null ? 'an unknown title' : item.seriesTitle === null ? item.title : `${item.seriesTitle}: ${item.title}`;
  return `Started ${title}, ${WORDS[stream.delivery]}${reasonsOf(stream)}`;
}

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
