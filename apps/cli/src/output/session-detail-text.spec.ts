import { describe, expect, it } from '@jest/globals';
import { sessionLines } from './session-detail-text.js';

const session = {
  id: 's1:abc',
  userName: 'ana',
  identityName: 'Ana',
  deviceName: 'Shield',
  client: 'Emby Theater',
  clientVersion: '4.8',
  network: 'LAN',
  address: null,
  ghost: false,
  placement: { id: 'placement-8f1e07ab', at: '2026-11-22T21:04:00.000Z', previousServerId: null, utilization: 0.524, deciding: 'cpu', candidates: [{}, {}, {}] },
  flags: [{ mismatchId: 'mismatch-12345678', rule: 'TWO_PLACES', text: 'Ana watches in two places' }],
  item: { type: 'MOVIE', title: 'Dune', year: 2021, durationMs: 9_300_000 },
  controls: { pause: true, seek: true, stop: true, message: false, play: false, limitBitRate: true },
  stream: {
    state: 'PLAYING',
    positionMs: 1_872_000,
    bufferPositionMs: 1_932_000,
    delivery: 'TRANSCODE',
    container: 'ts',
    bitRateKbps: 8_000,
    sourceBitRateKbps: 52_000,
    video: { delivery: 'TRANSCODE', sourceCodec: 'hevc', targetCodec: 'h264', sourceHeight: 2160, targetHeight: 1080, hdr: 'HDR10' },
    audio: { delivery: 'DIRECT_STREAM', sourceCodec: 'aac', targetCodec: null, language: 'eng', sourceChannels: 2, targetChannels: null },
    subtitle: { delivery: 'TRANSCODE', sourceCodec: 'pgs', language: 'ger', burnedIn: true },
    transcode: { reasons: ['bit-rate'], hardware: 'HARDWARE', speed: 1.4, throttled: true, progressPercent: 40.6, hardwareDecode: false, hardwareEncode: true },
  },
};

describe('one session', () => {
  it('shows source beside output, who converts, what it can be told and what is odd', () => {
    expect(sessionLines(session as never, { server: 'attic', stale: false })).toEqual([
      'Dune (2021)  s1:abc',
      '  viewer     ana (Ana) at Shield, Emby Theater 4.8',
      '  server     attic lan',
      '  placed     0.52 decided by cpu, chosen of 3 servers at 2026-11-22T21:04:00.000Z  8f1e07ab',
      '  state      playing, 31:12 of 2:35:00, buffered to 32:12',
      '  delivery   transcode (bit-rate) HW 1.4×, ts',
      '             decoded by processor, encoded by hardware, waits, far enough ahead, 40 % converted',
      '             SOURCE            OUTPUT',
      '  video      hevc 2160p hdr10  h264 1080p   transcode',
      '  audio      aac 2ch eng       –            direct stream',
      '  subtitle   pgs ger           burned in    transcode',
      '  bit rate   52000 kbit/s      8000 kbit/s',
      '  can        pause, seek, stop, limit',
      '  mismatch   Ana watches in two places  12345678',
    ]);
  });

  it('says so when it plays nothing, is not heard of, or takes no orders', () => {
    const idle = { ...session, placement: null, item: null, stream: null, ghost: true, flags: [], identityName: null, userName: null, deviceName: null, client: null, clientVersion: null, controls: { pause: false, seek: false, stop: false, message: false, play: false, limitBitRate: false } };
    expect(sessionLines(idle as never, { server: 'attic', stale: true })).toEqual([
      'plays nothing  s1:abc',
      '  viewer     unknown at an unnamed device',
      '  server     attic lan (stale: the server does not answer) (ghost: not heard of for too long)',
      '  can        nothing: the client takes no orders',
    ]);
  });
});
