import { describe, expect, it } from '@jest/globals';
import { Gate } from './gate.js';

describe('Gate', () => {
  it('runs so many at once, lets so many wait in order, and refuses the rest', async () => {
    const gate = new Gate(2, 2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const work = (n: number) => () => new Promise<void>((resolve) => (started.push(n), ends.push(resolve)));
    expect([0, 1, 2, 3, 4].map((n) => gate.enter(work(n)))).toEqual([true, true, true, true, false]);
    expect(started).toEqual([0, 1]);
    const idle = gate.idle();
    for (let n = 0; n < 4; n++) {
      ends[n]!();
      await new Promise(setImmediate);
    }
    await idle;
    expect(started).toEqual([0, 1, 2, 3]);
    await gate.idle();
  });
});
