import type { PlanRowOf, WatchField, WatchState } from '@usher/contracts';
import { sameValue } from '../plans/rules/watch-fields.js';

type StateRow = Pick<PlanRowOf<'watch-state.set'>, 'fields'>;

/** Named fields in which a row on the target is not what it was to be. */
export function differingFields({ fields }: StateRow, wanted: WatchState, now: WatchState): WatchField[] {
  return fields.filter((field) => !sameValue(field, wanted, now));
}

/** True when every named field has its value of before or the one that was sent: whatever is there, we or nobody wrote it. */
export function isBetween({ fields }: StateRow, before: WatchState, sent: WatchState, now: WatchState): boolean {
  return fields.every((field) => sameValue(field, before, now) || sameValue(field, sent, now));
}
