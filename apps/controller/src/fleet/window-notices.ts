import type { WindowRow } from './maintenance.repository.js';
import { occurrencesBetween, type Occurrence } from './occurrences.js';
import { localText } from './zoned-time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Times are epoch ms. */
export interface WindowNotice {
  readonly occurrenceMs: number;
  readonly minutesBefore: number;
  readonly text: string;
  readonly showMs: number;
  readonly expiresMs: number;
}

export interface WindowLook {
  readonly notices: WindowNotice[];
  /** Inside an occurrence now. */
  readonly isOn: boolean;
  /** When something about this window happens next: a notice, a start, an end. */
  readonly nextMs: number | null;
}

/**
 * The notices of a window that are due now: of each occurrence the latest one only, so that an hour without a controller does not
 * end in three notices at once. A notice holds until the next one of its occurrence is due.
 */
export function dueNotices(window: WindowRow, nowMs: number): WindowLook {
  const occurrences = occurrencesBetween({ ...window, drainMin: Math.max(window.drainMin, ...window.noticeMin, 0) }, nowMs, nowMs + DAY_MS);
  const notices = occurrences.flatMap((occurrence) => dueOf(window, occurrence, nowMs) ?? []);
  const moments = occurrences.flatMap(({ startMs, endMs }) => [startMs, endMs, ...window.noticeMin.map((minutes) => startMs - minutes * MINUTE_MS)]).filter((ms) => ms > nowMs);
  return { notices, isOn: occurrences.some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs), nextMs: moments.length > 0 ? Math.min(...moments) : null };
}

function dueOf(window: WindowRow, occurrence: Occurrence, nowMs: number): WindowNotice | null {
  const { startMs, endMs } = occurrence;
  const due = window.noticeMin.filter((minutes) => startMs - minutes * MINUTE_MS <= nowMs);
  if (due.length === 0) return null;
  const minutesBefore = Math.min(...due);
  const later = window.noticeMin.filter((minutes) => minutes < minutesBefore);
  const endsMs = later.length > 0 ? startMs - Math.max(...later) * MINUTE_MS : startMs > nowMs ? startMs : endMs;
  const expiresMs = Math.min(endsMs, nowMs + DAY_MS);
  if (expiresMs <= nowMs) return null;
  return { occurrenceMs: startMs, minutesBefore, text: window.noticeText ?? textOf(window, occurrence, nowMs), showMs: nowMs, expiresMs };
}

/** What viewers read: how long they have, and in whose time. */
export function textOf({ title, timeZone }: Pick<WindowRow, 'title' | 'timeZone'>, { startMs, endMs }: Pick<Occurrence, 'startMs' | 'endMs'>, nowMs: number): string {
  const start = localText(startMs, timeZone);
  const end = localText(endMs, timeZone);
  const until = start.slice(0, 10) === end.slice(0, 10) ? end.slice(11, 16) : `${end.slice(0, 10)} ${end.slice(11, 16)}`;
  const minutes = Math.round((startMs - nowMs) / MINUTE_MS);
  if (minutes < 1) return `Maintenance has begun: ${title}. Until ${until} (${timeZone}) this server may go away.`;
  const inTime = minutes >= 120 ? `${Math.round(minutes / 60)} hours` : minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `Maintenance in ${inTime}: ${title}. From ${start.slice(11, 16)} to ${until} (${timeZone}) this server may go away.`;
}
