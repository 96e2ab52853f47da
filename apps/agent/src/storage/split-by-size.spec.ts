import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitBySize } from './split-by-size.js';

describe('splitBySize', () => {
  it('answers one empty group for nothing', () => {
    expect(splitBySize([], 100)).toEqual([[]]);
  });

  it('gives an entry that is too large a group of its own', () => {
    expect(splitBySize(['a', 'x'.repeat(200), 'b'], 20)).toEqual([['a'], ['x'.repeat(200)], ['b']]);
  });

  it('keeps all entries in order, and every group of several within the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 })), fc.integer({ min: 2, max: 200 }), (entries, maxBytes) => {
        const groups = splitBySize(entries, maxBytes);
        expect(groups.flat()).toEqual(entries);
        for (const group of groups) if (group.length > 1) expect(Buffer.byteLength(JSON.stringify(group))).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});
