import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Matchable } from './compare.js';
import { matchItems, type MatchResult } from './item-matcher.js';
import { episode, film, series } from './testing/rows.js';

const tierOf = (a: Partial<Matchable>, b: Partial<Matchable>): string | null => {
  const { matches, undecided } = matchItems([film('a', a)], [film('b', b)]);
  return [...matches, ...undecided][0]?.tier ?? null;
};
const IMDB = 'imdb:tt0078748';
const TMDB = 'tmdb:movie:348';
const TVDB = 'tvdb:movie:246';
const PATH = '/media/films/Alien (1979)/Alien.mkv';
const NO_YEAR = { year: null, durationMs: null };

describe('the tier of two films', () => {
  it.each<[name: string, a: Partial<Matchable>, b: Partial<Matchable>, tier: string | null]>([
    ['one path', { path: PATH }, { path: PATH }, 'A'],
    ['one path, and an id that agrees beside one that does not', { path: PATH, ids: [IMDB, TMDB] }, { path: PATH, ids: [IMDB, 'tmdb:movie:1'] }, 'A'],
    ['one path, but other ids', { path: PATH, ids: [IMDB] }, { path: PATH, ids: ['imdb:tt0000099'] }, 'X'],
    ['two ids', { ids: [IMDB, TMDB] }, { ids: [IMDB, TMDB] }, 'B'],
    ['two ids against one, and the same length and year', { ids: [IMDB, TMDB, TVDB] }, { ids: [IMDB, TMDB, 'tvdb:movie:9'] }, 'B'],
    ['two ids against one, and nothing else', { ids: [IMDB, TMDB, TVDB], ...NO_YEAR }, { ids: [IMDB, TMDB, 'tvdb:movie:9'], ...NO_YEAR }, 'X'],
    ['one id', { ids: [IMDB] }, { ids: [IMDB, TVDB] }, 'C'],
    ['one id against one, and the same length and year', { ids: [IMDB, TMDB] }, { ids: [IMDB, 'tmdb:movie:9'] }, 'D'],
    ['one id against one, and nothing else', { ids: [IMDB, TMDB], ...NO_YEAR }, { ids: [IMDB, 'tmdb:movie:9'], ...NO_YEAR }, 'X'],
    ['the end of the path and the length', { path: PATH, ids: [IMDB] }, { path: '/data/Alien (1979)/Alien.mkv' }, 'D'],
    ['the end of the path, but another length', { path: PATH, title: 'x' }, { path: '/data/Alien (1979)/Alien.mkv', durationMs: 60_000 }, null],
    ['the end of the path and the length, but other ids', { path: PATH, ids: [IMDB] }, { path: '/data/Alien (1979)/Alien.mkv', ids: ['imdb:tt0000099'] }, 'X'],
    ['name, year and length, and no ids at all', { title: 'Alien' }, { title: 'alien!' }, 'E'],
    ['name and length, another year', { title: 'Alien' }, { title: 'Alien', year: 1986 }, null],
    ['name and year, but ids on one side', { title: 'Alien', ids: [IMDB] }, { title: 'Alien' }, null],
    ['nothing but a file name', { path: '/a/Alien.mkv' }, { path: '/b/Alien.mkv' }, null],
  ])('%s', (_name, a, b, tier) => {
    expect(tierOf(a, b)).toBe(tier);
  });

  it('says what it rests on', () => {
    const { matches } = matchItems([film('a', { ids: [IMDB, TMDB, TVDB] })], [film('b', { ids: [IMDB, TMDB, 'tvdb:movie:9'] })]);
    expect(matches).toEqual([{ tier: 'B', source: ['a'], target: ['b'], evidence: ['imdb equal', 'tmdb:movie equal', 'tvdb:movie differs', 'same length'] }]);
  });

  it('is never found between a film and a series', () => {
    const found = matchItems([film('a', { ids: ['imdb:tt1'] })], [series('b', { ids: ['imdb:tt1'] })]);
    expect(found).toMatchObject({ matches: [], undecided: [], onlySource: ['a'], onlyTarget: ['b'] });
  });
});

describe('rivals', () => {
  it('of one tier are not decided between', () => {
    const two = [film('b', { title: 'Alien', ids: [IMDB] }), film('c', { title: 'Alien, the cut', ids: [TMDB] })];
    const found = matchItems([film('a', { ids: [IMDB, TMDB] })], two);
    expect(found.matches).toEqual([]);
    expect(found.undecided.map(({ tier, target }) => [tier, target])).toEqual([['X', ['b']], ['X', ['c']]]);
  });

  it('lose against a stronger tier', () => {
    const found = matchItems([film('a', { ids: [IMDB, TMDB] })], [film('b', { ids: [IMDB, TMDB] }), film('c', { title: 'x', ids: [TVDB] })]);
    expect(found).toMatchObject({ matches: [{ tier: 'B', target: ['b'] }], onlyTarget: ['c'] });
  });

  it('by equal names are not decided between', () => {
    const found = matchItems([film('a', { title: 'Alien' })], [film('b', { title: 'Alien' }), film('c', { title: 'Alien' })]);
    expect(found).toMatchObject({ matches: [], onlySource: ['a'] });
  });
});

describe('copies on one server', () => {
  it('are one title', () => {
    const copies = [film('b', { title: 'Alien', ids: [IMDB, TMDB] }), film('c', { title: 'Alien', ids: [IMDB] })];
    expect(matchItems([film('a', { ids: [IMDB, TMDB] })], copies).matches).toMatchObject([{ tier: 'B', source: ['a'], target: ['b', 'c'] }]);
  });

  it('with the same id but nothing else in common are none: the id is junk', () => {
    const wrong = [film('b', { title: 'Alien', ids: [IMDB, TMDB] }), film('c', { title: 'Heat', ids: [IMDB] }), film('d', { title: 'Up', ids: [IMDB] })];
    const found = matchItems([film('a', { ids: [IMDB, TMDB] })], wrong);
    expect(found.matches).toMatchObject([{ tier: 'C', target: ['b'], evidence: ['tmdb:movie equal'] }]);
    expect(found.onlyTarget).toEqual(['c', 'd']);
  });
});

describe('episodes', () => {
  const show = (side: string, ids: string[] = ['tvdb:series:1']) => series(`${side}-show`, { ids });
  const numbered = (side: string, count: number, change: (n: number) => Partial<Matchable> = () => ({})) =>
    Array.from({ length: count }, (_, at) => episode(`${side}${at + 1}`, `${side}-show`, 1, at + 1, change(at + 1)));
  const own = (n: number) => ({ ids: [`tvdb:episode:${100 + n}`] });
  const tiers = ({ matches }: MatchResult): [string, string, string][] => matches.map(({ source, tier, target }): [string, string, string] => [source[0]!, tier, target[0]!]).sort();

  it('by their own ids before numbers', () => {
    const found = matchItems([show('a'), ...numbered('a', 2, own)], [show('b'), ...numbered('b', 2, (n) => own(3 - n))]);
    expect(tiers(found)).toEqual([['a-show', 'C', 'b-show'], ['a1', 'C', 'b2'], ['a2', 'C', 'b1']]);
    expect(found.orders).toEqual([{ source: 'a-show', target: 'b-show', order: 'differs' }]);
  });

  it('by number where three own ids prove the order', () => {
    const mostly = (n: number) => (n < 4 ? own(n) : {});
    const found = matchItems([show('a'), ...numbered('a', 5, mostly)], [show('b'), ...numbered('b', 5, mostly)]);
    expect(found.orders).toMatchObject([{ order: 'trusted' }]);
    expect(tiers(found)).toEqual([['a-show', 'C', 'b-show'], ['a1', 'B', 'b1'], ['a2', 'B', 'b2'], ['a3', 'B', 'b3'], ['a4', 'C', 'b4'], ['a5', 'C', 'b5']]);
  });

  it('by number where counts and dates prove it', () => {
    const dated = (n: number) => ({ airDate: `2020-01-0${n}` });
    const found = matchItems([show('a'), ...numbered('a', 3, dated)], [show('b'), ...numbered('b', 3, dated)]);
    expect(tiers(found)).toContainEqual(['a2', 'B', 'b2']);
  });

  it('by number only with a person’s word where nothing proves it', () => {
    const found = matchItems([show('a'), ...numbered('a', 3)], [show('b'), ...numbered('b', 4)]);
    expect(tiers(found)).toContainEqual(['a2', 'D', 'b2']);
  });

  it('never by number once one of them is elsewhere', () => {
    const found = matchItems(
      [show('a'), ...numbered('a', 6, (n) => (n < 5 ? own(n) : {}))],
      [show('b'), ...numbered('b', 6, (n) => (n === 4 ? own(99) : n < 4 ? own(n) : {})), episode('b9', 'b-show', 2, 1, own(4))],
    );
    expect(found.orders).toMatchObject([{ order: 'differs' }]);
    expect(found.onlySource).toEqual(['a5', 'a6']);
  });

  it('never by number alone among specials', () => {
    const specials = (side: string) => [episode(`${side}s`, `${side}-show`, 0, 1)];
    const found = matchItems([show('a'), ...numbered('a', 3, own), ...specials('a')], [show('b'), ...numbered('b', 3, own), ...specials('b')]);
    expect(tiers(found)).toContainEqual(['as', 'D', 'bs']);
  });

  it('never by number without the same series', () => {
    const found = matchItems([show('a', ['tvdb:series:1']), ...numbered('a', 3)], [show('b', ['tvdb:series:2']), ...numbered('b', 3)]);
    expect(found.matches).toEqual([]);
  });

  it('by an order that a person gave', () => {
    const orders = [{ seriesId: 'a-show', from: { season: 1, episode: 3 }, to: { season: 2, episode: 1 } }];
    const found = matchItems([show('a'), ...numbered('a', 3)], [show('b'), ...numbered('b', 2), episode('b9', 'b-show', 2, 1)], { orders });
    expect(tiers(found)).toContainEqual(['a3', 'C', 'b9']);
  });

  it('of one file with several are found by the first number only when the ranges are equal', () => {
    const found = matchItems([show('a'), episode('a1', 'a-show', 1, 1, { episodeEndNumber: 2 })], [show('b'), ...numbered('b', 2)]);
    expect(found.onlySource).toEqual(['a1']);
  });

  it('that share a file are told apart by their number', () => {
    const path = '/tv/Show/Season 01/Show S01E01-E02.mkv';
    const shared = (side: string) => numbered(side, 2, () => ({ path }));
    expect(tiers(matchItems([show('a'), ...shared('a')], [show('b'), ...shared('b')]))).toEqual([['a-show', 'C', 'b-show'], ['a1', 'A', 'b1'], ['a2', 'A', 'b2']]);
  });

  it('keep their place in the file system when the numbers differ', () => {
    const found = matchItems([episode('a1', 'x', 1, 5, { path: '/tv/Show/a.mkv' })], [episode('b1', 'y', 2, 1, { path: '/tv/Show/a.mkv' })]);
    expect(tiers(found)).toEqual([['a1', 'A', 'b1']]);
  });
});

describe('music', () => {
  it('is matched by album, disc and number', () => {
    const album = (side: string) => film(`${side}-album`, { type: 'album', ids: ['mb:release:x'] });
    const track = (side: string, disc: number | null, number: number) => film(`${side}${number}`, { type: 'track', parentId: `${side}-album`, seasonNumber: disc, episodeNumber: number, year: null });
    const found = matchItems([album('a'), track('a', 1, 1), track('a', 1, 2)], [album('b'), track('b', null, 1), track('b', null, 3)]);
    expect(found).toMatchObject({ matches: [{ tier: 'C', source: ['a-album'] }, { tier: 'C', source: ['a1'], target: ['b1'] }], onlySource: ['a2'], onlyTarget: ['b3'] });
  });
});

/** Libraries that overlap, with wrong, missing, doubled and displaced ids. */
const library = fc.record({
  films: fc.array(
    fc.record({ imdb: fc.option(fc.integer({ min: 1, max: 6 })), tmdb: fc.option(fc.integer({ min: 1, max: 6 })), title: fc.integer({ min: 1, max: 4 }), folder: fc.option(fc.integer({ min: 1, max: 4 })), short: fc.boolean() }),
    { maxLength: 8 },
  ),
  episodes: fc.array(
    fc.record({ show: fc.integer({ min: 1, max: 2 }), tvdb: fc.option(fc.integer({ min: 1, max: 6 })), season: fc.integer({ min: 0, max: 2 }), number: fc.integer({ min: 1, max: 3 }), day: fc.option(fc.integer({ min: 1, max: 3 })) }),
    { maxLength: 8 },
  ),
});
type Library = typeof library extends fc.Arbitrary<infer T> ? T : never;

function rowsOf(side: string, { films, episodes }: Library): Matchable[] {
  return [
    ...films.map(({ imdb, tmdb, title, folder, short }, at) =>
      film(`${side}-f${at}`, {
        title: `Title ${title}`,
        durationMs: short ? 600_000 : 5_400_000,
        ids: [...(imdb ? [`imdb:tt${imdb}`] : []), ...(tmdb ? [`tmdb:movie:${tmdb}`] : [])],
        path: folder ? `/media/films/F${folder}/film.mkv` : null,
      }),
    ),
    ...[1, 2].map((show) => series(`${side}-s${show}`, { title: `Show ${show}`, ids: [`tvdb:series:${show}`] })),
    ...episodes.map(({ show, tvdb, season, number, day }, at) =>
      episode(`${side}-e${at}`, `${side}-s${show}`, season, number, { ids: tvdb ? [`tvdb:episode:${tvdb}`] : [], airDate: day ? `2020-01-0${day}` : null }),
    ),
  ];
}

const pairsOf = ({ matches, undecided }: MatchResult): string[] =>
  [...matches, ...undecided].flatMap(({ source, target, tier, evidence }) => source.flatMap((a) => target.map((b) => [...[a, b].sort(), tier, ...evidence].join(' ')))).sort();

describe('matching', () => {
  it('is the same with both sides exchanged', () => {
    fc.assert(
      fc.property(library, library, (one, other) => {
        const [a, b] = [rowsOf('a', one), rowsOf('b', other)];
        const [forth, back] = [matchItems(a, b), matchItems(b, a)];
        expect(pairsOf(forth)).toEqual(pairsOf(back));
        expect([...forth.onlySource].sort()).toEqual([...back.onlyTarget].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of rows', () => {
    const shuffled = fc.tuple(library, library).chain(([one, other]) => {
      const [a, b] = [rowsOf('a', one), rowsOf('b', other)];
      return fc.tuple(fc.constant([a, b] as const), fc.shuffledSubarray(a, { minLength: a.length }), fc.shuffledSubarray(b, { minLength: b.length }));
    });
    fc.assert(
      fc.property(shuffled, ([[a, b], mixedA, mixedB]) => {
        const [plain, mixed] = [matchItems(a, b), matchItems(mixedA, mixedB)];
        expect(pairsOf(mixed)).toEqual(pairsOf(plain));
        expect([...mixed.onlySource].sort()).toEqual([...plain.onlySource].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('gives every row one place: matched once, undecided, or alone', () => {
    fc.assert(
      fc.property(library, library, (one, other) => {
        const [a, b] = [rowsOf('a', one), rowsOf('b', other)];
        const { matches, undecided, onlySource, onlyTarget } = matchItems(a, b);
        for (const [rows, matched, open, alone] of [
          [a, matches.flatMap(({ source }) => source), undecided.flatMap(({ source }) => source), onlySource],
          [b, matches.flatMap(({ target }) => target), undecided.flatMap(({ target }) => target), onlyTarget],
        ] as const) {
          expect(new Set(matched).size).toBe(matched.length);
          expect([...matched, ...new Set(open), ...alone].sort()).toEqual(rows.map(({ id }) => id).sort());
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds every row of a server in itself, unless it has a double there', () => {
    fc.assert(
      fc.property(library, (one) => {
        const rows = rowsOf('a', one);
        for (const { source, target } of matchItems(rows, rows).matches) expect(target).toEqual(source);
      }),
    );
  });
});
