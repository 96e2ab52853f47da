import { describe, expect, it } from '@jest/globals';
import type { Session, Stream } from '@usher/contracts';
import { totalsOf } from './session-totals.js';
import { maskAddress } from './session-view.js';

type Playing = Pick<Session, 'stream' | 'network'>;

function playing(network: Session['network'], stream: Partial<Stream>): Playing {
  return { network, stream: { state: 'playing', delivery: 'direct-play', bitRateKbps: 1_000, video: null, transcode: null, ...stream } as Stream };
}

const converted = { delivery: 'transcode' } as Stream['video'];

describe('totalsOf', () => {
  it('counts streams by delivery, pauses, software transcodes and bandwidth by network', () => {
    const totals = totalsOf([
      { network: 'lan', stream: null },
      playing('lan', {}),
      playing('wan', { delivery: 'direct-stream', bitRateKbps: null }),
      playing('relay', { delivery: 'transcode', video: converted, transcode: { hardware: 'software' } as Stream['transcode'] }),
      playing('unknown', { delivery: 'transcode', video: converted, transcode: { hardware: 'hardware' } as Stream['transcode'] }),
      playing('wan', { delivery: 'unknown', state: 'paused' }),
    ]);
    expect(totals).toEqual({
      streams: 5, directPlays: 1, directStreams: 1, transcodes: 2, unknownDeliveries: 1, paused: 1, softwareTranscodes: 1,
      bandwidthKbps: 3_000, lanKbps: 1_000, wanKbps: 1_000,
    });
  });

  it('is all zero for nobody', () => {
    expect(Object.values(totalsOf([])).every((value) => value === 0)).toBe(true);
  });
});

describe('maskAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.x.x'],
    ['2001:db8:1:2::7', '2001:db8:x'],
    ['::1', '::x'],
    ['tv.example.org', 'x'],
  ])('shows %s as %s', (address, masked) => expect(maskAddress(address)).toBe(masked));
});
