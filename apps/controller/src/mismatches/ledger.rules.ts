import type { Compared, Play, Span } from './comparison.js';
import { networkKeyOf, networkLabel, type Whereabouts } from './networks.js';
import { groupBy } from './world.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const LANES_MS = 3 * HOUR_MS;
const MAX_HABITS = 12;

export interface LanePart extends Span {
  /** Something plays elsewhere meanwhile. */
  readonly isTogether: boolean;
}

export interface Lane {
  readonly serverId: string;
  readonly serverAlias: string;
  readonly parts: readonly LanePart[];
}

export interface Habit {
  readonly place: string | null;
  /** Null where nobody told it. */
  readonly network: string | null;
  readonly servers: string[];
  /** Days (UTC) on which something began there. */
  readonly days: number;
  readonly watchedMs: number;
  readonly firstSeenAt: Date;
  /** One of the networks that are compared. */
  readonly isCompared: boolean;
}

const NOWHERE = 'unknown';

const keyOf = (play: Whereabouts): string => networkKeyOf(play) ?? (play.network === 'relay' ? 'relay' : NOWHERE);

/** What was on at each server in the last three hours, one lane per server; parts that overlap another lane are apart. */
export function lanesOf({ plays, sides, servers, nowMs }: Compared): Lane[] {
  const fromMs = nowMs - LANES_MS;
  const recent = plays.filter((play) => endOf(play, nowMs) > fromMs);
  const ids = [...new Set([...sides.map(({ evidence }) => evidence.serverId), ...recent.map(({ serverId }) => serverId)])];
  const spans = new Map(ids.map((id) => [id, joined(recent.filter(({ serverId }) => serverId === id).map((play) => clipped(spanOf(play, nowMs), fromMs)))]));
  return ids.map((id) => {
    const others = joined(ids.filter((other) => other !== id).flatMap((other) => spans.get(other)!));
    return { serverId: id, serverAlias: aliasOf(servers, sides, id), parts: spans.get(id)!.flatMap((span) => cut(span, others)) };
  });
}

/** Where the person usually is: by network, the most hours first. */
export function habitsOf({ plays, sides, servers, nowMs }: Compared): { habits: Habit[]; more: number } {
  const compared = new Set(sides.map(({ evidence }) => keyOf(evidence)).filter((key) => key !== NOWHERE));
  const habits = [...groupBy(plays, keyOf)].map(([key, group]): Habit => {
    const newest = group[0]!;
    const first = Math.min(...group.map(({ startedAtMs }) => startedAtMs));
    return {
      place: newest.network === 'lan' ? (servers.get(newest.serverId)?.location?.label ?? null) : null,
      network: key === NOWHERE ? null : networkLabel(newest, aliasOf(servers, sides, newest.serverId)),
      servers: [...new Set(group.map(({ serverId }) => aliasOf(servers, sides, serverId)))].sort(),
      days: daysOf(group.map(({ startedAtMs }) => startedAtMs)),
      watchedMs: group.reduce((sum, play) => sum + watchedOf(play, nowMs), 0),
      firstSeenAt: new Date(first),
      isCompared: compared.has(key),
    };
  });
  habits.sort((a, b) => b.watchedMs - a.watchedMs || b.days - a.days);
  const shown = habits.filter(({ isCompared }, index) => isCompared || index < MAX_HABITS);
  return { habits: shown, more: habits.length - shown.length };
}

/** When a network was used, and on how many days; null when the ledger does not know it. */
export function useOf(plays: readonly Play[], where: Whereabouts): { days: number; firstSeenAtMs: number } | null {
  const key = networkKeyOf(where);
  const there = key === null ? [] : plays.filter((play) => networkKeyOf(play) === key);
  if (there.length === 0) return null;
  return { days: daysOf(there.map(({ startedAtMs }) => startedAtMs)), firstSeenAtMs: Math.min(...there.map(({ startedAtMs }) => startedAtMs)) };
}

/** When a device of this name was first seen with these accounts; null when never. */
export function deviceFirstSeenMs(plays: readonly Play[], deviceName: string | null): number | null {
  const there = deviceName === null ? [] : plays.filter((play) => play.deviceName === deviceName);
  return there.length === 0 ? null : Math.min(...there.map(({ startedAtMs }) => startedAtMs));
}

/** On how many days before a moment two networks were used at once. */
export function daysTogether(plays: readonly Play[], one: Whereabouts, other: Whereabouts, beforeMs: number): number {
  const before = plays.filter(({ startedAtMs }) => startedAtMs < beforeMs);
  const spans = (where: Whereabouts) => {
    const key = networkKeyOf(where);
    return joined(before.filter((play) => networkKeyOf(play) === key).map((play) => spanOf(play, beforeMs)));
  };
  return daysOf(overlaps(spans(one), spans(other)).map(({ fromMs }) => fromMs));
}

/** How far back the ledger knows these accounts; null when it knows nothing of them. */
export function reachOf(plays: readonly Play[]): number | null {
  return plays.length === 0 ? null : plays.reduce((least, { startedAtMs }) => Math.min(least, startedAtMs), Number.POSITIVE_INFINITY);
}

/** An open row is written when something changes: until then its time runs on. Pauses are not in the ledger. */
function watchedOf(play: Play, nowMs: number): number {
  return play.watchedMs > 0 || play.endedAtMs !== null ? play.watchedMs : Math.max(0, nowMs - play.startedAtMs);
}

function daysOf(times: readonly number[]): number {
  return new Set(times.map((ms) => Math.floor(ms / DAY_MS))).size;
}

function endOf(play: Play, nowMs: number): number {
  return Math.max(play.startedAtMs, play.endedAtMs ?? nowMs);
}

function spanOf(play: Play, nowMs: number): Span {
  return { fromMs: play.startedAtMs, untilMs: endOf(play, nowMs) };
}

function clipped({ fromMs, untilMs }: Span, leastMs: number): Span {
  return { fromMs: Math.max(fromMs, leastMs), untilMs };
}

/** In order and without overlap. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last && span.fromMs <= last.untilMs) result[result.length - 1] = { fromMs: last.fromMs, untilMs: Math.max(last.untilMs, span.untilMs) };
    else if (span.untilMs > span.fromMs) result.push(span);
  }
  return result;
}

/** What two joined lists have in common. */
function overlaps(one: readonly Span[], other: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const [a, b] = [one[i]!, other[j]!];
    const span = { fromMs: Math.max(a.fromMs, b.fromMs), untilMs: Math.min(a.untilMs, b.untilMs) };
    if (span.untilMs > span.fromMs) result.push(span);
    if (a.untilMs < b.untilMs) i++;
    else j++;
  }
  return result;
}

function cut(span: Span, others: readonly Span[]): LanePart[] {
  const parts: LanePart[] = [];
  let fromMs = span.fromMs;
  for (const both of overlaps([span], others)) {
    if (both.fromMs > fromMs) parts.push({ fromMs, untilMs: both.fromMs, isTogether: false });
    parts.push({ ...both, isTogether: true });
    fromMs = both.untilMs;
  }
  if (span.untilMs > fromMs) parts.push({ fromMs, untilMs: span.untilMs, isTogether: false });
  return parts;
}

function aliasOf(servers: Compared['servers'], sides: Compared['sides'], id: string): string {
  return servers.get(id)?.alias ?? sides.find(({ evidence }) => evidence.serverId === id)?.evidence.serverAlias ?? 'a removed server';
}
