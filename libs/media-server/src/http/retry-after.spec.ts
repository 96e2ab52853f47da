import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('retryAfterMs', () => {
  it.each([
    ['2', 2_000],
    ['005', 5_000],
    ['0', 1_000],
    ['-5', 1_000],
    ['1000000000', 900_000],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 1_000],
    ['Sat, 21 Nov 2027 12:00:00 GMT', 900_000],
    ['soon', null],
    ['1.5', null],
    ['', null],
    [undefined, null],
  ])('%p is %p ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
