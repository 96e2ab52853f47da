import { describe, expect, it } from '@jest/globals';
import type { WindowRow } from './window-draft.js';
import { addDays, blocksOf, cityOf, dayOf, hourIn, startOf, weekFrom } from './week.js';

const DAY = '2026-12-02';
const at = (time: string, day = DAY) => new Date(`${day}T${time}`).toISOString();
const window = (id: string, ...times: [string, string, string][]): WindowRow =>
  ({ id, occurrences: times.map(([drainFrom, startAt, endAt]) => ({ drainFrom, startAt, endAt })) }) as unknown as WindowRow;

describe('days', () => {
  it('are seven, over the end of a month and a change of the clocks', () => {
    expect(weekFrom('2026-11-28')).toEqual(['2026-11-28', '2026-11-29', '2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04']);
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(dayOf(startOf(DAY))).toBe(DAY);
  });
});

describe('blocksOf', () => {
  it('places a window by the wall clock, with its draining', () => {
    const [block] = blocksOf([window('a', [at('01:30'), at('02:00'), at('02:30')])], DAY);
    expect(block).toMatchObject({ startMin: 120, endMin: 150, drainMin: 90, goesOn: false, lane: 0, lanes: 1 });
  });

  it('cuts at midnight and says that it goes on', () => {
    const long = window('a', [at('23:00'), at('23:00'), at('02:00', '2026-12-03')]);
    expect(blocksOf([long], DAY)[0]).toMatchObject({ startMin: 1_380, endMin: 1_440, drainMin: null, goesOn: false });
    expect(blocksOf([long], '2026-12-03')[0]).toMatchObject({ startMin: 0, endMin: 120, goesOn: true });
    expect(blocksOf([long], '2026-12-04')).toEqual([]);
  });

  it('keeps the label of a late window inside the panel', () => {
    const late = (start: string) => blocksOf([window('a', [at(start), at(start), at('00:30', '2026-12-03')])], DAY)[0];
    expect(late('23:50')).toMatchObject({ startMin: 1_430, labelMin: 1_380 });
    expect(late('22:10')).toMatchObject({ startMin: 1_330, labelMin: 1_330 });
  });

  it('puts labels that would cover each other side by side', () => {
    const both = blocksOf([window('a', [at('02:00'), at('02:00'), at('02:30')]), window('b', [at('03:00'), at('03:00'), at('03:30')])], DAY);
    expect(both.map(({ lane, lanes }) => [lane, lanes])).toEqual([[0, 2], [1, 2]]);
    const apart = blocksOf([window('a', [at('02:00'), at('02:00'), at('02:30')]), window('b', [at('06:00'), at('06:00'), at('06:30')])], DAY);
    expect(apart.map(({ lanes }) => lanes)).toEqual([1, 1]);
  });
});

describe('zones', () => {
  it('marks the next and the day before', () => {
    const noon = startOf(DAY) + 12 * 3_600_000;
    expect(hourIn(noon, 'Pacific/Kiritimati')).toMatch(/^\d\d[⁺]?$/);
    expect(hourIn(startOf(DAY) + 23.5 * 3_600_000, 'Pacific/Kiritimati')).toContain('⁺');
    expect(hourIn(startOf(DAY), 'Pacific/Pago_Pago')).toContain('⁻');
  });
  it('are called by their city', () => expect(cityOf('America/New_York')).toBe('New York'));
});
