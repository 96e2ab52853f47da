/** Wall clocks of zones, by the time zone data of the runtime. A wall clock is written `2026-12-02T02:00`. */
export const WALL_CLOCK = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23',
      year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** True for an IANA name; offsets such as `+02:00` know no summer and are none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name) || name.length > 64) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The wall clock as if it were UTC: epoch ms; NaN when there is no such date. */
export function wallClockMs(text: string): number {
  const found = WALL_CLOCK.exec(text);
  if (!found) return Number.NaN;
  const [year, month, day, hour, minute] = found.slice(1).map(Number) as [number, number, number, number, number];
  const ms = Date.UTC(year, month - 1, day, hour, minute);
  return new Date(ms).toISOString().startsWith(text) ? ms : Number.NaN;
}

export function wallClockText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16);
}

/** What the clock of the zone is ahead of UTC at that instant: ms, with the seconds that zones of long ago had. */
export function offsetMs(instantMs: number, timeZone: string): number {
  const parts = Object.fromEntries(formatOf(timeZone).formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(parts['year']!, parts['month']! - 1, parts['day']!, parts['hour']!, parts['minute']!, parts['second']!);
  return wall - Math.floor(instantMs / 1000) * 1000;
}

/**
 * The instant of a wall clock, as RFC 5545 wants it: a time that comes twice is its first coming, and one that is left out when
 * clocks go forward is read by the clock before, so it lies later by what was left out (`shiftedMs`).
 */
export function instantOf(wallMs: number, timeZone: string): { instantMs: number; shiftedMs: number } {
  const before = offsetMs(wallMs - DAY_MS, timeZone);
  const after = offsetMs(wallMs + DAY_MS, timeZone);
  const candidates = [...new Set([before, after])].map((offset) => wallMs - offset).filter((instant) => instant + offsetMs(instant, timeZone) === wallMs);
  if (candidates.length > 0) return { instantMs: Math.min(...candidates), shiftedMs: 0 };
  const instantMs = wallMs - before;
  return { instantMs, shiftedMs: instantMs + offsetMs(instantMs, timeZone) - wallMs };
}

/** `2026-12-02T02:00:00+01:00` */
export function localText(instantMs: number, timeZone: string): string {
  const offset = offsetMs(instantMs, timeZone);
  const minutes = Math.round(Math.abs(offset) / MINUTE_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${new Date(instantMs + offset).toISOString().slice(0, 19)}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
