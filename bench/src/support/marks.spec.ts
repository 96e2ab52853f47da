import { describe, expect, it } from '@jest/globals';
import { hitsOf, MarkIndex } from './marks.js';

describe('the search for marks', () => {
  const mark = 'f3a9c1d87b2e4560a1b2';

  it('finds every shape wherever it stands', () => {
    const bytes = Buffer.from(mark);
    const places = [
      `x${mark}y`,
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      ...['', 'a', 'ab', 'abc'].map((before) => Buffer.from(`${before}${mark}tail`).toString('base64')),
      Buffer.from(`?${mark}>`).toString('base64url'),
      [...mark].reverse().join(''),
    ];
    for (const place of places) expect([place, hitsOf(place, [mark])]).toEqual([place, 1]);
    const index = new MarkIndex(['another-mark-0123456', mark]);
    for (const place of places) expect([place, index.isIn(Buffer.from(place))]).toEqual([place, true]);
  });

  it('finds nothing in what is something else', () => {
    const other = Buffer.from('f3a9c1d8 7b2e4560');
    expect(hitsOf(other, [mark, 'another-mark-0123456'])).toBe(0);
    expect(new MarkIndex([mark, 'another-mark-0123456']).isIn(other)).toBe(false);
  });
});
