import { describe, expect, it } from '@jest/globals';
import { gapsOf, halfHours, halfHourWords, onlineWords, perHour, samplesOf, sinceWords, spanOf, ticksOf, topOf, type Curve } from './curve-lines.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const START = Date.parse('2026-01-01T12:00:00.000Z');
type Point = Curve['points'][number];
const point = (step: number, more: Partial<Point> = {}): Point => ({ at: new Date(START + step * QUARTER).toISOString(), observedMs: QUARTER, onlineMs: QUARTER, awayMs: 0, medianMs: 10, p95Ms: 40, cpuPercent: null, memoryUsedBytes: null, diskUsedBytes: null, encoderPercent: null, ...more });
const nothing = (step: number): Point => point(step, { observedMs: null, onlineMs: null, awayMs: null, medianMs: null, p95Ms: null });

describe('lines of curves', () => {
  it('stand at the begin of each step, and end where nothing was collected', () => {
    const points = [nothing(0), nothing(1), point(2), nothing(3), point(4)];
    expect(samplesOf(points, ({ p95Ms }) => p95Ms)).toEqual([0, 1, 2, 3, 4].map((step) => ({ atMs: START + step * QUARTER, value: step % 2 === 0 && step > 0 ? 40 : null })));
    expect(gapsOf(points)).toEqual([{ from: 0, to: 0.4 }, { from: 0.4, to: 0.8 }]);
    expect(gapsOf([point(0), point(1)])).toEqual([]);
    expect(gapsOf([point(0), nothing(1)])).toEqual([{ from: 0, to: 1 }]);
  });

  it('are calls of an hour only where enough of it was watched', () => {
    expect([perHour(15, QUARTER), perHour(1, MINUTE), perHour(null, QUARTER), perHour(3, null)]).toEqual([60, null, null, null]);
  });

  it('share a scale that holds their goals', () => {
    expect([topOf([[{ atMs: 0, value: 12 }], [{ atMs: 0, value: 61 }]]), topOf([], [360]), topOf([])]).toEqual([80, 400, 1]);
  });

  it('are told by times of a day and by days of a week', () => {
    const from = '2026-01-01T12:15:00.000Z';
    const day = ticksOf({ from, stepMs: QUARTER });
    expect([day.length, day.at(-1)]).toEqual([5, 'now']);
    for (const tick of day.slice(0, -1)) expect(tick).toMatch(/^\d\d:15$/);
    expect(ticksOf({ from, stepMs: 4 * QUARTER })).toEqual(['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed', 'now']);
    expect(spanOf({ from, stepMs: QUARTER, points: [1, 2] })).toEqual({ fromMs: Date.parse(from), toMs: Date.parse(from) + 2 * QUARTER });
  });

  it('say since when there are figures, unless that is all the range', () => {
    const range = { from: '2026-01-01T12:00:00.000Z', at: '2026-01-02T12:00:00.000Z' };
    expect(sinceWords({ ...range, since: '2026-01-02T10:04:00.000Z' })).toMatch(/^collected since \d\d:04$/);
    expect([sinceWords({ ...range, since: '2026-01-01T12:10:00.000Z' }), sinceWords({ ...range, since: null })]).toEqual([null, 'nothing is collected yet']);
  });
});

describe('half hours', () => {
  const states = (points: Point[]) => halfHours(points).map(({ state }) => state);

  it('are as their worst quarter', () => {
    const away = (step: number, awayMs: number) => point(step, { awayMs, onlineMs: QUARTER - awayMs });
    expect(states([point(0), point(1), point(2), away(3, MINUTE), away(4, QUARTER), away(5, QUARTER), point(6, { p95Ms: 2_000 }), point(7), nothing(8), nothing(9), nothing(10), point(11)])).toEqual(['good', 'shaken', 'away', 'slow', 'unknown', 'good']);
  });

  it('are those of the clock, whatever step the range begins with', () => {
    expect(halfHours([point(1), point(2), point(3)]).map(({ atMs }) => atMs)).toEqual([START, START + 2 * QUARTER]);
  });

  it('are summed up in a sentence', () => {
    const words = (points: Point[]) => halfHourWords(halfHours(points), START);
    expect(words([nothing(0)])).toBe('Nothing is known of it yet.');
    expect(words([point(0)])).toBe('There and quick all the time.');
    expect(words([point(0, { p95Ms: 4_000 })])).toMatch(/^One slow half hour at \d\d:00\.$/);
    expect(words([point(0, { p95Ms: 4_000 }), point(2, { p95Ms: 4_000 })])).toMatch(/^2 slow half hours, the last at \d\d:30\.$/);
    expect(words([point(0, { awayMs: 7 * MINUTE }), point(2, { p95Ms: 4_000 })])).toMatch(/^Away for 7 min after \d\d:00\.$/);
    expect(words([point(0, { awayMs: 7 * MINUTE }), point(2, { awayMs: MINUTE })])).toMatch(/^Away for 8 min in 2 half hours, the last at \d\d:30\.$/);
  });

  it('of a day are a share that is 100 % only when it is', () => {
    expect([onlineWords({ onlineMs: 86_382_721, awayMs: 17_279 }), onlineWords({ onlineMs: 86_400_000, awayMs: 0 }), onlineWords({ onlineMs: 99_999_999, awayMs: 1 }), onlineWords({ onlineMs: 0, awayMs: 0 })]).toEqual(['99.98 %', '100 %', '99.99 %', null]);
  });
});
