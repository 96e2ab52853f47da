import type { ConsoleFleetCurvesFragment, ConsoleServerCurveFragment } from '@usher/api-client';
import { duration, moment, plural } from '../../format/units.js';
import { roundUp, type Sample } from '../mirror/time-line.js';

export type ServerCurve = ConsoleServerCurveFragment;
export type Curve = NonNullable<ServerCurve['curves']>;
export type FleetCurves = ConsoleFleetCurvesFragment;
export type FleetCurve = NonNullable<FleetCurves['curves']>;
type Watched = { readonly at: string; readonly observedMs: number | null };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HALF_HOUR_MS = 30 * MINUTE_MS;
/** A step that was watched for less says nothing of an hour. */
const ENOUGH_MS = 3 * MINUTE_MS;
/** As slow as the advice calls slow. */
const SLOW_MS = 2_000;

/** One value for each step, at its begin. */
export function samplesOf<P extends Watched>(points: readonly P[], pick: (point: P) => number | null): Sample[] {
  return points.map((point) => ({ atMs: Date.parse(point.at), value: pick(point) }));
}

/** Calls per hour at the pace of one step; null where it was hardly watched. */
export function perHour(calls: number | null, observedMs: number | null): number | null {
  return calls === null || observedMs === null || observedMs < ENOUGH_MS ? null : (calls * HOUR_MS) / observedMs;
}

/** Stretches in which nothing was collected, as shares of the width, from the last value before to the first after. */
export function gapsOf(points: readonly Watched[]): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  for (let at = 0; at < points.length; at++) {
    if (points[at]!.observedMs !== null) continue;
    const begin = at;
    while (at + 1 < points.length && points[at + 1]!.observedMs === null) at++;
    gaps.push({ from: Math.max(0, begin - 1) / points.length, to: Math.min(1, (at + 1) / points.length) });
  }
  return gaps;
}

/** The top of one scale for several lines, and for the goals that are to be seen on it. */
export function topOf(lines: readonly (readonly Sample[])[], goals: readonly number[] = []): number {
  return roundUp(Math.max(0, ...goals, ...lines.flatMap((samples) => samples.map(({ value }) => value ?? 0))));
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });

/** Words below a plot: five times of a day, or the days of a week. */
export function ticksOf({ from, stepMs }: Pick<Curve, 'from' | 'stepMs'>): string[] {
  const first = Date.parse(from);
  if (stepMs >= HOUR_MS) return [...Array.from({ length: 7 }, (_, day) => weekday.format(first + day * 24 * HOUR_MS)), 'now'];
  return [...Array.from({ length: 4 }, (_, quarter) => timeOf(first + quarter * 6 * HOUR_MS)), 'now'];
}

/** The time that a plot shows: the running step ends with it. */
export function spanOf({ from, stepMs, points }: { readonly from: string; readonly stepMs: number; readonly points: readonly unknown[] }): { fromMs: number; toMs: number } {
  const fromMs = Date.parse(from);
  return { fromMs, toMs: fromMs + points.length * stepMs };
}

const timeOf = (ms: number): string => moment(ms, ms);

/** `collected since 21:04`, where that is later than the range begins; a week and a day are all there is. */
export function sinceWords({ since, from, at }: Pick<Curve, 'since' | 'from' | 'at'>): string | null {
  if (since === null) return 'nothing is collected yet';
  return Date.parse(since) > Date.parse(from) + HALF_HOUR_MS ? `collected since ${moment(Date.parse(since), Date.parse(at))}` : null;
}

/** `99.98 %`: cut, not rounded, so that 100 % means always. Null while nothing is known. */
export function onlineWords({ onlineMs, awayMs }: Pick<Curve['total'], 'onlineMs' | 'awayMs'>): string | null {
  return onlineMs + awayMs === 0 ? null : `${Math.floor((10_000 * onlineMs) / (onlineMs + awayMs)) / 100} %`;
}

export type HalfHourState = 'good' | 'slow' | 'shaken' | 'away' | 'unknown';

export interface HalfHour {
  readonly atMs: number;
  readonly state: HalfHourState;
  readonly awayMs: number;
}

/** How the server was, by half hours of the clock; those without a bucket are unknown. */
export function halfHours(points: Curve['points']): HalfHour[] {
  const groups = new Map<number, Curve['points'][number][]>();
  for (const point of points) {
    const slot = Math.floor(Date.parse(point.at) / HALF_HOUR_MS);
    groups.set(slot, [...(groups.get(slot) ?? []), point]);
  }
  return [...groups].map(([slot, group]) => {
    const sum = (pick: (point: Curve['points'][number]) => number | null) => group.reduce((total, point) => total + (pick(point) ?? 0), 0);
    const [onlineMs, awayMs] = [sum(({ onlineMs: ms }) => ms), sum(({ awayMs: ms }) => ms)];
    const slow = group.some(({ p95Ms }) => p95Ms !== null && p95Ms >= SLOW_MS);
    const state = onlineMs + awayMs === 0 ? 'unknown' : awayMs > onlineMs ? 'away' : awayMs > 0 ? 'shaken' : slow ? 'slow' : 'good';
    return { atMs: slot * HALF_HOUR_MS, state, awayMs };
  });
}

/** What a bar of half hours says, in one sentence. */
export function halfHourWords(halves: readonly HalfHour[], nowMs: number): string {
  const known = halves.filter(({ state }) => state !== 'unknown');
  if (known.length === 0) return 'Nothing is known of it yet.';
  const away = known.filter(({ awayMs }) => awayMs > 0);
  const slow = known.filter(({ state }) => state === 'slow');
  if (away.length > 0) {
    const awayMs = away.reduce((sum, half) => sum + half.awayMs, 0);
    return `Away for ${duration(awayMs)}${away.length === 1 ? ` after ${moment(away[0]!.atMs, nowMs)}` : ` in ${plural(away.length, 'half hour')}, the last at ${moment(away.at(-1)!.atMs, nowMs)}`}.`;
  }
  if (slow.length > 0) return slow.length === 1 ? `One slow half hour at ${moment(slow[0]!.atMs, nowMs)}.` : `${slow.length} slow half hours, the last at ${moment(slow.at(-1)!.atMs, nowMs)}.`;
  return 'There and quick all the time.';
}
