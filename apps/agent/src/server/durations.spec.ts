import { describe, expect, it } from '@jest/globals';
import { quantileMs, STEPS, stepOf } from './durations.js';

/** The same numbers at every run. */
function sequence(seed: number, count: number, next: (unit: number) => number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return next(state / 2 ** 31);
  });
}

function histogramOf(values: readonly number[]): number[] {
  const steps = Array.from({ length: STEPS }, () => 0);
  for (const value of values) steps[stepOf(value)]!++;
  return steps;
}

const exact = (values: readonly number[], share: number) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;

describe('durations', () => {
  it.each<[string, number[]]>([
    ['even ones', sequence(1, 5_000, (unit) => 1 + unit * 999)],
    ['a long tail', sequence(2, 5_000, (unit) => 2 / (1.0001 - unit))],
    ['two heaps', sequence(3, 5_000, (unit) => (unit < 0.9 ? 10 + unit : 3_000 + unit))],
    ['few', [4, 40, 400]],
  ])('of %s: median and the 95th of 100 are at most 30 %% off what they are', (_, values) => {
    const steps = histogramOf(values);
    for (const share of [0.5, 0.95]) {
      const off = quantileMs(share, (step) => steps[step]!)! / exact(values, share);
      expect(off).toBeGreaterThan(1 / 1.3);
      expect(off).toBeLessThan(1.3);
    }
  });

  it('of two histograms added up are those of all calls together', () => {
    const [one, other] = [sequence(4, 900, (unit) => 5 + unit * 20), sequence(5, 100, (unit) => 500 + unit * 4_000)];
    const [ones, others, all] = [histogramOf(one), histogramOf(other), histogramOf([...one, ...other])];
    for (const share of [0.1, 0.5, 0.95, 1]) expect(quantileMs(share, (step) => ones[step]! + others[step]!)).toBe(quantileMs(share, (step) => all[step]!));
  });

  it('are unknown without a call, and end at a minute', () => {
    expect(quantileMs(0.95, () => 0)).toBeNull();
    const steps = histogramOf([600_000]);
    expect(quantileMs(0.5, (step) => steps[step]!)).toBeGreaterThan(50_000);
    expect([stepOf(0), stepOf(1), stepOf(1.01), stepOf(600_000)]).toEqual([0, 0, 1, STEPS - 1]);
  });
});
