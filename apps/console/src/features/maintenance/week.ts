import type { Occurrence, WindowRow } from './window-draft.js';

const DAY_MS = 86_400_000;
const DAY_MIN = 24 * 60;
/** A label needs this many minutes of the column's height to be read. */
const LABEL_MIN = 94;
/** A label that begins later would leave the panel: below the last hour there is room for the rest of this one. */
const LAST_LABEL_MIN = 23 * 60;

/** `2026-12-01` of a moment, in the operator's zone. */
export function dayOf(ms: number): string {
  const date = new Date(ms);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** Midnight at which a day starts in the operator's zone, epoch ms. */
export const startOf = (day: string): number => new Date(`${day}T00:00`).getTime();

/** The day `count` days later; noon is safe from changes of the clocks. */
export const addDays = (day: string, count: number): string => dayOf(new Date(`${day}T12:00`).getTime() + count * DAY_MS);

export const weekFrom = (day: string): string[] => Array.from({ length: 7 }, (_, index) => addDays(day, index));

/** A piece of a window inside one day. Minutes are of the wall clock, 0–1440. */
export interface Block {
  readonly window: WindowRow;
  readonly occurrence: Occurrence;
  readonly startMin: number;
  readonly endMin: number;
  /** Where the label begins: at the start, or earlier where the day is too short below it. */
  readonly labelMin: number;
  /** Null when the draining lies on another day, or there is none. */
  readonly drainMin: number | null;
  /** It began on an earlier day. */
  readonly goesOn: boolean;
  readonly lane: number;
  readonly lanes: number;
}

function minuteOf(ms: number, day: string): number {
  if (ms <= startOf(day)) return 0;
  if (ms >= startOf(addDays(day, 1))) return DAY_MIN;
  const date = new Date(ms);
  return date.getHours() * 60 + date.getMinutes();
}

/** What a day's column shows, side by side where labels would cover each other. */
export function blocksOf(windows: readonly WindowRow[], day: string): Block[] {
  const [open, close] = [startOf(day), startOf(addDays(day, 1))];
  const found = windows
    .flatMap((window) => window.occurrences.map((occurrence) => ({ window, occurrence, startMs: Date.parse(occurrence.startAt), endMs: Date.parse(occurrence.endAt), drainMs: Date.parse(occurrence.drainFrom) })))
    .filter(({ startMs, endMs }) => startMs < close && endMs > open)
    .toSorted((a, b) => a.startMs - b.startMs);
  const ends: number[] = [];
  const placed = found.map(({ window, occurrence, startMs, endMs, drainMs }) => {
    const startMin = minuteOf(startMs, day);
    const endMin = minuteOf(endMs, day);
    const drainMin = drainMs < startMs && startMs >= open ? minuteOf(drainMs, day) : null;
    const labelMin = Math.min(startMin, LAST_LABEL_MIN);
    const top = Math.min(drainMin ?? startMin, labelMin);
    const free = ends.findIndex((end) => end <= top);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = Math.max(endMin, labelMin + LABEL_MIN);
    return { window, occurrence, startMin, endMin, labelMin, drainMin, goesOn: startMs < open, lane };
  });
  return placed.map((block) => ({ ...block, lanes: ends.length }));
}

/** Hour of a moment in a zone, `⁺` or `⁻` when it is the next or the day before: `06⁺`. */
export function hourIn(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' }).formatToParts(ms);
  const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? '';
  const there = `${part('year')}-${part('month')}-${part('day')}`;
  const here = dayOf(ms);
  return `${part('hour')}${there > here ? '⁺' : there < here ? '⁻' : ''}`;
}

/** `Paris` of `Europe/Paris`. */
export const cityOf = (timeZone: string): string => timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;

/** Every zone that this browser knows. */
export const allZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
