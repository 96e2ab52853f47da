import { describe, expect, it } from '@jest/globals';
import { sessionsState, type Session } from '@usher/contracts';
import { vendorSession } from '../../test/support.js';
import { MAX_PART_BYTES, partsOf } from './snapshot-parts.js';

const at = '2026-01-01T00:00:00.000Z';

function sessionsOf(count: number): Session[] {
  return Array.from({ length: count }, (_, index) => ({ ...vendorSession({ vendorId: `s${index}`, userName: 'u'.repeat(400), stream: null }), stream: null, ghost: false }));
}

describe('partsOf', () => {
  it('is one part of nothing when nobody is there', () => {
    expect(partsOf({ seq: 1, at, source: 'poll', sessions: [] })).toEqual([{ seq: 1, part: 0, parts: 1, at, source: 'poll', sessions: [] }]);
  });

  it('splits a large list by session, with one seq and nothing dropped', () => {
    const sessions = sessionsOf(900);
    const parts = partsOf({ seq: 7, at, source: 'push', sessions });
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.flatMap((part) => part.sessions)).toEqual(sessions);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index));
    for (const part of parts) {
      expect(sessionsState.body.parse(part)).toMatchObject({ seq: 7, parts: parts.length });
      expect(Buffer.byteLength(JSON.stringify(part.sessions))).toBeLessThanOrEqual(MAX_PART_BYTES);
    }
  });
});
