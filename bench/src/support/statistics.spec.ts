import { describe, expect, it } from '@jest/globals';
import { percentile, spreadOf } from './statistics.js';

describe('percentile', () => {
  it('takes the nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, i) => 20 - i);
    expect([percentile(values, 0.5), percentile(values, 0.95), percentile(values, 1), percentile(values, 0)]).toEqual([10, 19, 20, 1]);
    expect(percentile([7], 0.95)).toBe(7);
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });

  it('has no spread of nothing', () => {
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([3, 1, 2])).toEqual({ count: 3, p50: 2, p95: 3, max: 3 });
  });
});
