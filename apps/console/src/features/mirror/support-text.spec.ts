import { describe, expect, it } from '@jest/globals';
import { serverFixture, sessionFixture, streamFixture, transcodeFixture } from '../../live/fixtures.js';
import { supportText } from './support-text.js';
import type { Mirror } from './use-mirror.js';

const at = '2026-01-01T20:00:00.000Z';
const mirror = (change: Partial<Mirror> = {}): Mirror => ({
  id: 's1:4be0d9f3',
  serverId: 's1',
  live: true,
  endedAt: null,
  at,
  session: sessionFixture('4be0d9f3', { userName: 'ana_m', identityName: 'Ana Martin', address: '81.2.3.4', deviceName: 'Ana’s Shield', stream: streamFixture({ delivery: 'TRANSCODE', bufferPositionMs: 120_000, transcode: transcodeFixture({ reasons: ['video-codec'], hardwareDecode: true, hardwareEncode: false, speed: 0.9 }) }) }),
  events: [{ at, kind: 'STARTED', text: 'Started as direct play', positionMs: 60_000 }],
  bitRates: [{ at, kbps: 8_000 }],
  ...change,
});

describe('text for support', () => {
  it('tells what is played and how, what happened and why', () => {
    const text = supportText(mirror(), serverFixture());
    expect(text).toContain('Server         Emby 4.9.1');
    expect(text).toContain('Position       0:01:00 of 0:10:00');
    expect(text).toContain('Prepared to    0:02:00');
    expect(text).toContain('decodes in hardware, encodes in software, 0.9×');
    expect(text).toContain('(video-codec)');
    expect(text).toMatch(/STARTED {10}0:01:00 {2}Started as direct play/);
    expect(text).toContain('8.0 Mbps now');
  });

  it('leaves out who watches and from where', () => {
    const text = supportText(mirror(), serverFixture());
    for (const secret of ['ana_m', 'Ana Martin', '81.2.3.4', 'Ana’s']) expect(text).not.toContain(secret);
  });

  it('says of an ended stream what is left of it', () => {
    expect(supportText(mirror({ live: false, endedAt: at, session: null, events: [], bitRates: [] }), serverFixture())).toContain(`State          ended at ${at}`);
  });
});
