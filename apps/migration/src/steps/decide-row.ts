import { differingFields, sameField, secondOf, type PlanHeader, type PlanRowOf, type PolicyChange, type UserPolicy, type WatchField, type WatchState } from '@usher/contracts';

type StateRow = PlanRowOf<'watch-state.set'>;
type Terms = Pick<PlanHeader, 'kind' | 'options'>;

/** What is to become of a row, after the target was read. */
export type RowDecision =
  | { readonly kind: 'already' }
  /** `to` null = as planned; else the target moved and the planned row grew with it. */
  | { readonly kind: 'write'; readonly to: WatchState | null }
  | { readonly kind: 'conflict'; readonly fields: readonly WatchField[] };

/**
 * A target that is as the plan saw it gets what was planned. One that moved keeps what grew there: played, the greater count,
 * the later time. Anything else that moved is left to a person, and so is everything in an undo.
 */
export function decideRow(row: StateRow, now: WatchState, { kind, options }: Terms): RowDecision {
  if (differingFields(row, row.to, now).length === 0) return { kind: 'already' };
  const moved = row.fields.filter((field) => !sameField(field, row.from, now) && !sameField(field, row.to, now));
  if (moved.length === 0 && !wasWatchedSince(row, now)) return { kind: 'write', to: null };
  const stuck = moved.filter((field) => kind === 'rollback' || !mayGrow(row, field, options));
  if (stuck.length === 0 && wasWatchedSince(row, now)) stuck.push('positionMs');
  if (stuck.length > 0) return { kind: 'conflict', fields: stuck };
  const to = grown(row, now, moved);
  if (differingFields(row, to, now).length === 0) return { kind: 'already' };
  return { kind: 'write', to };
}

/** True when the target moved away from what the plan saw in a field that the plan names. */
export function hasDrifted(row: StateRow, now: WatchState): boolean {
  return row.fields.some((field) => !sameField(field, row.from, now) && !sameField(field, row.to, now));
}

/** So many rows may have moved before the whole plan is out of date; a few in a small plan are no reason to stop. */
const DRIFT_GRACE = 3;

export function isStale(drifted: number, { options, counts }: Pick<PlanHeader, 'options' | 'counts'>): boolean {
  if (options.driftLimitPercent === 0) return drifted > 0;
  return drifted > Math.max(DRIFT_GRACE, Math.floor((counts.writes * options.driftLimitPercent) / 100));
}

/** Settings that are neither as the plan saw them nor as it wants them; then the account is left alone. */
export function movedSettings(from: UserPolicy | null, to: PolicyChange, now: UserPolicy): string[] {
  if (from === null) return [];
  return settingsOf(to).filter((field) => !same(now[field], from[field]) && !same(now[field], to[field]));
}

/** Settings that are not yet as they are to be. */
export function openSettings(to: PolicyChange, now: UserPolicy): string[] {
  return settingsOf(to).filter((field) => !same(now[field], to[field]));
}

function settingsOf(change: PolicyChange): (keyof UserPolicy)[] {
  return (Object.keys(change) as (keyof UserPolicy)[]).filter((field) => change[field] !== undefined);
}

function same(a: unknown, b: unknown): boolean {
  const text = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...(value as string[])].sort() : value);
  return text(a) === text(b);
}

/** Only what the approved rule can do again: nothing that the plan makes smaller, and no sum. */
function mayGrow(row: StateRow, field: WatchField, options: PlanHeader['options']): boolean {
  const { from, to } = row;
  if (options.overwrite === 'mirror') return false;
  if (field === 'played') return to.played || !from.played;
  if (field === 'playCount') return options.playCounts === 'max' && to.playCount >= from.playCount;
  if (field === 'lastPlayedAt') return (secondOf(to.lastPlayedAt) ?? 0) >= (secondOf(from.lastPlayedAt) ?? 0);
  return false;
}

function grown({ to }: StateRow, now: WatchState, moved: readonly WatchField[]): WatchState {
  return {
    ...to,
    ...(moved.includes('played') && { played: to.played || now.played }),
    ...(moved.includes('playCount') && { playCount: Math.max(to.playCount, now.playCount) }),
    ...(moved.includes('lastPlayedAt') && { lastPlayedAt: (secondOf(now.lastPlayedAt) ?? 0) > (secondOf(to.lastPlayedAt) ?? 0) ? now.lastPlayedAt : to.lastPlayedAt }),
  };
}

/** A resume point belongs to its viewing: somebody who watched later is not sent back to it. */
function wasWatchedSince({ fields, from, to }: StateRow, now: WatchState): boolean {
  const later = secondOf(now.lastPlayedAt) ?? 0;
  return fields.includes('positionMs') && to.positionMs > 0 && later > (secondOf(from.lastPlayedAt) ?? 0) && later > (secondOf(to.lastPlayedAt) ?? 0);
}
