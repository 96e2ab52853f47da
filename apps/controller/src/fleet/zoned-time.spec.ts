import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantOf, isTimeZone, localText, offsetMs, wallClockMs, wallClockText } from './zoned-time.js';

const ZONES = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Africa/Casablanca', 'Pacific/Apia', 'America/St_Johns', 'UTC'];
const zone = fc.constantFrom(...ZONES);
const minute = fc.integer({ min: Date.UTC(2015, 0, 1) / 60_000, max: Date.UTC(2037, 11, 31) / 60_000 }).map((minutes) => minutes * 60_000);

describe('wall clocks', () => {
  it('every instant has a wall clock, and the wall clock leads back to it or to its first coming', () => {
    fc.assert(
      fc.property(zone, minute, (timeZone, instant) => {
        const wall = instant + offsetMs(instant, timeZone);
        const { instantMs, shiftedMs } = instantOf(wall, timeZone);
        expect(shiftedMs).toBe(0);
        expect(instantMs + offsetMs(instantMs, timeZone)).toBe(wall);
        expect(instantMs).toBeLessThanOrEqual(instant);
      }),
      { numRuns: 500 },
    );
  });

  it('every wall clock has an instant, which shows it, or shows it later by what the clocks left out', () => {
    fc.assert(
      fc.property(zone, minute, (timeZone, wall) => {
        const { instantMs, shiftedMs } = instantOf(wall, timeZone);
        expect(shiftedMs).toBeGreaterThanOrEqual(0);
        expect(instantMs + offsetMs(instantMs, timeZone)).toBe(wall + shiftedMs);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a summer day', '2026-07-01T02:00', 'Europe/Paris', '2026-07-01T02:00:00+02:00', 0],
    ['a winter day', '2026-12-02T02:00', 'Europe/Paris', '2026-12-02T02:00:00+01:00', 0],
    ['a time that is left out', '2026-03-29T02:30', 'Europe/Paris', '2026-03-29T03:30:00+02:00', 60],
    ['a time that comes twice', '2026-10-25T02:30', 'Europe/Paris', '2026-10-25T02:30:00+02:00', 0],
    ['a change of half an hour', '2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-04T02:45:00+11:00', 30],
    ['a zone west of Greenwich', '2026-03-08T02:30', 'America/New_York', '2026-03-08T03:30:00-04:00', 60],
    ['a zone with odd minutes', '2026-05-05T05:45', 'Asia/Kathmandu', '2026-05-05T05:45:00+05:45', 0],
  ])('%s', (_, wall, timeZone, expected, shiftedMin) => {
    const { instantMs, shiftedMs } = instantOf(wallClockMs(wall), timeZone);
    expect(localText(instantMs, timeZone)).toBe(expected);
    expect(shiftedMs / 60_000).toBe(shiftedMin);
  });

  it('are read strictly', () => {
    expect(wallClockText(wallClockMs('2026-12-02T02:00'))).toBe('2026-12-02T02:00');
    for (const bad of ['2026-02-30T02:00', '2026-12-02', '2026-12-02T24:00', '2026-12-02T02:00Z', '26-1-1T1:1', '']) expect(wallClockMs(bad)).toBeNaN();
  });

  it('know the names of zones, and take no offsets for one', () => {
    expect(ZONES.every(isTimeZone)).toBe(true);
    for (const bad of ['+02:00', 'Mars/Olympus', '', 'x'.repeat(65)]) expect(isTimeZone(bad)).toBe(false);
  });
});
