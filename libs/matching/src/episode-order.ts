import { compareIds, type Matchable } from './compare.js';

/**
 * Do two servers number the episodes of a series alike? `trusted`: proven, so a number counts as an id. `untrusted`:
 * nothing proves it. `differs`: proven wrong, numbers say nothing. Agents order specials, split episodes and absolute
 * numbers differently, and a wrong match marks the wrong episode as watched.
 */
export type EpisodeOrder = 'trusted' | 'untrusted' | 'differs';

const PROOFS = 3;

/** Judges by episodes that carry the same own id on both sides, else by equal counts and dates. Symmetric. */
export function judgeOrder(pairs: Iterable<readonly [Matchable, Matchable]>, a: Iterable<Matchable>, b: Iterable<Matchable>): EpisodeOrder {
  let proofs = 0;
  for (const [one, other] of pairs) {
    if (one.seasonNumber === 0 && other.seasonNumber === 0) continue;
    if (compareIds(one.ids, other.ids).dissent.length > 0) continue;
    if (one.seasonNumber !== other.seasonNumber || one.episodeNumber !== other.episodeNumber) return 'differs';
    if (one.episodeNumber !== null) proofs += 1;
  }
  return proofs >= PROOFS || hasEqualShape([...a], [...b]) ? 'trusted' : 'untrusted';
}

/** The same number of episodes in every season, and at least three with equal dates at equal numbers. Specials aside. */
function hasEqualShape(a: readonly Matchable[], b: readonly Matchable[]): boolean {
  const [ours, theirs] = [seasonsOf(a), seasonsOf(b)];
  if (ours.size === 0 || ours.size !== theirs.size) return false;
  let equalDates = 0;
  for (const [season, episodes] of ours) {
    const others = theirs.get(season);
    if (others?.size !== episodes.size) return false;
    for (const [number, airDate] of episodes) if (airDate !== null && others.get(number) === airDate) equalDates += 1;
  }
  return equalDates >= PROOFS;
}

function seasonsOf(episodes: readonly Matchable[]): Map<number, Map<number, string | null>> {
  const seasons = new Map<number, Map<number, string | null>>();
  for (const { seasonNumber, episodeNumber, airDate } of episodes) {
    if (seasonNumber === null || episodeNumber === null || seasonNumber === 0) continue;
    const season = seasons.get(seasonNumber) ?? new Map<number, string | null>();
    season.set(episodeNumber, airDate);
    seasons.set(seasonNumber, season);
  }
  return seasons;
}
