import { isMatched, topOf, type CatalogueItem } from '../base/media.js';
import type { SimulatedRequest } from '../base/message.js';

const hasId = (item: CatalogueItem, name: string): boolean => Object.keys(item.providers).some((key) => key.toLowerCase() === name);

const FILTERS: Readonly<Record<string, (item: CatalogueItem) => boolean>> = {
  hasoverview: isMatched,
  hasimdbid: (item) => hasId(item, 'imdb'),
  hastmdbid: (item) => hasId(item, 'tmdb'),
  hastvdbid: (item) => hasId(item, 'tvdb'),
  hassubtitles: (item) => (item.file?.subtitles.length ?? 0) > 0,
};

/** The filters that both vendors have; joined by "and". `since`: what was saved before is left out. */
export function passes(request: SimulatedRequest, item: CatalogueItem, sinceMs: number | null): boolean {
  for (const [name, has] of Object.entries(FILTERS)) {
    const asked = request.query.get(name)?.toLowerCase();
    if (asked !== undefined && has(item) !== (asked === 'true')) return false;
  }
  if ((request.query.get('imagetypes') ?? '').toLowerCase().split(',').includes('primary') && !isMatched(item)) return false;
  return sinceMs === null || item.addedAtMs >= sinceMs;
}

/** By the time of adding, in the order in which they came where that is equal, or by the time of playing; other words leave the order as it is. */
export function sorted(request: SimulatedRequest, items: readonly CatalogueItem[], playedAt: (item: CatalogueItem) => string | null): CatalogueItem[] {
  const word = (request.query.get('sortby') ?? '').split(',')[0]!.toLowerCase();
  const sign = request.query.get('sortorder')?.toLowerCase().startsWith('desc') === true ? -1 : 1;
  if (word === 'dateplayed') return [...items].sort((a, b) => sign * (playedAt(a) ?? '').localeCompare(playedAt(b) ?? ''));
  if (word !== 'datecreated') return [...items];
  return [...items].sort((a, b) => sign * (a.addedAtMs - b.addedAtMs || a.number - b.number));
}

/** Newest first, each series once for all of its episodes and each album for its tracks. */
export function latest(items: readonly CatalogueItem[], grouped: boolean): CatalogueItem[] {
  const leaves = items.filter((item) => item.file !== null).sort((a, b) => b.addedAtMs - a.addedAtMs || b.number - a.number);
  if (!grouped) return leaves;
  return [...new Set(leaves.map((item) => (item.kind === 'episode' ? topOf(item) : item.kind === 'track' ? item.parent! : item)))];
}

/** Of every series with something watched the episode behind the last of it. */
export function nextUp(items: readonly CatalogueItem[], isPlayed: (item: CatalogueItem) => boolean): CatalogueItem[] {
  const bySeries = new Map<CatalogueItem, CatalogueItem[]>();
  for (const item of items) if (item.kind === 'episode') bySeries.set(topOf(item), [...(bySeries.get(topOf(item)) ?? []), item]);
  return [...bySeries.values()].flatMap((episodes) => {
    const last = episodes.findLastIndex(isPlayed);
    return last < 0 || last + 1 >= episodes.length ? [] : [episodes[last + 1]!];
  });
}
