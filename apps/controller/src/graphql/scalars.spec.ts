import { describe, expect, it } from '@jest/globals';
import { BigInt53, DateTime } from './scalars.js';

describe('DateTime', () => {
  it('goes out as UTC with milliseconds, whatever it came as', () => {
    expect(DateTime.serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(DateTime.serialize('1970-01-01T02:00:00+02:00')).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each(['yesterday', '2026-01-01', '2026-13-01T00:00:00Z', 5, null])('does not take %j', (value) => expect(() => DateTime.parseValue(value)).toThrow('ISO 8601'));
});

describe('BigInt53', () => {
  it('takes what JSON can hold exactly', () => {
    expect(BigInt53.parseValue(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect([BigInt53.serialize(5n), BigInt53.serialize('7')]).toEqual([5, 7]);
  });

  it.each([1.5, 2 ** 53, '5', null, Number.NaN])('does not take %j', (value) => expect(() => BigInt53.parseValue(value)).toThrow('whole number'));
});
