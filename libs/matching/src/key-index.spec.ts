import { describe, expect, it } from '@jest/globals';
import { Group } from './group.js';
import { KeyIndex } from './key-index.js';
import { film } from './testing/rows.js';

const tails = (group: Group) => group.places().tails;
const at = (id: string, path: string) => new Group(film(id, { path }), null);

describe('an index of long keys', () => {
  it('finds everyone with a key, once', () => {
    const index = new KeyIndex(tails);
    const [one, other, alone] = [at('1', '/a/film/disc.mkv'), at('2', '/b/film/disc.mkv'), at('3', '/a/film/extra.mkv')];
    for (const group of [one, other, alone, one]) index.add(tails(group), group);
    expect(index.find('film/disc.mkv')).toEqual([one, other]);
    expect(index.find('film/extra.mkv')).toEqual([alone]);
    expect(index.find('film/none.mkv')).toEqual([]);
  });

  it('tells keys apart whose numbers are equal', () => {
    const numbers = new Map<number, string>();
    const pair = (): [string, string] => {
      for (let number = 0; ; number++) {
        const key = `film/${number.toString(36)}.mkv`;
        const hash = fnv(key);
        const known = numbers.get(hash);
        if (known !== undefined) return [known, key];
        numbers.set(hash, key);
      }
    };
    const [first, second] = pair();
    const index = new KeyIndex(tails);
    const groups = [at('1', `/a/${first}`), at('2', `/a/${second}`)];
    for (const group of groups) index.add(tails(group), group);
    expect(index.find(first)).toEqual([groups[0]]);
    expect(index.find(second)).toEqual([groups[1]]);
  });
});

/** As the index makes numbers of keys. */
function fnv(key: string): number {
  let hash = 0x811c9dc5;
  for (const letter of key) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash & 0x3fffffff;
}
