import { describe, expect, it } from '@jest/globals';
import { lineFigures, lineShape, roundUp, type Sample } from './time-line.js';

const BOX = { width: 100, height: 10, gapMs: 15 };
const at = (atMs: number, value: number | null): Sample => ({ atMs, value });

describe('lineShape', () => {
  it('draws from left to right, the top of the scale on a round number', () => {
    expect(lineShape([at(0, 0), at(10, 4), at(20, 2)], 0, 20, { ...BOX, gapMs: 15 })).toEqual({ line: 'M0 10 L50 0 L100 5', area: 'M0 10 L0 10 L50 0 L100 5 L100 10 Z', gaps: [], top: 4 });
  });

  it('shares the scale of others when it is given their top', () => {
    expect(lineShape([at(0, 0), at(20, 4)], 0, 20, { ...BOX, gapMs: 20, top: 8 })).toMatchObject({ line: 'M0 10 L100 5', top: 8 });
  });

  it('leaves a gap where nothing was told, and where a value was not reported', () => {
    expect(lineShape([at(0, 2), at(10, 2), at(60, 2), at(70, 2)], 0, 100, BOX)).toMatchObject({ line: 'M0 0 L10 0 M60 0 L70 0', gaps: [{ from: 0.1, to: 0.6 }] });
    expect(lineShape([at(0, 2), at(10, 2), at(20, null), at(30, 2), at(40, 2)], 0, 100, BOX)).toMatchObject({ line: 'M0 0 L10 0 M30 0 L40 0', gaps: [{ from: 0.1, to: 0.3 }] });
  });

  it('draws nothing from fewer than two values, nor from outside the time that is shown', () => {
    expect(lineShape([at(5, 8)], 0, 10, BOX)).toMatchObject({ line: '', area: '', top: 8 });
    expect(lineShape([at(-20, 900), at(-10, 900)], 0, 10, BOX)).toEqual({ line: '', area: '', gaps: [], top: 1 });
  });
});

describe('figures of a line', () => {
  it('averages what was told only', () => {
    expect(lineFigures([at(0, 2), at(10, null), at(20, 4)])).toEqual({ now: 4, average: 3, peak: at(20, 4) });
    expect(lineFigures([at(0, 2), at(10, null)])).toMatchObject({ now: null, average: 2 });
    expect(lineFigures([])).toEqual({ now: null, average: null, peak: null });
  });

  it.each([[0, 1], [0.7, 0.8], [8, 8], [8.1, 10], [61.4, 80], [1_204, 2_000]])('rounds %d up to %d', (value, top) => {
    expect(roundUp(value)).toBeCloseTo(top);
  });
});
