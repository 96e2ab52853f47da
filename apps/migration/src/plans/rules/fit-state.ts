import type { LossReason, RowLoss, WatchField, WatchState } from '@usher/contracts';
import type { Traits } from './target-traits.js';
import { sameValue, timeOf } from './watch-fields.js';
import type { z } from 'zod';

export type Loss = z.infer<typeof RowLoss>;

export interface Fitted {
  /** A row that this target can hold. */
  readonly state: WatchState;
  readonly loss: Loss[];
}

export interface Durations {
  readonly source: number | null;
  readonly target: number | null;
}

/** Another cut of a film shows something else at the same minute. */
const MAX_DIFFERENCE_MS = 30_000;

/**
 * Makes of what the target is to hold what it can hold, and says what is lost. `before` is the target's row as it is:
 * what cannot be written stays.
 */
export function fitState(wanted: WatchState, before: WatchState, traits: Traits, durations: Durations): Fitted {
  const state: WatchState = { ...wanted };
  const loss: Loss[] = [];
  const lose = (field: WatchField, kind: Loss['kind'], reason: LossReason): void => void loss.push({ field, kind, reason });
  fitPosition(state, before, traits, durations, lose);
  if (!traits.counts && wanted.playCount !== before.playCount) {
    state.playCount = wanted.played && !before.played ? Math.max(1, before.playCount) : wanted.played || !before.played ? before.playCount : 0;
    if (state.playCount !== wanted.playCount) lose('playCount', 'lossy', 'one-play-only');
  } else if (!traits.counts && wanted.played !== before.played) {
    state.playCount = wanted.played ? Math.max(1, before.playCount) : 0;
  }
  if (!traits.dates && !sameValue('lastPlayedAt', wanted, before)) {
    state.lastPlayedAt = before.lastPlayedAt;
    lose('lastPlayedAt', 'lossy', 'date-of-writing');
  }
  if (!traits.favorites) {
    state.favorite = before.favorite;
    if (wanted.favorite === true && before.favorite !== true) lose('favorite', 'impossible', 'no-favorites');
  }
  if (!traits.ratings && wanted.ratingTenths !== before.ratingTenths) {
    state.ratingTenths = before.ratingTenths;
    lose('ratingTenths', 'impossible', traits.ratingsOfOwner ? 'owner-ratings-only' : 'policy-not-there');
  }
  return { state, loss };
}

function fitPosition(state: WatchState, before: WatchState, traits: Traits, { source, target }: Durations, lose: (field: WatchField, kind: Loss['kind'], reason: LossReason) => void): void {
  if (state.positionMs === 0 || sameValue('positionMs', state, before)) return;
  const drop = (reason: LossReason): void => {
    state.positionMs = before.positionMs;
    lose('positionMs', 'lossy', reason);
  };
  if (isOtherCut(source, target)) return drop('different-cut');
  const length = target ?? source;
  if (traits.window && length !== null && length > 0 && isOutside(state.positionMs, length, traits.window)) return drop('outside-resume-window');
  if (!traits.dates) lose('positionMs', 'lossy', 'position-re-dated');
}

function isOtherCut(a: number | null, b: number | null): boolean {
  if (!a || !b) return false;
  const difference = Math.abs(a - b);
  return difference > MAX_DIFFERENCE_MS || difference > 0.01 * Math.max(a, b);
}

function isOutside(positionMs: number, lengthMs: number, { fromPercent, toPercent, minDurationMs }: NonNullable<Traits['window']>): boolean {
  return lengthMs < minDurationMs || positionMs * 100 < lengthMs * fromPercent || positionMs * 100 > lengthMs * toPercent;
}

/** Oldest first; what was never dated comes before. */
export function byAge(a: { lastPlayedAt: string | null; id: string }, b: { lastPlayedAt: string | null; id: string }): number {
  return (timeOf(a.lastPlayedAt) ?? 0) - (timeOf(b.lastPlayedAt) ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
