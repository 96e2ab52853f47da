import { describe, expect, it } from '@jest/globals';
import { parseDuration, parseMinutes, parseMoment, spanText } from './time-text.js';

describe('times of the command line', () => {
  it('durations', () => {
    expect(['90m', '1h30m', '2d', '45s'].map(parseDuration)).toEqual([5_400_000, 5_400_000, 172_800_000, 45_000]);
    expect(['', 'm', '10', '-5m', '1w'].map(parseDuration)).toEqual([null, null, null, null, null]);
  });

  it('moments: from now, by the clock here, with a zone', () => {
    const now = new Date(2026, 10, 21, 21, 30).getTime();
    expect(parseMoment('--at', '+90m', now).getTime()).toBe(now + 5_400_000);
    expect(parseMoment('--at', '22:00', now)).toEqual(new Date(2026, 10, 21, 22, 0));
    expect(parseMoment('--at', '21:30', now)).toEqual(new Date(2026, 10, 22, 21, 30));
    expect(parseMoment('--at', '2026-11-21T22:00:00+01:00', now).toISOString()).toBe('2026-11-21T21:00:00.000Z');
    for (const bad of ['tomorrow', '25:00', '+', '2026-11-21T22:00:00', '2026-13-41T22:00:00Z']) expect(() => parseMoment('--at', bad, now)).toThrow(/--at .*must be a time/);
  });

  it('minutes', () => {
    expect(['30', '1h30m', '0'].map((text) => parseMinutes('--for', text))).toEqual([30, 90, 0]);
    for (const bad of ['30s', 'soon', '']) expect(() => parseMinutes('--for', bad)).toThrow('--for');
  });

  it('spans, within a day and over midnight', () => {
    expect(spanText('2026-12-01T02:00:00+01:00', '2026-12-01T02:30:00+01:00')).toBe('Tue 2026-12-01 02:00–02:30');
    expect(spanText('2026-11-21T23:30:00+01:00', '2026-11-22T01:00:00+01:00')).toBe('Sat 2026-11-21 23:30–2026-11-22 01:00');
  });
});
