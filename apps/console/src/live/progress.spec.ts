import { describe, expect, it } from '@jest/globals';
import { sessionFixture, streamFixture, transcodeFixture } from './fixtures.js';
import type { LiveSession } from './live-types.js';
import { progressAt } from './progress.js';

const session = (stream: Parameters<typeof streamFixture>[0], item: Partial<NonNullable<LiveSession['item']>> = {}): LiveSession => {
  const made = sessionFixture('a', { stream: streamFixture(stream) });
  return { ...made, item: { ...made.item!, ...item }, positionAtMs: 1_000 };
};

describe('progressAt', () => {
  it('goes on from the position of the snapshot while it plays', () => {
    expect(progressAt(session({ positionMs: 60_000 }), 31_000, false)).toMatchObject({ positionMs: 90_000, played: 0.15, remainingMs: 510_000 });
  });

  it.each([['paused', { state: 'PAUSED' as const }, false], ['buffering', { state: 'BUFFERING' as const }, false], ['on a stale server', {}, true]])('stands still when %s', (_, stream, stale) => {
    expect(progressAt(session({ positionMs: 60_000, ...stream }), 31_000, stale)).toMatchObject({ positionMs: 60_000, remainingMs: null });
  });

  it('never runs past the end, nor backwards when the clock is behind', () => {
    expect(progressAt(session({ positionMs: 590_000 }), 100_000, false)).toMatchObject({ positionMs: 600_000, played: 1, remainingMs: 0 });
    expect(progressAt(session({ positionMs: 60_000 }), 0, false).positionMs).toBe(60_000);
  });

  it('has no share where the length is not reported', () => {
    expect(progressAt(session({}, { durationMs: null }), 2_000, false)).toMatchObject({ durationMs: null, played: 0, remainingMs: null });
  });

  it('shows the transcoder only where the server converts, and never behind playback', () => {
    const transcode = transcodeFixture({ speed: 1.5, progressPercent: 40, throttled: false });
    expect(progressAt(session({}), 1_000, false).buffered).toBe(0);
    expect(progressAt(session({ transcode }), 1_000, false).buffered).toBeCloseTo(0.4);
    expect(progressAt(session({ positionMs: 300_000, transcode }), 1_000, false).buffered).toBeCloseTo(0.5);
  });
});
