import { isCloseDuration, matchInSteps, pathTail, type MatchResult, type MatchTier, type PathPair } from '@usher/matching';
import { TextColumn } from './columns.js';
import { inSteps } from './in-steps.js';
import type { PlanItem, PlanItems } from './plan-items.js';
import type { PlanMatch } from './plan-result.js';

/** What became of one title of the source. */
export type Fate = 'same-file' | 'other-version' | 'only-source' | 'undecided';

/** A source library against the target. Counts are of what is played: films, episodes, tracks. */
export interface Comparison {
  readonly fates: Map<string, Fate>;
  readonly tiers: Map<MatchTier, number>;
  /** Same titles with their files, for the path map. */
  readonly pairs: PlanPairs;
  /** How many of them lie in each library of the target. */
  readonly targetLibraries: Map<string, number>;
  readonly review: PlanMatch[];
  readonly toCopy: string[];
}

/** Rows between two looks at the clock. */
const STEP = 500;
const MAX_REVIEW = 200;
const WEAKEST_FIRST: readonly MatchTier[] = ['X', 'E', 'D'];
const AUTOMATIC: ReadonlySet<MatchTier> = new Set(['A', 'B', 'C']);

/** Paths of the same title on both servers. */
export class PlanPairs implements Iterable<PathPair> {
  readonly #sources = new TextColumn();
  readonly #targets = new TextColumn();

  get count(): number {
    return this.#sources.count;
  }

  add({ source, target }: PathPair): void {
    this.#sources.push(source);
    this.#targets.push(target);
  }

  *[Symbol.iterator](): Iterator<PathPair> {
    for (let at = 0; at < this.count; at++) yield { source: this.#sources.at(at)!, target: this.#targets.at(at)! };
  }
}

/** The source's rows tell their paths as the map leads them. */
export function compareLibraries(source: PlanItems, target: PlanItems): Promise<Comparison> {
  return inSteps(comparing(source, target));
}

function* comparing(source: PlanItems, target: PlanItems): Generator<undefined, Comparison> {
  return yield* comparisonOf(yield* byId(source), yield* byId(target), yield* matchInSteps(source, target));
}

function* byId(items: PlanItems): Generator<undefined, (id: string) => PlanItem | undefined> {
  const rows = new Map<string, number>();
  for (const { id, index } of items) {
    if (index % STEP === 0) yield;
    rows.set(id, index);
  }
  return (id) => {
    const index = rows.get(id);
    return index === undefined ? undefined : items.at(index);
  };
}

type Find = (id: string) => PlanItem | undefined;

function* comparisonOf(source: Find, target: Find, result: MatchResult): Generator<undefined, Comparison> {
  const playedOf = (ids: readonly string[]): PlanItem[] => ids.flatMap((id) => source(id) ?? []).filter(isPlayed);
  const comparison: Comparison = { fates: new Map(), tiers: new Map(), pairs: new PlanPairs(), targetLibraries: new Map(), review: [], toCopy: [] };
  const { fates, tiers, pairs, targetLibraries, review, toCopy } = comparison;
  const count = (tier: MatchTier, by: number): void => void tiers.set(tier, (tiers.get(tier) ?? 0) + by);
  for (const [at, { tier, source: ids, target: others, evidence }] of result.matches.entries()) {
    if (at % STEP === 0) yield;
    const items = playedOf(ids);
    const copies = others.flatMap((id) => target(id) ?? []);
    for (const item of items) fates.set(item.id, copies.some((copy) => isSameFile(item, copy)) ? 'same-file' : 'other-version');
    if (items.length === 0) continue;
    count(tier, items.length);
    if (!AUTOMATIC.has(tier)) review.push(reviewOf(tier, items[0]!, copies[0], evidence));
    else {
      for (const [item, copy] of oneToOne(items, copies)) {
        pairs.add({ source: item.ownPath!, target: copy.ownPath! });
        targetLibraries.set(copy.libraryVendorId, (targetLibraries.get(copy.libraryVendorId) ?? 0) + 1);
      }
    }
  }
  for (const { source: ids, target: others, evidence } of result.undecided) {
    for (const item of playedOf(ids)) {
      if (fates.has(item.id)) continue;
      fates.set(item.id, 'undecided');
      count('X', 1);
      review.push(reviewOf('X', item, target(others[0]!), evidence));
    }
  }
  for (const [at, id] of result.onlySource.entries()) {
    if (at % STEP === 0) yield;
    if (playedOf([id]).length === 0) continue;
    fates.set(id, 'only-source');
    toCopy.push(id);
  }
  review.sort((a, b) => WEAKEST_FIRST.indexOf(a.tier) - WEAKEST_FIRST.indexOf(b.tier) || (a.sourceTitle < b.sourceTitle ? -1 : 1)).splice(MAX_REVIEW);
  return comparison;
}

function isPlayed({ type }: PlanItem): boolean {
  return type === 'movie' || type === 'episode' || type === 'track';
}

/** Sizes decide; where a media server does not tell them, the end of the path or the picture and the length do. */
function isSameFile(a: PlanItem, b: PlanItem): boolean {
  if (a.sizeBytes !== null && b.sizeBytes !== null) return a.sizeBytes === b.sizeBytes;
  const tail = a.ownPath === null ? null : pathTail(a.ownPath);
  const isSameTail = tail !== null && b.ownPath !== null && tail === pathTail(b.ownPath);
  return isCloseDuration(a.durationMs, b.durationMs) && (isSameTail || a.videoHeight === b.videoHeight);
}

function oneToOne(items: readonly PlanItem[], copies: readonly PlanItem[]): [PlanItem, PlanItem][] {
  if (items.length !== 1 || copies.length !== 1) return [];
  return items[0]!.ownPath !== null && copies[0]!.ownPath !== null ? [[items[0]!, copies[0]!]] : [];
}

function reviewOf(tier: MatchTier, item: PlanItem, copy: PlanItem | undefined, evidence: readonly string[]): PlanMatch {
  return { tier, sourceVendorId: item.id, sourceTitle: item.title, targetVendorId: copy?.id ?? null, targetTitle: copy?.title ?? null, evidence: [...evidence] };
}
