import { describe, expect, it } from '@jest/globals';
import { opKey } from './op-key.js';
import { RunRate } from './run-rate.js';

describe('opKey', () => {
  it('is the same for the same change, in whatever order its fields are named', () => {
    expect(opKey('p', 's', 'u', 'i', ['played', 'favorite'])).toBe(opKey('p', 's', 'u', 'i', ['favorite', 'played']));
  });

  it('differs by plan, server, account, title and fields, and names cannot run into each other', () => {
    const keys = [opKey('p', 's', 'u', 'i', ['played']), opKey('q', 's', 'u', 'i', ['played']), opKey('p', 't', 'u', 'i', ['played']), opKey('p', 's', 'v', 'i', ['played']), opKey('p', 's', 'u', 'j', ['played']), opKey('p', 's', 'u', 'i', ['favorite']), opKey('p', 's', 'ui', '', ['played'])];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('RunRate', () => {
  it('knows nothing at the beginning', () => {
    const rate = new RunRate(1_000);
    expect(rate.perSecond(1_500)).toBeNull();
    rate.finished(96, 1_500);
    expect(rate.perSecond(1_900)).toBeNull();
    expect(rate.remainingMs(100, 1_900)).toBeNull();
  });

  it('tells rows per second and what is left', () => {
    const rate = new RunRate(0);
    for (let second = 1; second <= 10; second++) rate.finished(100, second * 1_000);
    expect(rate.perSecond(10_000)).toBe(100);
    expect(rate.remainingMs(500, 10_000)).toBe(5_000);
    expect(rate.remainingMs(0, 10_000)).toBe(0);
  });

  it('forgets what was long ago', () => {
    const rate = new RunRate(0);
    rate.finished(1_000_000, 1_000);
    for (let second = 60; second <= 100; second++) rate.finished(10, second * 1_000);
    expect(rate.perSecond(100_000)).toBeLessThan(11);
  });
});
