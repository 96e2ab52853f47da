import type { PlanRowOf, WatchField, WatchState } from '@usher/contracts';

type StateRow = Pick<PlanRowOf<'watch-state.set'>, 'fields' | 'loss'>;

/** Vendors keep positions in units of their own; what differs by less is the same moment. */
const POSITION_TOLERANCE_MS = 1_000;

/** True when both say the same of a field; times are compared by the second, which is what every vendor keeps. */
export function sameField(field: WatchField, a: WatchState, b: WatchState): boolean {
  if (field === 'lastPlayedAt') return secondOf(a.lastPlayedAt) === secondOf(b.lastPlayedAt);
  if (field === 'positionMs') return a.positionMs === b.positionMs || (a.positionMs > 0 && b.positionMs > 0 && Math.abs(a.positionMs - b.positionMs) < POSITION_TOLERANCE_MS);
  return a[field] === b[field];
}

/** Named fields in which a row on the target is not what it was to be. A field with a declared loss only has to have a value. */
export function differingFields(row: StateRow, wanted: WatchState, now: WatchState): WatchField[] {
  return row.fields.filter((field) => !(isLossy(row, field) ? holdsSomething(field, wanted, now) : sameField(field, wanted, now)));
}

/** True when every named field has its value of before or the one that was sent: whatever is there, we or nobody wrote it. */
export function isBetween(row: StateRow, before: WatchState, sent: WatchState, now: WatchState): boolean {
  return row.fields.every((field) => sameField(field, before, now) || sameField(field, sent, now) || (isLossy(row, field) && holdsSomething(field, sent, now)));
}

export function isLossy({ loss }: Pick<StateRow, 'loss'>, field: WatchField): boolean {
  return loss.some((each) => each.field === field);
}

/** Seconds since 1970, or null. */
export function secondOf(time: string | null): number | null {
  return time === null ? null : Math.floor(Date.parse(time) / 1000);
}

function holdsSomething(field: WatchField, wanted: WatchState, now: WatchState): boolean {
  const isThere = (state: WatchState) => state[field] !== null && state[field] !== 0 && state[field] !== false;
  return !isThere(wanted) || isThere(now);
}
