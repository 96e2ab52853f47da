import type { Matchable } from '@usher/matching';
import { seededRandom } from '@usher/testing';

const EPISODES_OF_A_SERIES = 60;

/** Two libraries of the same stock as two servers know it. */
export interface Pair {
  readonly source: Matchable[];
  readonly target: Matchable[];
}

type Random = () => number;

/**
 * `count` rows on each side, a third of them films, the rest series with episodes; `shared` of them are on both. Ids are
 * missing, wrong or doubled now and then, and the target keeps its files elsewhere. The same seed gives the same rows.
 */
export function libraries(count: number, seed: number, shared = 0.8): Pair {
  const random = seededRandom(seed);
  const source: Matchable[] = [];
  const target: Matchable[] = [];
  const films = Math.floor(count / 3);
  for (let number = 0; number < films; number++) addFilm(random, number, shared, source, target);
  for (let series = 0; source.length < count || target.length < count; series++) addSeries(random, series, shared, source, target);
  return { source: shuffled(random, source.slice(0, count)), target: shuffled(random, target.slice(0, count)) };
}

function addFilm(random: Random, number: number, shared: number, source: Matchable[], target: Matchable[]): void {
  const title = `Film number ${number}`;
  const at = (root: string): Partial<Matchable> => ({ title, year: 1950 + (number % 75), durationMs: 4_000_000 + ((number * 7_919) % 5_000_000), path: `${root}/${title} (${1950 + (number % 75)})/${title}.mkv` });
  const kind = random();
  if (kind < shared || random() < 0.5) source.push(row(`s${number}`, { ...at('/srv/films'), ids: idsOf(random, 'movie', number) }));
  if (kind < shared || random() < 0.5) target.push(row(`t${number}`, { ...at('/data/movies'), ids: idsOf(random, 'movie', kind < shared ? number : number + 10_000_000) }));
}

function addSeries(random: Random, number: number, shared: number, source: Matchable[], target: Matchable[]): void {
  const isShared = random() < shared;
  for (const [rows, side, root] of [[source, 's', '/srv/tv'], [target, 't', '/data/tv']] as const) {
    const show = isShared || side === 's' ? number : number + 1_000_000;
    const id = `${side}-show-${show}`;
    rows.push(row(id, { type: 'series', title: `Show ${show}`, durationMs: null, ids: [`tvdb:series:${show + 1}`] }));
    for (let at = 0; at < EPISODES_OF_A_SERIES; at++) {
      const [season, episode] = [Math.floor(at / 12) + 1, (at % 12) + 1];
      const own = show * 1_000 + at + 1;
      rows.push(
        row(`${id}-${at}`, {
          type: 'episode',
          title: `Episode ${at}`,
          parentId: id,
          seasonNumber: season,
          episodeNumber: episode,
          year: null,
          airDate: new Date(Date.UTC(2000, 0, 1 + at * 7)).toISOString().slice(0, 10),
          ids: random() < 0.9 ? [`tvdb:episode:${own}`, ...(random() < 0.5 ? [`imdb:tt${String(own).padStart(8, '0')}`] : [])].sort() : [],
          path: `${root}/Show ${show}/Season ${season}/Show ${show} S${season}E${episode}.mkv`,
        }),
      );
    }
  }
}

function idsOf(random: Random, kind: string, number: number): string[] {
  const wrong = random() < 0.01 ? 5_000_000 : 0;
  const ids = [`imdb:tt${String(number + 1).padStart(7, '0')}`, `tmdb:${kind}:${number + 1 + wrong}`, `tvdb:${kind}:${number + 1}`];
  return ids.filter(() => random() < 0.85).sort();
}

function row(id: string, change: Partial<Matchable>): Matchable {
  return { id, type: 'movie', title: id, parentId: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null, year: 2_000, airDate: null, durationMs: 2_700_000, ids: [], path: null, ...change };
}

function shuffled<T>(random: Random, rows: T[]): T[] {
  for (let at = rows.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [rows[at], rows[other]] = [rows[other]!, rows[at]!];
  }
  return rows;
}
