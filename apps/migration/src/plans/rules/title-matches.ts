import type { Library, MediaItem, SkipReason } from '@usher/contracts';
import { matchableOf, matchInSteps, PathMap, suggestPathMap, type Matchable, type MatchResult, type MatchTier, type PathPair, type PathRow } from '@usher/matching';

/** A title as a plan needs it. */
export interface Title extends Matchable {
  readonly libraryId: string;
}

export interface TitleMatch {
  /** `M`: a person said so. */
  readonly tier: MatchTier | 'M';
  /** Copies at the source: one title there. */
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly evidence: readonly string[];
}

export interface Unmatched {
  readonly reason: Extract<SkipReason, 'not-on-target' | 'ambiguous' | 'contradiction' | 'library-not-mapped'>;
  readonly detail: string;
  readonly candidates: readonly string[];
}

const STAND_STILL_MS = 20;
const MAX_CANDIDATES = 20;
const AUTOMATIC: ReadonlySet<string> = new Set(['A', 'B', 'C']);

export function titleOf(item: MediaItem, libraryId: string): Title {
  return { ...matchableOf(item), libraryId };
}

/** What became of the titles of the source, for every user alike. */
export class TitleMatches {
  private readonly matches = new Map<string, TitleMatch>();
  private readonly unmatched = new Map<string, Unmatched>();
  /** Files of equal titles, for finding the map of paths. */
  readonly pairs: PathPair[] = [];

  /** Matches the libraries of the source that lead to one library of the target. Lets the process do its other work in between. */
  async add(source: readonly Title[], target: readonly Title[], paths: readonly PathRow[]): Promise<void> {
    const map = new PathMap(paths);
    const mapped = source.map((title): Title => ({ ...title, path: title.path === null ? null : (map.map(title.path) ?? title.path) }));
    this.keep(await inSteps(matchInSteps(mapped, target)), new Map(source.map((title) => [title.id, title])), new Map(target.map((title) => [title.id, title])));
  }

  /** Titles of libraries without a counterpart. */
  addUnmapped(titles: readonly Title[], library: Library): void {
    for (const { id } of titles) this.unmatched.set(id, { reason: 'library-not-mapped', detail: `The library ${library.name} has no counterpart.`, candidates: [] });
  }

  matchOf(id: string): TitleMatch | null {
    return this.matches.get(id) ?? null;
  }

  unmatchedOf(id: string): Unmatched {
    return this.unmatched.get(id) ?? { reason: 'not-on-target', detail: 'No title of the target is like it.', candidates: [] };
  }

  /** Matched titles by tier. */
  tiers(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const match of new Set(this.matches.values())) counts[match.tier] = (counts[match.tier] ?? 0) + 1;
    return counts;
  }

  private keep({ matches, undecided }: MatchResult, ours: ReadonlyMap<string, Title>, theirs: ReadonlyMap<string, Title>): void {
    for (const { tier, source, target, evidence } of matches) {
      const match: TitleMatch = { tier, sources: source, targets: target, evidence };
      for (const id of source) this.matches.set(id, match);
      const [one, other] = [ours.get(source[0]!), theirs.get(target[0]!)];
      if (AUTOMATIC.has(tier) && source.length === 1 && target.length === 1 && one?.path && other?.path) this.pairs.push({ source: one.path, target: other.path });
    }
    for (const { source, target, evidence } of undecided) {
      const isRival = evidence.some((each) => each.startsWith('one of several'));
      for (const id of source) {
        const known = this.unmatched.get(id);
        const candidates = [...new Set([...(known?.candidates ?? []), ...target])].slice(0, MAX_CANDIDATES);
        this.unmatched.set(id, { reason: isRival || known?.reason === 'ambiguous' ? 'ambiguous' : 'contradiction', detail: evidence.join(', '), candidates });
      }
    }
  }
}

/** One row for each folder of the mapped libraries of the source that no given row covers. */
export function suggestPaths(sourceFolders: readonly string[], targetFolders: readonly string[], pairs: readonly PathPair[], given: readonly PathRow[]): PathRow[] {
  const covered = new PathMap(given);
  const open = sourceFolders.filter((folder) => covered.prefixOf(folder) === null);
  return [...given, ...suggestPathMap(open, targetFolders, pairs).flatMap(({ from, to }) => (to === null ? [] : [{ from, to }]))];
}

async function inSteps<T>(steps: Generator<undefined, T>): Promise<T> {
  for (let startedMs = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - startedMs < STAND_STILL_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    startedMs = performance.now();
  }
}
