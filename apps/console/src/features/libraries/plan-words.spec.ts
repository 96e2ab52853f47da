import { describe, expect, it } from '@jest/globals';
import { bytes, isEdited, mapProblems, pathProblem, type Plan } from './plan-words.js';

describe('bytes', () => {
  it.each([[0, '0 B'], [512, '512 B'], [1_536, '1.50 KiB'], [2.61 * 1_024 ** 4, '2.61 TiB'], [700 * 1_024 ** 3, '700 GiB']])('%d is %s', (value, words) => expect(bytes(value)).toBe(words));
});

describe('path map', () => {
  it.each(['/data/movies', 'D:\\Media', '\\\\nas\\films'])('%s is a folder', (path) => expect(pathProblem(path)).toBeNull());
  it.each(['', 'movies', '/data/../etc'])('“%s” is refused', (path) => expect(pathProblem(path)).not.toBeNull());

  const row = (key: string, from: string, to: string) => ({ key, from, to, libraryVendorId: null });
  it('names the field that is wrong, and two rows from one folder', () => {
    expect(mapProblems([row('a', '/films', '/data/films'), row('b', '/films/', '')])).toEqual({ 'b.from': 'Another row begins at this folder.', 'b.to': 'Write a folder.' });
  });

  it('is edited only when a folder differs', () => {
    const plan = { pathMap: [{ from: '/films', to: null }] } as unknown as Plan;
    expect(isEdited(plan, [row('a', '/films/', '')])).toBe(false);
    expect(isEdited(plan, [row('a', '/films', '/data')])).toBe(true);
  });
});
