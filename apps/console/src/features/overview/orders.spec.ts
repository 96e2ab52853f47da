import { describe, expect, it } from '@jest/globals';
import { sessionFixture, streamFixture } from '../../live/fixtures.js';
import type { LiveSession } from '../../live/live-types.js';
import { offLines, outcomeWords, parseMbps } from './session-controls.js';
import { withExpected } from './use-expected.js';

const session = (stream: Parameters<typeof streamFixture>[0] = {}, positionAtMs = 1_000): LiveSession => ({ ...sessionFixture('a', { stream: streamFixture(stream) }), positionAtMs });

describe('an order before it is confirmed', () => {
  it('shows a pause where the stream stood when it was given', () => {
    expect(withExpected(session({ positionMs: 60_000 }), { state: 'PAUSED' }, 11_000)).toMatchObject({ positionAtMs: 11_000, stream: { state: 'PAUSED', positionMs: 70_000 } });
  });

  it('shows where a stream moves to, and forgets how far it was prepared', () => {
    expect(withExpected(session({ bufferPositionMs: 90_000 }), { positionMs: 300_000 }, 11_000)).toMatchObject({ positionAtMs: 11_000, stream: { positionMs: 300_000, bufferPositionMs: null } });
  });

  it('is the session itself once the server says the same', () => {
    const paused = session({ state: 'PAUSED' });
    expect(withExpected(paused, { state: 'PAUSED' }, 500)).toBe(paused);
    const moved = session({ positionMs: 301_000 }, 12_000);
    expect(withExpected(moved, { positionMs: 300_000 }, 11_000)).toBe(moved);
  });
});

describe('what is said of orders', () => {
  it('is quiet about what was done, and plain about the rest', () => {
    expect(outcomeWords('DONE')).toBeNull();
    expect(outcomeWords('NO_EFFECT')).toBe('The server took the order, the client did not react.');
    expect(outcomeWords('SENT')).toBe('Sent; this client does not report back.');
  });

  it('names controls that are off for one reason together, the code apart', () => {
    expect(
      offLines([
        { label: 'Pause', off: null },
        { label: 'Seek…', off: 'Web does not accept a position. CAPABILITY_MISSING' },
        { label: 'Stop…', off: 'Attic is read-only. SERVER_READ_ONLY' },
        { label: 'Notice…', off: 'Attic is read-only. SERVER_READ_ONLY' },
      ]),
    ).toEqual([
      { sentence: 'Seek is off: Web does not accept a position.', code: 'CAPABILITY_MISSING' },
      { sentence: 'Stop and Notice are off: Attic is read-only.', code: 'SERVER_READ_ONLY' },
    ]);
  });

  it.each([['8', 8_000], ['2,5', 2_500], ['0.1', 100], ['0', null], ['1001', null], ['eight', null], ['', null]])('reads “%s” Mbps as %s kbit/s', (text, kbps) => {
    expect(parseMbps(text)).toBe(kbps);
  });
});
