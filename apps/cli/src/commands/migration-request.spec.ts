import { describe, expect, it } from '@jest/globals';
import { planOfFlags } from './migration-request.js';

describe('a plan of flags', () => {
  it('names accounts that are there, and new ones', () => {
    expect(planOfFlags('cabin', 'attic', ['ana', 'ben=ben_m', 'eli=+', 'kim=+kim2']).users).toMatchObject({ select: ['ana', 'ben', 'eli', 'kim'], map: [{ from: 'ben', to: 'ben_m' }, { from: 'eli', create: true }, { from: 'kim', create: 'kim2' }] });
    expect(planOfFlags('cabin', 'attic', undefined).users).toMatchObject({ select: 'all', map: [] });
  });

  it.each(['ana=', '=ana', ''])('with --user "%s" is refused with how to say it', (text) => {
    expect(() => planOfFlags('cabin', 'attic', [text])).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('NAME=+ACCOUNT') }));
  });
});
