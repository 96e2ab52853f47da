import type { ConsoleServerCostFragment } from '@usher/api-client';
import { age } from '../../format/units.js';
import { perHour, type FleetCurve } from './curve-lines.js';

export type ServerCost = ConsoleServerCostFragment;
export type Report = NonNullable<ServerCost['report']>;

export const MODE_WORDS: Readonly<Record<Report['mode'], string>> = { PUSH: 'Push', POLL: 'Poll', NONE: 'No data' };

/** Why the session lists are read as often as they are. */
export const PACE_WORDS: Readonly<Record<Report['pace'], string>> = {
  RECONCILE: 'checks the push',
  WATCHED: 'somebody looks',
  PLAYING: 'something plays',
  IDLE: 'nothing plays',
  SLOW_SERVER: 'answers slowly',
  RATE_LIMITED: 'said too many calls',
  FAILING: 'does not answer',
  NOT_STARTED: 'not started yet',
};

export const BREAKER_WORDS: Readonly<Record<Report['breaker'], string>> = { CLOSED: 'closed: calls go through', OPEN: 'open: calls are refused here', HALF_OPEN: 'half open: one call tries' };

const OTHER_GOAL = 15;

/** Calls per hour that are enough, by how a server is read and whether something plays there. */
export function goalsOf({ mode, pace }: Pick<Report, 'mode' | 'pace'>): { session: number; other: number } {
  const idle = pace === 'IDLE';
  const session = mode === 'PUSH' ? (idle ? 12 : 60) : idle ? 60 : 360;
  return { session, other: OTHER_GOAL };
}

export const withinGoals = (report: Report): boolean => report.calls.sessionLastHour <= goalsOf(report).session && report.calls.otherLastHour <= goalsOf(report).other;

/** Share of a bar at which the goal's line stands. */
export const GOAL_AT = 0.8;
export const barShare = (value: number, goal: number): number => Math.min(1, (value / goal) * GOAL_AT);

/** Every socket after the first one was a reconnect. */
export const reconnectsOf = ({ push }: Report): number => Math.max(0, push.connects - 1);

/** 0–1; null before the first question. */
export function hitRate(reports: readonly Report[]): number | null {
  const caches = reports.flatMap((report) => report.caches);
  const hits = caches.reduce((sum, cache) => sum + cache.hits, 0);
  const asked = caches.reduce((sum, cache) => sum + cache.hits + cache.misses, 0);
  return asked === 0 ? null : hits / asked;
}

export interface CallSums {
  readonly calls: number;
  readonly errors: number;
  /** Over all calls; null without one. */
  readonly averageMs: number | null;
  /** Of the slowest endpoint: percentiles cannot be added up. */
  readonly worstP95Ms: number | null;
}

/** Calls of one hour, added up over endpoints. */
export function sumCalls(reports: readonly Report[]): CallSums {
  const rows = reports.flatMap(({ endpoints }) => endpoints).filter(({ calls }) => calls > 0);
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  return {
    calls,
    errors: rows.reduce((sum, row) => sum + row.errors, 0),
    averageMs: calls === 0 ? null : rows.reduce((sum, row) => sum + row.averageMs * row.calls, 0) / calls,
    worstP95Ms: rows.length === 0 ? null : Math.max(...rows.map(({ p95Ms }) => p95Ms)),
  };
}

/** What one line of the fleet's table says of its range; calls are those of an hour. Null where nothing is known. */
export interface LineFigures {
  readonly session: number | null;
  readonly other: number | null;
  readonly averageMs: number | null;
  readonly p95Ms: number | null;
  readonly errors: number | null;
  readonly reconnects: number | null;
  readonly hitRate: number | null;
}

/** Of the last hour, as counted by the minute. */
export function hourFigures(report: Report): LineFigures {
  const { errors, averageMs, worstP95Ms: p95Ms } = sumCalls([report]);
  return { session: report.calls.sessionLastHour, other: report.calls.otherLastHour, averageMs, p95Ms, errors, reconnects: reconnectsOf(report), hitRate: hitRate([report]) };
}

/** Of a day or a week: calls per hour on average over the time that was watched. */
export function curveFigures({ total }: FleetCurve): LineFigures {
  const asked = total.cacheHits + total.cacheMisses;
  const watched = total.observedMs > 0;
  return {
    session: whole(perHour(total.session.calls, total.observedMs)),
    other: whole(perHour(total.other.calls, total.observedMs)),
    averageMs: total.all.averageMs,
    p95Ms: total.all.p95Ms,
    errors: watched ? total.all.errors : null,
    reconnects: watched ? total.reconnects : null,
    hitRate: asked === 0 ? null : total.cacheHits / asked,
  };
}

const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));

/** `60 s`, `5 min`; an en dash while nothing is asked. */
export const intervalText = (ms: number | null): string => (ms === null ? '–' : age(ms));

/** When the newest picture came, by push or by poll. */
export function newestMs({ lastPollAt, lastPushAt }: Report): number | null {
  const times = [lastPollAt, lastPushAt].flatMap((at) => (at === null ? [] : [Date.parse(at)]));
  return times.length === 0 ? null : Math.max(...times);
}

/** The endpoints of several servers as one list, the most used first. The p95 is that of the slowest server. */
export function mergeEndpoints(reports: readonly Report[]): Report['endpoints'] {
  const merged = new Map<string, Report['endpoints'][number]>();
  for (const row of reports.flatMap(({ endpoints }) => endpoints)) {
    const key = `${row.kind} ${row.endpoint}`;
    const old = merged.get(key);
    const calls = row.calls + (old?.calls ?? 0);
    const averageMs = calls === 0 ? 0 : (row.averageMs * row.calls + (old ? old.averageMs * old.calls : 0)) / calls;
    merged.set(key, { ...row, calls, averageMs, errors: row.errors + (old?.errors ?? 0), p95Ms: Math.max(row.p95Ms, old?.p95Ms ?? 0) });
  }
  return [...merged.values()].toSorted((a, b) => b.calls - a.calls || a.endpoint.localeCompare(b.endpoint));
}
