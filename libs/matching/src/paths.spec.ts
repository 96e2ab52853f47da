import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PathMap, pathRowProblems } from './path-map.js';
import { suggestPathMap } from './path-suggestions.js';
import { normalizePath, pathKey, pathTail } from './paths.js';

describe('paths', () => {
  it.each([
    ['/media//films/', '/media/films', false],
    ['Z:\\Films\\Alien', 'Z:/Films/Alien', true],
    ['\\\\nas\\m', '//nas/m', true],
    ['//nas/m', '//nas/m', true],
    ['/', '/', false],
    ['/media/Ame\u0301lie', '/media/Amélie', false],
  ])('%s has the form %s', (path, text, foldsCase) => {
    expect(normalizePath(path)).toEqual({ text, foldsCase });
  });

  it('compares upper and lower case only where the system does', () => {
    expect(pathKey('Z:\\Films')).toBe(pathKey('z:/films'));
    expect(pathKey('/Films')).not.toBe(pathKey('/films'));
  });

  it.each([
    ['/media/films/Alien (1979)/Alien.mkv', 'alien (1979)/alien.mkv'],
    ['Z:\\Films\\Alien (1979)\\Alien.mkv', 'alien (1979)/alien.mkv'],
    ['/Alien.mkv', null],
    ['Alien.mkv', null],
  ])('%s ends with %s', (path, tail) => {
    expect(pathTail(path)).toBe(tail);
  });
});

describe('a path map', () => {
  const map = new PathMap([
    { from: '/srv/media', to: '/data' },
    { from: '/srv/media/films', to: '/data/movies' },
    { from: '/win', to: 'Z:\\Media' },
  ]);

  it.each([
    ['/srv/media/films/Alien/Alien.mkv', '/data/movies/Alien/Alien.mkv'],
    ['/srv/media/filmsold/x.mkv', '/data/filmsold/x.mkv'],
    ['/srv/media/films', '/data/movies'],
    ['/win/a/b.mkv', 'Z:\\Media\\a\\b.mkv'],
    ['/elsewhere/x.mkv', null],
  ])('leads %s to %s: the longest prefix, whole folders', (path, mapped) => {
    expect(map.map(path)).toBe(mapped);
  });

  it.each([
    [[{ from: '', to: '/x' }], { row: 0, field: 'from', reason: 'empty' }],
    [[{ from: 'media', to: '/x' }], { row: 0, field: 'from', reason: 'relative' }],
    [[{ from: '/media/../etc', to: '/x' }], { row: 0, field: 'from', reason: 'parent' }],
    [[{ from: '/media', to: '/x/..' }], { row: 0, field: 'to', reason: 'parent' }],
    [[{ from: '/a', to: '/x' }, { from: '/a/', to: '/y' }], { row: 1, field: 'from', reason: 'double' }],
    [[{ from: '/a', to: '/b/films' }, { from: '/b', to: '/c' }], { row: 0, field: 'to', reason: 'inside-source' }],
  ])('%j is refused', (rows, problem) => {
    expect(pathRowProblems(rows)).toContainEqual(problem);
  });

  it('may leave folders where they are', () => {
    expect(pathRowProblems([{ from: '/media', to: '/media' }, { from: '/tv', to: '/tv' }])).toEqual([]);
  });

  it('never leads outside the folder of its row', () => {
    const part = fc.stringMatching(/^[a-z0-9 ]{1,8}$/).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        expect(map.map(`/srv/media/films/${parts.join('/')}`)).toBe(`/data/movies/${parts.join('/')}`);
      }),
    );
  });
});

describe('a suggested path map', () => {
  it('follows titles that both have, not names of folders', () => {
    const rows = suggestPathMap(
      ['/srv/films', '/srv/anime', '/srv/live'],
      ['/data/movies', '/data/live'],
      [
        { source: '/srv/films/Alien (1979)/Alien.mkv', target: '/data/movies/Alien (1979)/Alien.mkv' },
        { source: '/srv/films/Heat (1995)/Heat.mkv', target: '/data/movies/Heat (1995)/Heat.mkv' },
        { source: '/srv/films/Up/Up.mkv', target: '/data/old/Up/Up.mkv' },
        { source: '/srv/films/Ran/Ran.mkv', target: '/data/movies/Ran (1985).mkv' },
      ],
    );
    expect(rows).toEqual([
      { from: '/srv/films', to: '/data/movies', by: 'files', votes: 2 },
      { from: '/srv/anime', to: null, by: 'nothing', votes: 0 },
      { from: '/srv/live', to: '/data/live', by: 'name', votes: 0 },
    ]);
  });

  it('finds Windows folders', () => {
    const pairs = [{ source: '/srv/films/Alien/Alien.mkv', target: 'Z:\\Movies\\Alien\\Alien.mkv' }];
    expect(suggestPathMap(['/srv/films'], ['Z:\\Movies'], pairs)).toEqual([{ from: '/srv/films', to: 'Z:\\Movies', by: 'files', votes: 1 }]);
  });

  it('takes no folder of the same name when there are two', () => {
    expect(suggestPathMap(['/a/films'], ['/x/films', '/y/films'], [])).toEqual([{ from: '/a/films', to: null, by: 'nothing', votes: 0 }]);
  });
});
