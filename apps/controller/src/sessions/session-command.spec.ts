import { describe, expect, it } from '@jest/globals';
import { noteOf } from './session-command.js';

describe('the note of an order', () => {
  it('says what lifting a limit really is', () => {
    expect(noteOf({ type: 'limit-bit-rate', kbps: null })).toContain('the client was given one of 1,000 Mbps');
  });

  it('is none where the order is what was asked for', () => {
    expect([noteOf({ type: 'limit-bit-rate', kbps: 8_000 }), noteOf({ type: 'pause' })]).toEqual([null, null]);
  });
});
