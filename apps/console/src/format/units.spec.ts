import { describe, expect, it } from '@jest/globals';
import { age, bitRate, clockTime, duration, mbps, plural } from './units.js';

describe('units', () => {
  it.each([[8_000, '8.0'], [222_740, '222.7'], [0, '0.0']])('%i kbit/s in a column of Mbps is %s', (kbps, text) => expect(mbps(kbps)).toBe(text));
  it.each([[640, '640 kbit/s'], [8_000, '8.0 Mbps']])('%i kbit/s alone is %s', (kbps, text) => expect(bitRate(kbps)).toBe(text));
  it.each([[-5, '0 s'], [2_900, '2 s'], [59_999, '59 s'], [60_000, '1 min'], [14 * 60_000, '14 min'], [3_600_000, '1 h'], [2 * 86_400_000, '2 d']])('an age of %i ms is %s', (ms, text) => expect(age(ms)).toBe(text));
  it.each([[0, '0:00:00'], [4_084_000, '1:08:04'], [-1, '0:00:00']])('position %i ms is %s', (ms, text) => expect(clockTime(ms)).toBe(text));
  it.each([[41_000, '41 s'], [7_500_000, '2 h 05 min']])('%i ms lasted %s', (ms, text) => expect(duration(ms)).toBe(text));
  it.each([[1, '1 stream'], [0, '0 streams'], [1_204, '1,204 streams']])('%i is %s', (value, text) => expect(plural(value, 'stream')).toBe(text));
});
