import type { PlanOptions, WatchField, WatchState } from '@usher/contracts';
import { sameValue, timeOf } from './watch-fields.js';

const TOLERANCE_MS = 1_000;

/** What a person decided about single fields of a title. */
export type FieldDecisions = ReadonlyMap<WatchField, 'take-source' | 'keep-target'>;

export interface Merged {
  /** What the target is to hold, if it could hold anything. */
  readonly state: WatchState;
  /** Fields in which both sides hold something else, and no date tells which is newer: a rule decided. */
  readonly undecided: WatchField[];
}

/**
 * Several accounts of one person, or copies of one title, as one state. The order in which they are given does not matter.
 * Play counts of copies are the same plays; those of accounts are added up where the plan says so.
 */
export function combine(states: readonly WatchState[], counts: PlanOptions['playCounts']): WatchState {
  const newest = [...states].sort(byNews);
  const resume = newest.find(({ positionMs }) => positionMs > 0);
  const isFinishedLater = resume !== undefined && newest.some((other) => other.positionMs === 0 && other.played && (timeOf(other.lastPlayedAt) ?? 0) > (timeOf(resume.lastPlayedAt) ?? 0));
  const numbers = states.map(({ playCount }) => playCount);
  const favorites = states.map(({ favorite }) => favorite);
  const times = states.flatMap(({ lastPlayedAt }) => lastPlayedAt ?? []);
  return {
    itemVendorId: newest[0]!.itemVendorId,
    played: states.some(({ played }) => played),
    playCount: counts === 'sum' ? Math.min(1_000_000, numbers.reduce((sum, each) => sum + each, 0)) : Math.max(...numbers),
    lastPlayedAt: times.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null,
    positionMs: resume === undefined || isFinishedLater ? 0 : resume.positionMs,
    favorite: favorites.includes(true) ? true : favorites.includes(false) ? false : null,
    ratingTenths: newest.find(({ ratingTenths }) => ratingTenths !== null)?.ratingTenths ?? null,
    original: null,
  };
}

/** Newest first; what is equally new stands in an order that does not depend on who is asked. */
function byNews(a: WatchState, b: WatchState): number {
  return (timeOf(b.lastPlayedAt) ?? 0) - (timeOf(a.lastPlayedAt) ?? 0) || b.positionMs - a.positionMs || (b.ratingTenths ?? -1) - (a.ratingTenths ?? -1) || compareText(a.itemVendorId, b.itemVendorId);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The target's row as it is to be. Additive: nothing gets smaller, and a second time changes nothing. Mirror: the source
 * replaces. Fields that the plan does not carry stay as they are.
 */
export function merge(source: WatchState, target: WatchState, overwrite: PlanOptions['overwrite'], carried: ReadonlySet<WatchField>, decisions: FieldDecisions): Merged {
  const rule = overwrite === 'mirror' ? mirrored(source, target) : added(source, target);
  const state: WatchState = { ...target, original: null };
  const undecided: WatchField[] = [];
  for (const field of carried) {
    const decision = decisions.get(field);
    const value = decision === 'take-source' ? (source[field] ?? target[field]) : decision === 'keep-target' ? target[field] : rule[field];
    Object.assign(state, { [field]: value });
  }
  if (carried.has('ratingTenths') && isContested(source, target) && !decisions.has('ratingTenths')) undecided.push('ratingTenths');
  return { state, undecided };
}

function mirrored(source: WatchState, target: WatchState): WatchState {
  return { ...source, itemVendorId: target.itemVendorId, favorite: source.favorite ?? target.favorite };
}

function added(source: WatchState, target: WatchState): WatchState {
  const [ours, theirs] = [timeOf(source.lastPlayedAt), timeOf(target.lastPlayedAt)];
  return {
    itemVendorId: target.itemVendorId,
    played: source.played || target.played,
    playCount: Math.max(source.playCount, target.playCount),
    lastPlayedAt: ours !== null && (theirs === null || ours > theirs + TOLERANCE_MS) ? source.lastPlayedAt : target.lastPlayedAt,
    positionMs: position(source, target),
    favorite: target.favorite === null ? source.favorite : target.favorite || source.favorite === true,
    ratingTenths: rating(source, target),
    original: null,
  };
}

/** The newer one, or none where the source has finished the title since; without a date the target's, if anything is known there. */
function position(source: WatchState, target: WatchState): number {
  const [ours, theirs] = [timeOf(source.lastPlayedAt), timeOf(target.lastPlayedAt)];
  if (source.positionMs === 0) return source.played && ours !== null && theirs !== null && ours > theirs + TOLERANCE_MS ? 0 : target.positionMs;
  if (sameValue('positionMs', source, target)) return target.positionMs;
  const isNew = !target.played && target.positionMs === 0 && theirs === null;
  if (isNew) return source.positionMs;
  if (ours === null || theirs === null) return target.positionMs;
  if (ours > theirs + TOLERANCE_MS) return source.positionMs;
  const isUntouched = !target.played && target.positionMs === 0;
  return isUntouched && ours >= theirs - TOLERANCE_MS ? source.positionMs : target.positionMs;
}

/** The newer one where both are dated, else the source's. */
function rating(source: WatchState, target: WatchState): number | null {
  if (source.ratingTenths === null) return target.ratingTenths;
  if (target.ratingTenths === null) return source.ratingTenths;
  const [ours, theirs] = [timeOf(source.lastPlayedAt), timeOf(target.lastPlayedAt)];
  return ours !== null && theirs !== null && theirs > ours + TOLERANCE_MS ? target.ratingTenths : source.ratingTenths;
}

function isContested(source: WatchState, target: WatchState): boolean {
  const isDated = source.lastPlayedAt !== null && target.lastPlayedAt !== null;
  return !isDated && source.ratingTenths !== null && target.ratingTenths !== null && source.ratingTenths !== target.ratingTenths;
}
