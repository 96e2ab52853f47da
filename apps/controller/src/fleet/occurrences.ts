import { wallStarts } from './recurrence.js';
import { instantOf, offsetMs, wallClockText } from './zoned-time.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Dates further ahead are not looked for: rules reach them only with an interval of years. */
const SEARCH_MS = 5 * 366 * DAY_MS;

/** What occurrences are computed from. */
export interface Plan {
  readonly timeZone: string;
  /** Wall clock of the first start. */
  readonly startLocal: string;
  readonly durationMin: number;
  readonly rrule: string | null;
  /** Wall clocks of starts that were taken out. */
  readonly skipped: readonly string[];
  readonly drainMin: number;
}

/** Times are epoch ms. */
export interface Occurrence {
  /** The wall clock that was wanted, by which it is taken out. */
  readonly wall: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly drainMs: number;
  /** The clocks go forward over the wanted time. */
  readonly isShifted: boolean;
}

/** Those that are on at some moment from `fromMs` to `toMs`, draining included, in order. The length counts real minutes, also over a change of clocks. */
export function occurrencesBetween(plan: Plan, fromMs: number, toMs: number): Occurrence[] {
  const { timeZone, durationMin, drainMin } = plan;
  // A day more on both sides covers every offset between wall clock and UTC.
  const earliest = fromMs + offsetMs(fromMs, timeZone) - durationMin * MINUTE_MS - DAY_MS;
  const latest = toMs + offsetMs(toMs, timeZone) + drainMin * MINUTE_MS + DAY_MS;
  return wallStarts(plan.startLocal, plan.rrule, earliest, latest)
    .filter((wallMs) => !plan.skipped.includes(wallClockText(wallMs)))
    .map((wallMs) => occurrenceAt(plan, wallMs))
    .filter(({ drainMs, endMs }) => endMs > fromMs && drainMs <= toMs);
}

function occurrenceAt({ timeZone, durationMin, drainMin }: Plan, wallMs: number): Occurrence {
  const { instantMs: startMs, shiftedMs } = instantOf(wallMs, timeZone);
  return { wall: wallClockText(wallMs), startMs, endMs: startMs + durationMin * MINUTE_MS, drainMs: startMs - drainMin * MINUTE_MS, isShifted: shiftedMs > 0 };
}

/** The next ones that have not ended, the current one included. */
export function nextOccurrences(plan: Plan, fromMs: number, count: number): Occurrence[] {
  for (let spanMs = 40 * DAY_MS; ; spanMs *= 4) {
    const found = occurrencesBetween(plan, fromMs, fromMs + spanMs);
    if (found.length >= count || spanMs > SEARCH_MS) return found.slice(0, count);
  }
}
