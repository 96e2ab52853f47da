import { describe, expect, it } from '@jest/globals';
import { CopyTally } from './plan-files.js';
import { givenRows, judgeRows, mapOf, suggestRows, withSamples } from './plan-paths.js';
import { neededFor, spaceOf } from './plan-space.js';
import { watchersOf } from './plan-watchers.js';

const GIB = 2 ** 30;
const library = (name: string, ...folders: string[]) => ({ vendorId: name, name, type: 'movies', folders });
const files = (...paths: string[]) => ({ files: paths.map((path) => ({ path, sizeBytes: 10 })) });

/** All steps at once. */
function all<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

describe('the path map of a plan', () => {
  const pairs = Array.from({ length: 40 }, (_, at) => ({ source: `/srv/films/F${at}/f.mkv`, target: `/data/movies/F${at}/f.mkv` }));

  it('has a row for every folder of every chosen library', () => {
    const rows = all(suggestRows([library('Movies', '/srv/films', '/srv/old'), library('Kids', '/srv/kids')], ['/data/movies', '/data/kids'], pairs));
    expect(rows.map(({ libraryName, from, to, origin }) => [libraryName, from, to, origin])).toEqual([
      ['Movies', '/srv/films', '/data/movies', 'suggested'],
      ['Movies', '/srv/old', null, 'missing'],
      ['Kids', '/srv/kids', '/data/kids', 'suggested'],
    ]);
  });

  it('that was given is kept, and what it leaves out is asked for', () => {
    const rows = givenRows([library('Movies', '/srv/films', '/srv/old')], [{ libraryVendorId: null, from: '/srv/films', to: '/x' }]);
    expect(rows.map(({ libraryName, from, to, origin }) => [libraryName, from, to, origin])).toEqual([['Movies', '/srv/films', '/x', 'given'], ['Movies', '/srv/old', null, 'missing']]);
  });

  it('may lead a part of a folder elsewhere, and stands for a folder above', () => {
    const given = [{ libraryVendorId: null, from: '/srv', to: '/all' }, { libraryVendorId: null, from: '/srv/films/4k', to: '/uhd' }];
    expect(givenRows([library('Movies', '/srv/films')], given).every(({ origin }) => origin === 'given')).toBe(true);
  });

  it('is tried with twelve samples spread over what both have', () => {
    const [row] = all(withSamples(all(suggestRows([library('Movies', '/srv/films')], ['/data/movies'], pairs)), pairs));
    expect(row!.samples).toHaveLength(12);
    expect([row!.samples[0], row!.samples.at(-1)]).toEqual(['/data/movies/F0/f.mkv', '/data/movies/F36/f.mkv']);
  });

  it('is judged by what the target sees; what it cannot tell is no miss', () => {
    const rows = all(withSamples(all(suggestRows([library('Movies', '/srv/films')], [], pairs.slice(0, 3))), pairs.slice(0, 3)));
    const state = (path: string) => (path.includes('F1') ? 'missing' : path.includes('F2') ? 'unknown' : 'found') as 'found';
    const asked = ['/data/movies', ...rows[0]!.samples].map((path) => ({ path, state: state(path) }));
    expect(judgeRows(rows, asked)).toMatchObject([{ verdict: 'readable', samplesTried: 2, samplesFound: 1, samplesMissing: ['/data/movies/F1/f.mkv'] }]);
    expect(judgeRows(rows, null)).toMatchObject([{ verdict: 'unknown', samplesTried: 0 }]);
  });

  it('uses complete rows only', () => {
    expect(mapOf(all(suggestRows([library('Movies', '/a', '/b')], ['/x/b'], [])))).toEqual([{ from: '/b', to: '/x/b' }]);
  });
});

describe('what would be copied', () => {
  it('counts a file once, whoever shares it, and says what it cannot tell', () => {
    const tally = new CopyTally([{ from: '/srv', to: '/data' }]);
    tally.add('Shows', files('/srv/tv/S01E01-E02.mkv'));
    tally.add('Shows', files('/srv/tv/S01E01-E02.mkv'));
    tally.add('Shows', { files: [{ path: '/srv/tv/b.mkv', sizeBytes: null }] });
    expect(tally.byLibrary.get('Shows')).toEqual({ files: 2, bytes: 10, filesOfUnknownSize: 1 });
    expect([tally.files, tally.bytes]).toEqual([2, 10]);
    expect([...tally.byFolder]).toEqual([['/data', 10]]);
  });

  it.each([
    ['unmapped', ['/other/a.mkv'], '/data'],
    ['doubled', ['/srv/a/x.mkv', '/srv2/a/x.mkv'], '/data'],
    ['caseClashes', ['/srv/Heat.mkv', '/srv/heat.mkv'], '/data'],
    ['doubled', ['/srv/Heat.mkv', '/srv/heat.mkv'], 'Z:\\Data'],
    ['badNames', [`/srv/${'ä'.repeat(128)}.mkv`], '/data'],
    ['badNames', ['/srv/What?.mkv'], 'Z:\\Data'],
    ['badNames', ['/srv/con.mkv'], 'Z:\\Data'],
    ['badNames', ['/srv/ends with dot./a.mkv'], '\\\\nas\\media'],
  ] as const)('finds %s in %j → %s', (trouble, paths, to) => {
    const tally = new CopyTally([{ from: '/srv', to }, { from: '/srv2', to }]);
    tally.add('Movies', files(...paths));
    expect(tally[trouble]).toEqual({ count: 1, examples: [paths.at(-1)] });
  });

  it('lets names pass that only another system forbids', () => {
    const tally = new CopyTally([{ from: '/srv', to: '/data' }]);
    tally.add('Movies', files('/srv/What?/con.mkv'));
    expect(tally.badNames.count).toBe(0);
  });

  it('keeps ten examples of many', () => {
    const tally = new CopyTally([]);
    tally.add('Movies', files(...Array.from({ length: 30 }, (_, at) => `/x/${at}.mkv`)));
    expect([tally.unmapped.count, tally.unmapped.examples.length]).toEqual([30, 10]);
  });
});

describe('the room on the target', () => {
  const told = [
    { path: '/data', freeBytes: 100 * GIB, usedBytes: 1 },
    { path: '/data/tv', freeBytes: 50 * GIB, usedBytes: 2 },
  ];

  it('is that of the nearest folder that was told', () => {
    const copies = new Map([['/data/movies', 10 * GIB], ['/data/tv/kids', 20 * GIB], ['/elsewhere', GIB]]);
    expect(spaceOf(copies, told).map(({ path, freeBytes, freeAfterBytes }) => [path, freeBytes, freeAfterBytes])).toEqual([
      ['/data/movies', 100 * GIB, 90 * GIB],
      ['/data/tv/kids', 50 * GIB, 30 * GIB],
      ['/elsewhere', null, null],
    ]);
  });

  it('is shared by folders of one disk', () => {
    expect(spaceOf(new Map([['/data/a', GIB], ['/data/b', GIB]]), told)).toMatchObject([{ path: '/data/a', copyBytes: 2 * GIB }]);
  });

  it('is unknown when nothing was told', () => {
    expect(spaceOf(new Map([['/data/a', GIB]]), null)).toMatchObject([{ freeBytes: null, freeAfterBytes: null }]);
  });

  it('has to hold the copy, a tenth more and 5 GiB; nothing for no copy', () => {
    expect(neededFor(10 * GIB)).toBe(16 * GIB);
    expect(neededFor(7_000_000_000)).toBe(7_700_000_000 + 5 * GIB);
    expect(neededFor(0)).toBe(0);
  });
});

describe('who watches what', () => {
  const at = new Date();
  const seen = (userName: string, itemId: string, isWatched = true) => ({ userName, itemId, title: itemId, isWatched, isWatching: false, at });

  it('tells what each keeps, gets and loses', () => {
    const fates = new Map([['a', 'same-file'], ['b', 'only-source'], ['c', 'undecided'], ['d', 'other-version']] as const);
    const found = watchersOf([seen('Mia', 'a'), seen('Mia', 'b', false), seen('Mia', 'c'), seen('Otto', 'd'), seen('Otto', 'not chosen')], fates, ['MIA']);
    expect(found).toEqual([
      { userName: 'Mia', targetUserName: 'MIA', lastTitle: 'c', isWatching: false, watched: 2, begun: 1, kept: 1, after: 2, missing: 1 },
      { userName: 'Otto', targetUserName: null, lastTitle: 'd', isWatching: false, watched: 1, begun: 0, kept: 1, after: 1, missing: 0 },
    ]);
  });
});
