import type { LossReason } from './loss.js';
import type { PlanRowOf } from './plan.js';
import type { WatchField, WatchState } from './watch-state.js';

type StateRow = Pick<PlanRowOf<'watch-state.set'>, 'fields' | 'loss'>;

/** Vendors keep positions in units of their own; what differs by less is the same moment. */
const POSITION_TOLERANCE_MS = 1_000;

/** True when both say the same of a field; times are compared by the second, which is what every vendor keeps. */
export function sameField(field: WatchField, a: WatchState, b: WatchState): boolean {
  if (field === 'lastPlayedAt') return secondOf(a.lastPlayedAt) === secondOf(b.lastPlayedAt);
  if (field === 'positionMs') return a.positionMs === b.positionMs || (a.positionMs > 0 && b.positionMs > 0 && Math.abs(a.positionMs - b.positionMs) < POSITION_TOLERANCE_MS);
  return a[field] === b[field];
}

/** Losses by which the target stores another value than it is given; the others leave a field out or keep it. */
const STORED_OTHERWISE: readonly LossReason[] = ['one-play-only', 'date-of-writing', 'rating-rounded'];

/** True when a row of a plan declared that the target stores another value of a field. */
export function isLossy({ loss }: Pick<StateRow, 'loss'>, field: WatchField): boolean {
  return loss.some((each) => each.field === field && STORED_OTHERWISE.includes(each.reason));
}

/** Named fields in which a row on the target is not what it was to be. A field that the target stores otherwise only has to have a value. */
export function differingFields(row: StateRow, wanted: WatchState, now: WatchState): WatchField[] {
  return row.fields.filter((field) => !arrived(row, field, wanted, now));
}

/** True when every named field has its value of before or the one that was sent: whatever is there, we or nobody wrote it. */
export function isBetween(row: StateRow, before: WatchState, sent: WatchState, now: WatchState): boolean {
  return row.fields.every((field) => sameField(field, before, now) || arrived(row, field, sent, now) || sameField(field, sent, now));
}

/** Seconds since 1970, or null. */
export function secondOf(time: string | null): number | null {
  return time === null ? null : Math.floor(Date.parse(time) / 1000);
}

function arrived(row: StateRow, field: WatchField, wanted: WatchState, now: WatchState): boolean {
  return isLossy(row, field) ? !isThere(wanted[field]) || isThere(now[field]) : sameField(field, wanted, now);
}

function isThere(value: WatchState[WatchField]): boolean {
  return value !== null && value !== 0 && value !== false;
}
