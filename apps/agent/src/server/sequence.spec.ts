import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { tempFolder } from '../../test/support.js';
import { Sequence } from './sequence.js';

async function setUp() {
  const file = path.join(await tempFolder(), 'seq.json');
  return { open: (clock: ManualClock) => Sequence.open(file, clock) };
}

describe('Sequence', () => {
  it('is the time, and one more when there is no new millisecond', async () => {
    const { open } = await setUp();
    const clock = new ManualClock(1_000_000);
    const sequence = await open(clock);
    expect(await sequence.next()).toBe(1_000_000);
    expect(await sequence.next()).toBe(1_000_001);
    await clock.advance(500);
    expect(await sequence.next()).toBe(1_000_500);
  });

  it('gives different numbers to callers at the same time', async () => {
    const sequence = await (await setUp()).open(new ManualClock());
    const numbers = await Promise.all(Array.from({ length: 50 }, () => sequence.next()));
    expect(new Set(numbers).size).toBe(50);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('rises over a kill and a clock that was set back', async () => {
    const { open } = await setUp();
    const first = await open(new ManualClock(5_000_000));
    const last = [await first.next(), await first.next()].at(-1)!;
    const second = await open(new ManualClock(1_000));
    expect(await second.next()).toBeGreaterThan(last);
  });

  it('rises over many restarts in one millisecond', async () => {
    const { open } = await setUp();
    let last = 0;
    for (let i = 0; i < 5; i++) {
      const seq = await (await open(new ManualClock(1_000))).next();
      expect(seq).toBeGreaterThan(last);
      last = seq;
    }
  });
});
