import { describe, expect, it } from '@jest/globals';
import { PathMap } from '@usher/matching';
import { TextColumn, WordColumn } from './columns.js';
import { inSteps } from './in-steps.js';
import { compareLibraries } from './plan-comparison.js';
import { PlanItems, type PlanItemRow } from './plan-items.js';

const film = (id: string, change: Partial<PlanItemRow> = {}): PlanItemRow => ({
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
  libraryVendorId: 'Films',
  videoHeight: 1080,
  sizeBytes: 9_007_199_254_740_991,
  ...change,
});
const plain = ({ id, type, title, parentId, seasonNumber, episodeNumber, episodeEndNumber, year, airDate, durationMs, ids, path, libraryVendorId, videoHeight, sizeBytes }: PlanItemRow): PlanItemRow => ({
  id, type, title, parentId, seasonNumber, episodeNumber, episodeEndNumber, year, airDate, durationMs, ids, path, libraryVendorId, videoHeight, sizeBytes,
});
const itemsOf = (rows: readonly PlanItemRow[], map?: PathMap): PlanItems => {
  const items = new PlanItems(map);
  for (const row of rows) items.add(row);
  return items;
};

describe('rows in columns', () => {
  it('tell what was put in, nothing, zero and foreign letters included', () => {
    const rows = [
      film('1', { title: 'Đorđe 🎬 “Ran”', path: '/srv/films/乱/乱.mkv', ids: ['imdb:tt0089881', 'tmdb:movie:11645'] }),
      film('2', { type: 'episode', parentId: 'show', seasonNumber: 0, episodeNumber: 0, episodeEndNumber: 2, year: null, airDate: '2001-02-03', durationMs: null, videoHeight: null, sizeBytes: 0, title: '' }),
      ...Array.from({ length: 3_000 }, (_, at) => film(`more ${at}`, { path: `/srv/${at}/${'x'.repeat(at % 300)}.mkv` })),
    ];
    const items = itemsOf(rows);
    expect(items.count).toBe(rows.length);
    expect([...items].map(plain)).toEqual(rows);
  });

  it('tell paths in terms of the target, and their own beside', () => {
    const items = itemsOf([film('1', { path: '/srv/films/a.mkv' }), film('2', { path: '/other/b.mkv' }), film('3')], new PathMap([{ from: '/srv/films', to: '/data/movies' }]));
    expect([...items].map(({ path, ownPath }) => [path, ownPath])).toEqual([['/data/movies/a.mkv', '/srv/films/a.mkv'], ['/other/b.mkv', '/other/b.mkv'], [null, null]]);
  });

  it('hold a word once', () => {
    const words = new WordColumn();
    for (const word of ['movie', null, 'movie', '']) words.push(word);
    expect([0, 1, 2, 3].map((at) => words.at(at))).toEqual(['movie', null, 'movie', '']);
  });

  it('tell an empty text from none', () => {
    const texts = new TextColumn();
    for (const text of ['', null, 'x']) texts.push(text);
    expect([0, 1, 2].map((at) => texts.at(at))).toEqual(['', null, 'x']);
    expect(texts.count).toBe(3);
  });
});

describe('steps', () => {
  it('are run to their end, with other work in between', async () => {
    let others = 0;
    const other = setInterval(() => (others += 1), 0);
    const steps = function* (): Generator<undefined, string> {
      for (const before = others; others < before + 3; ) yield;
      return 'done';
    };
    await expect(inSteps(steps())).resolves.toBe('done');
    clearInterval(other);
    expect(others).toBeGreaterThanOrEqual(3);
  });

  it('end with what they throw', async () => {
    const steps = function* (): Generator<undefined, never> {
      yield;
      throw new Error('broken');
    };
    await expect(inSteps(steps())).rejects.toThrow('broken');
  });
});

describe('two libraries in columns', () => {
  it('are compared by mapped paths, and their pairs are told by their own', async () => {
    const source = itemsOf([film('s1', { path: '/srv/a/a.mkv' }), film('s2', { path: '/srv/b/b.mkv', ids: ['imdb:tt0000002'] }), film('s3', { path: '/srv/c/c.mkv' })], new PathMap([{ from: '/srv', to: '/data' }]));
    const target = itemsOf([film('t1', { path: '/data/a/a.mkv', libraryVendorId: 'Movies' }), film('t2', { path: '/x/y/z.mkv', ids: ['imdb:tt0000002'], sizeBytes: 1, libraryVendorId: 'Movies' })]);
    const comparison = await compareLibraries(source, target);
    expect([...comparison.fates].sort()).toEqual([['s1', 'same-file'], ['s2', 'other-version'], ['s3', 'only-source']]);
    expect([...comparison.pairs].sort((a, b) => (a.source < b.source ? -1 : 1))).toEqual([{ source: '/srv/a/a.mkv', target: '/data/a/a.mkv' }, { source: '/srv/b/b.mkv', target: '/x/y/z.mkv' }]);
    expect([...comparison.targetLibraries]).toEqual([['Movies', 2]]);
    expect(comparison.toCopy).toEqual(['s3']);
  });
});
