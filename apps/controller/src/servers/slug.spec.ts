import { describe, expect, it } from '@jest/globals';
import { slugOf } from './slug.js';

describe('slugOf', () => {
  it.each([
    ['Remote Server', 'remote-server'],
    ['  Größe & Höhe  ', 'grosse-hohe'],
    ['Café—Nord (4K)', 'cafe-nord-4k'],
    ['A--b', 'a-b'],
  ])('%j is %j', (alias, slug) => expect(slugOf(alias)).toBe(slug));

  it('needs a letter or a digit', () => {
    expect(() => slugOf('東京!')).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', details: { field: 'alias' } }));
  });
});
