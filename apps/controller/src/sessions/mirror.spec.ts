import { describe, expect, it } from '@jest/globals';
import type { Session, Stream } from '@usher/contracts';
import { ended, seen, type SessionTrack } from './mirror.js';

const START = Date.parse('2026-01-01T10:00:00.000Z');
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const video = { delivery: 'direct-play', sourceCodec: 'hevc', targetCodec: null, language: null, sourceWidth: 3840, sourceHeight: 2160, targetWidth: null, targetHeight: null, hdr: 'sdr' } as const;
const playing = (stream: Partial<Stream> = {}) =>
  ({ item: { title: 'A Film', seriesTitle: null }, stream: { playbackId: 'p1', startedAt: at(-5), positionMs: 0, state: 'playing', delivery: 'direct-play', bitRateKbps: 8_000, video, audio: null, subtitle: null, transcode: null, ...stream } }) as Session & { stream: Stream };
const transcode = (speed: number, more: object = {}) => ({ delivery: 'transcode' as const, transcode: { reasons: ['audio-codec'], speed, throttled: false, ...more } as unknown as Stream['transcode'] });

/** The kinds of what happened between one look and the next one, ten seconds later. */
function between(before: Partial<Stream>, after: Partial<Stream>): { kinds: string[]; texts: string[] } {
  const events = seen(seen(null, playing(before), at(0)), playing({ positionMs: 10_000, ...after }), at(10)).events.slice(1);
  return { kinds: events.map(({ kind }) => kind), texts: events.map(({ text }) => text) };
}

describe('a session mirror', () => {
  it('begins with the start, at the time of the playback', () => {
    expect(seen(null, playing(), at(0))).toMatchObject({ endedAt: null, events: [{ at: at(-5), kind: 'started', text: 'Started A Film, direct play' }], bitRates: [{ at: at(0), kbps: 8_000 }] });
  });

  it.each<[string, Partial<Stream>, Partial<Stream>, string[]]>([
    ['nothing but time', {}, {}, []],
    ['a pause', {}, { state: 'paused' }, ['paused']],
    ['a resume', { state: 'paused' }, { positionMs: 0 }, ['resumed']],
    ['waiting for data', {}, { state: 'buffering' }, ['buffering']],
    ['a jump forward', {}, { positionMs: 600_000 }, ['seeked']],
    ['a jump back', { positionMs: 600_000 }, { positionMs: 30_000 }, ['seeked']],
    ['a report that comes late', { positionMs: 10_000 }, { positionMs: 10_000 }, []],
    ['another delivery', {}, transcode(2), ['delivery-changed']],
    ['another resolution', transcode(2), { ...transcode(2), video: { ...video, targetCodec: 'h264', targetHeight: 720 } }, ['quality-changed']],
    ['half the bit rate', {}, { bitRateKbps: 4_000 }, ['quality-changed']],
    ['a bit rate that moves a little', {}, { bitRateKbps: 7_000 }, []],
    ['a transcode that gets too slow', transcode(1.2), transcode(0.8), ['transcode-slow']],
    ['a transcode that rests', transcode(1.2), transcode(0.1, { throttled: true }), []],
  ])('tells %s', (_, before, after, kinds) => expect(between(before, after).kinds).toEqual(kinds));

  it('says what changed', () => {
    expect(between({}, { positionMs: 3_725_000 }).texts).toEqual(['Jumped from 00:00 to 1:02:05']);
    expect(between({}, transcode(2)).texts).toEqual(['direct play → transcode (audio-codec)']);
    expect(between({}, { bitRateKbps: 4_000 }).texts).toEqual(['8000 → 4000 kbps']);
  });

  it('ends once, and starts anew with another playback', () => {
    const over = ended(seen(null, playing(), at(0)), at(10));
    expect(over).toMatchObject({ endedAt: at(10), events: [{}, { kind: 'ended', at: at(10) }] });
    expect(ended(over, at(20))).toBe(over);
    const next = seen(over, playing({ playbackId: 'p2' }), at(30));
    expect(next.endedAt).toBeNull();
    expect(next.events.map(({ kind }) => kind)).toEqual(['started', 'ended', 'started']);
  });

  it('keeps 200 events and five minutes of bit rates', () => {
    let track: SessionTrack | null = null;
    for (let second = 0; second <= 400; second++) track = seen(track, playing({ positionMs: second * 1_000, state: second % 2 === 0 ? 'playing' : 'paused' }), at(second));
    expect(track!.events).toHaveLength(200);
    expect(track!.events.at(-1)).toMatchObject({ kind: 'resumed', at: at(400) });
    expect(track!.bitRates).toHaveLength(300);
    expect(track!.bitRates[0]!.at).toBe(at(101));
    expect(track!.bitRates.slice(-2).map(({ kbps }) => kbps)).toEqual([0, 8_000]);
  });
});
