import type { MaintenanceOccurrenceObject, MaintenanceWindowObject } from './maintenance.graphql.js';
import type { WindowRow } from './maintenance.repository.js';
import { nextOccurrences, occurrencesBetween, type Occurrence } from './occurrences.js';
import { ruleInWords } from './recurrence.js';
import { localText } from './zoned-time.js';

export const NEXT_DATES = 5;

export function occurrenceView({ startMs, endMs, drainMs, isShifted }: Occurrence, timeZone: string, otherZone: string | null): MaintenanceOccurrenceObject {
  return {
    startAt: new Date(startMs),
    endAt: new Date(endMs),
    drainFrom: new Date(drainMs),
    startLocal: localText(startMs, timeZone),
    endLocal: localText(endMs, timeZone),
    startOther: otherZone && localText(startMs, otherZone),
    endOther: otherZone && localText(endMs, otherZone),
    shifted: isShifted,
  };
}

/** The row with its dates: the next ones, and those of a range. A canceled window has none. */
export function windowView(row: WindowRow, nowMs: number, options: { range?: { fromMs: number; toMs: number }; otherZone: string | null }): MaintenanceWindowObject {
  const { serverIds, noticeMin, ...rest } = row;
  const show = (occurrence: Occurrence) => occurrenceView(occurrence, row.timeZone, options.otherZone);
  const next = row.canceledAt ? [] : nextOccurrences(row, nowMs, NEXT_DATES);
  const current = next.find(({ drainMs }) => drainMs <= nowMs);
  const inRange = row.canceledAt || !options.range ? [] : occurrencesBetween(row, options.range.fromMs, options.range.toMs);
  return {
    ...rest,
    serverIds: [...serverIds],
    noticeMin: [...noticeMin],
    repeats: ruleInWords(row.rrule),
    current: current ? show(current) : null,
    next: next.map(show),
    occurrences: inRange.map(show),
  };
}
