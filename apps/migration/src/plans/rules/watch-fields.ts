import type { WatchField, WatchState } from '@usher/contracts';

/** Vendors keep other units; what differs by less is equal. */
const TOLERANCE_MS = 1_000;
const OLDEST_MS = Date.UTC(1990, 0, 1);
const AHEAD_MS = 300_000;
const FIRST_CENTURY_MS = Date.parse('0100-01-01T00:00:00Z');
/** More than anybody plays one title; a counter that overflowed shows it. */
const MAX_PLAYS = 100_000;

/** A state of which nothing is known: what a complete listing does not name. */
export function emptyState(itemVendorId: string, hasFavorites: boolean): WatchState {
  return { itemVendorId, played: false, playCount: 0, lastPlayedAt: null, positionMs: 0, favorite: hasFavorites ? false : null, ratingTenths: null, original: null };
}

/** True when there is nothing to carry. */
export function isEmpty({ played, playCount, lastPlayedAt, positionMs, favorite, ratingTenths }: WatchState): boolean {
  return !played && playCount === 0 && lastPlayedAt === null && positionMs === 0 && favorite !== true && ratingTenths === null;
}

/** Equal within what vendors round away. */
export function sameValue(field: WatchField, a: WatchState, b: WatchState): boolean {
  if (field === 'lastPlayedAt') {
    if (a.lastPlayedAt === null || b.lastPlayedAt === null) return a.lastPlayedAt === b.lastPlayedAt;
    return Math.abs(Date.parse(a.lastPlayedAt) - Date.parse(b.lastPlayedAt)) <= TOLERANCE_MS;
  }
  if (field === 'positionMs') return Math.abs(a.positionMs - b.positionMs) <= TOLERANCE_MS && (a.positionMs === 0) === (b.positionMs === 0);
  return a[field] === b[field];
}

/** Milliseconds of a time; null stays null. */
export function timeOf(at: string | null): number | null {
  return at === null ? null : Date.parse(at);
}

/**
 * Leaves out what cannot be true. Times that vendors write for "never" are absent without a word; other impossible values
 * are named.
 */
export function sanitize(state: WatchState, durationMs: number | null, nowMs: number): { state: WatchState; invalid: WatchField[] } {
  const invalid: WatchField[] = [];
  let { lastPlayedAt, positionMs, playCount } = state;
  const at = timeOf(lastPlayedAt);
  if (at !== null && (at < OLDEST_MS || at > nowMs + AHEAD_MS)) {
    lastPlayedAt = null;
    if (!isNever(at)) invalid.push('lastPlayedAt');
  }
  if (durationMs !== null && durationMs > 0 && positionMs > durationMs + TOLERANCE_MS) {
    positionMs = 0;
    invalid.push('positionMs');
  }
  if (playCount > MAX_PLAYS) {
    playCount = 0;
    invalid.push('playCount');
  }
  return { state: { ...state, lastPlayedAt, positionMs, playCount }, invalid };
}

/** What vendors write for "never": the year 1, or the first day of 1970. */
function isNever(at: number): boolean {
  return at < FIRST_CENTURY_MS || Math.abs(at) < 86_400_000;
}
