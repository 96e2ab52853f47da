import type { Matchable } from '../compare.js';

/** A film with all that matching looks at; a test changes what it is about. */
export function film(id: string, change: Partial<Matchable> = {}): Matchable {
  return {
    id,
    type: 'movie',
    title: `Film ${id}`,
    parentId: null,
    seasonNumber: null,
    episodeNumber: null,
    episodeEndNumber: null,
    year: 2001,
    airDate: null,
    durationMs: 5_400_000,
    ids: [],
    path: null,
    ...change,
  };
}

export function series(id: string, change: Partial<Matchable> = {}): Matchable {
  return film(id, { type: 'series', title: `Series ${id}`, durationMs: null, ...change });
}

export function episode(id: string, parentId: string, season: number, number: number, change: Partial<Matchable> = {}): Matchable {
  return film(id, { type: 'episode', title: `Episode ${id}`, parentId, seasonNumber: season, episodeNumber: number, year: null, durationMs: 2_700_000, ...change });
}
