import { DELIVERY_MARKS, MARK_WORDS } from '../../format/media.js';
import type { SessionFields } from '../../live/live-types.js';
import type { MirrorEvent } from './use-mirror.js';

export type LaneTone = 'plays' | 'paused' | 'buffering' | 'play' | 'stream' | 'transcode' | 'unknown';

/** A stretch of a lane, as shares of the time that is shown. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly tone: LaneTone;
  readonly words: string;
}

export interface LaneTime {
  readonly startMs: number;
  readonly endMs: number;
}

const SECOND = 1_000;

/** From the first thing that is known of a stream to now, or to its end. */
export function laneTime(events: readonly MirrorEvent[], startedAt: string | null, endMs: number): LaneTime {
  const startMs = Math.min(...events.map(({ at }) => Date.parse(at)), startedAt ? Date.parse(startedAt) : endMs, endMs);
  return { startMs, endMs: Math.max(endMs, startMs + SECOND) };
}

type Mark = { atMs: number; tone: LaneTone; words: string };

/** Stretches from each mark to the next; equal neighbours are one. */
function stretches(marks: readonly Mark[], { startMs, endMs }: LaneTime): Stretch[] {
  const shareOf = (atMs: number) => Math.min(1, Math.max(0, (atMs - startMs) / (endMs - startMs)));
  const joined = marks.filter((mark, index) => index === 0 || mark.tone !== marks[index - 1]!.tone || mark.words !== marks[index - 1]!.words);
  return joined
    .map(({ atMs, tone, words }, index) => ({ from: index === 0 ? 0 : shareOf(atMs), to: index + 1 < joined.length ? shareOf(joined[index + 1]!.atMs) : 1, tone, words }))
    .filter(({ from, to }) => to > from);
}

const STATES: Readonly<Partial<Record<MirrorEvent['kind'], { tone: LaneTone; words: string }>>> = {
  STARTED: { tone: 'plays', words: 'plays' },
  RESUMED: { tone: 'plays', words: 'plays' },
  PAUSED: { tone: 'paused', words: 'paused' },
  BUFFERING: { tone: 'buffering', words: 'buffering' },
};

/** Whether it played, was paused or waited for data. */
export function stateLane(events: readonly MirrorEvent[], time: LaneTime): Stretch[] {
  const marks = events.flatMap(({ at, kind }) => (STATES[kind] ? [{ atMs: Date.parse(at), ...STATES[kind] }] : []));
  return stretches(marks[0]?.tone === 'plays' ? marks : [{ atMs: time.startMs, tone: 'plays', words: 'plays' }, ...marks], time);
}

type Delivery = keyof typeof DELIVERY_MARKS;
const SPOKEN: readonly (readonly [string, Delivery])[] = [['direct play', 'DIRECT_PLAY'], ['direct stream', 'DIRECT_STREAM'], ['transcode', 'TRANSCODE']];

/** Deliveries that an event names, in the order of its words. */
function named(text: string): Delivery[] {
  const low = text.toLowerCase();
  return SPOKEN.flatMap(([words, delivery]) => (low.includes(words) ? [{ at: low.indexOf(words), delivery }] : []))
    .toSorted((a, b) => a.at - b.at)
    .map(({ delivery }) => delivery);
}

const markOf = (atMs: number, delivery: Delivery): Mark => ({ atMs, tone: DELIVERY_MARKS[delivery], words: MARK_WORDS[DELIVERY_MARKS[delivery]].toLowerCase() });

/** How it was delivered: each start and change as its words tell it; the last stretch is what is delivered now. */
export function deliveryLane(events: readonly MirrorEvent[], time: LaneTime, now: Delivery | null): Stretch[] {
  const changes = events.filter(({ kind }) => kind === 'STARTED' || kind === 'DELIVERY_CHANGED');
  const marks = changes.map(({ at, text }) => markOf(Date.parse(at), named(text).at(-1) ?? 'UNKNOWN'));
  const [first] = changes;
  // What was before the first change stands in its words, as in “direct play → transcode”.
  if (first?.kind === 'DELIVERY_CHANGED') marks.unshift(markOf(time.startMs, named(first.text).length > 1 ? named(first.text)[0]! : 'UNKNOWN'));
  if (now) marks.push({ ...markOf(0, now), atMs: marks.pop()?.atMs ?? time.startMs });
  return stretches(marks.length > 0 ? marks : [markOf(time.startMs, 'UNKNOWN')], time);
}

/** What the server reported last about each kind, for a person who looks for what went wrong; the newest first. */
export function standsOut(events: readonly MirrorEvent[]): MirrorEvent[] {
  return events.filter(({ kind }) => kind === 'BUFFERING' || kind === 'TRANSCODE_SLOW' || kind === 'QUALITY_CHANGED').toReversed();
}

/** What decodes and what encodes, and how fast. */
export const encoderWords = (stream: NonNullable<SessionFields['stream']>): string => {
  const transcode = stream.transcode;
  if (!transcode || stream.delivery !== 'TRANSCODE') return 'none, nothing is encoded';
  const side = (hardware: boolean | null) => (hardware === null ? 'not reported' : hardware ? 'hardware' : 'software');
  return `decodes in ${side(transcode.hardwareDecode)}, encodes in ${transcode.hardwareEncode === null ? side(transcode.hardware === 'UNKNOWN' ? null : transcode.hardware === 'HARDWARE') : side(transcode.hardwareEncode)}${transcode.speed === null ? '' : `, ${transcode.speed.toFixed(1)}×`}`;
};
