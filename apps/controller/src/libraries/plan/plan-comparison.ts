import { isCloseDuration, matchInSteps, PathMap, pathTail, type MatchResult, type MatchTier, type PathRow } from '@usher/matching';
import type { PlanItem } from './library-plans.repository.js';
import type { PlanMatch } from './plan-result.js';

/** What became of one title of the source. */
export type Fate = 'same-file' | 'other-version' | 'only-source' | 'undecided';

/** A source library against the target. Counts are of what is played: films, episodes, tracks. */
export interface Comparison {
  readonly fates: Map<string, Fate>;
  readonly tiers: Map<MatchTier, number>;
  /** Same titles with their files, for the path map. */
  readonly pairs: { readonly source: string; readonly target: string; readonly targetLibraryVendorId: string }[];
  readonly review: PlanMatch[];
  readonly toCopy: string[];
}

const STAND_STILL_MS = 20;
/** Rows between two looks at the clock. */
const STEP = 1_000;
const MAX_REVIEW = 200;
const WEAKEST_FIRST: readonly MatchTier[] = ['X', 'E', 'D'];
const AUTOMATIC: ReadonlySet<MatchTier> = new Set(['A', 'B', 'C']);

/** Lets the process do its other work every few milliseconds: two large libraries take seconds. */
export async function compareLibraries(source: readonly PlanItem[], target: readonly PlanItem[], rows: readonly PathRow[]): Promise<Comparison> {
  const map = new PathMap(rows);
  const steps = comparing(source, target, map);
  for (let startedMs = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - startedMs < STAND_STILL_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    startedMs = performance.now();
  }
}

function* comparing(source: readonly PlanItem[], target: readonly PlanItem[], map: PathMap): Generator<undefined, Comparison> {
  const mapped: PlanItem[] = [];
  for (const item of source) {
    if (mapped.length % STEP === 0) yield;
    mapped.push({ ...item, path: item.path === null ? null : (map.map(item.path) ?? item.path) });
  }
  return yield* comparisonOf(source, target, yield* matchInSteps(mapped, target));
}

function* comparisonOf(source: readonly PlanItem[], target: readonly PlanItem[], result: MatchResult): Generator<undefined, Comparison> {
  const ours = new Map(source.filter(isPlayed).map((item) => [item.id, item]));
  const theirs = new Map(target.map((item) => [item.id, item]));
  const comparison: Comparison = { fates: new Map(), tiers: new Map(), pairs: [], review: [], toCopy: [] };
  const { fates, tiers, pairs, review, toCopy } = comparison;
  const count = (tier: MatchTier, by: number): void => void tiers.set(tier, (tiers.get(tier) ?? 0) + by);
  for (const [at, { tier, source: ids, target: others, evidence }] of result.matches.entries()) {
    if (at % STEP === 0) yield;
    const items = ids.flatMap((id) => ours.get(id) ?? []);
    const copies = others.flatMap((id) => theirs.get(id) ?? []);
    for (const item of items) fates.set(item.id, copies.some((copy) => isSameFile(item, copy)) ? 'same-file' : 'other-version');
    if (items.length === 0) continue;
    count(tier, items.length);
    if (!AUTOMATIC.has(tier)) review.push(reviewOf(tier, items[0]!, copies[0], evidence));
    else for (const [item, copy] of oneToOne(items, copies)) pairs.push({ source: item.path!, target: copy.path!, targetLibraryVendorId: copy.libraryVendorId });
  }
  for (const { source: ids, target: others, evidence } of result.undecided) {
    for (const item of ids.flatMap((id) => ours.get(id) ?? [])) {
      if (fates.has(item.id)) continue;
      fates.set(item.id, 'undecided');
      count('X', 1);
      review.push(reviewOf('X', item, theirs.get(others[0]!), evidence));
    }
  }
  for (const id of result.onlySource) {
    if (!ours.has(id)) continue;
    fates.set(id, 'only-source');
    toCopy.push(id);
  }
  review.sort((a, b) => WEAKEST_FIRST.indexOf(a.tier) - WEAKEST_FIRST.indexOf(b.tier) || (a.sourceTitle < b.sourceTitle ? -1 : 1)).splice(MAX_REVIEW);
  return comparison;
}

export function isPlayed({ type }: PlanItem): boolean {
  return type === 'movie' || type === 'episode' || type === 'track';
}

/** Sizes decide; where a media server does not tell them, the end of the path or the picture and the length do. */
function isSameFile(a: PlanItem, b: PlanItem): boolean {
  if (a.sizeBytes !== null && b.sizeBytes !== null) return a.sizeBytes === b.sizeBytes;
  const isSameTail = a.path !== null && b.path !== null && pathTail(a.path) !== null && pathTail(a.path) === pathTail(b.path);
  return isCloseDuration(a.durationMs, b.durationMs) && (isSameTail || a.videoHeight === b.videoHeight);
}

function oneToOne(items: readonly PlanItem[], copies: readonly PlanItem[]): [PlanItem, PlanItem][] {
  if (items.length !== 1 || copies.length !== 1) return [];
  return items[0]!.path !== null && copies[0]!.path !== null ? [[items[0]!, copies[0]!]] : [];
}

function reviewOf(tier: MatchTier, item: PlanItem, copy: PlanItem | undefined, evidence: readonly string[]): PlanMatch {
  return { tier, sourceVendorId: item.id, sourceTitle: item.title, targetVendorId: copy?.id ?? null, targetTitle: copy?.title ?? null, evidence: [...evidence] };
}
