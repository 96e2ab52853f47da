import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('repeats while the function throws or answers false', async () => {
    let attempts = 0;
    const answer = await eventually(() => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
      return attempts === 2 ? false : 'done';
    }, { everyMs: 1 });
    expect(answer).toBe('done');
    expect(attempts).toBe(3);
  });

  it('takes an answer of nothing as success', async () => {
    await expect(eventually(() => undefined)).resolves.toBeUndefined();
  });

  it('fails with the last error when the time is over', async () => {
    await expect(eventually(() => { throw new Error('still wrong'); }, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('still wrong');
    await expect(eventually(() => false, { timeoutMs: 5, everyMs: 1 })).rejects.toThrow('within 5 ms');
  });
});
