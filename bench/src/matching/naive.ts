import { judgePair, pathKey, pathTail, type Matchable } from '@usher/matching';

/** Every row against every row, as one would write it at first: the strongest tier wins, the first of equals. */
export function matchNaively(source: readonly Matchable[], target: readonly Matchable[]): Map<string, string> {
  const matches = new Map<string, string>();
  for (const a of source) {
    let best: { id: string; tier: string } | null = null;
    for (const b of target) {
      if (a.type !== b.type) continue;
      const { tier } = judgePair(a, b, {
        samePath: a.path !== null && b.path !== null && pathKey(a.path) === pathKey(b.path),
        sameTail: a.path !== null && b.path !== null && pathTail(a.path) === pathTail(b.path),
        sameName: false,
        number: null,
      });
      if (tier !== null && tier !== 'X' && (best === null || tier < best.tier)) best = { id: b.id, tier };
    }
    if (best) matches.set(a.id, best.id);
  }
  return matches;
}
