import { describe, expect, it } from '@jest/globals';
import { messageFixture, serverFixture, sessionFixture, streamFixture, transcodeFixture } from './fixtures.js';
import { LiveStore } from './live-store.js';
import { totalsOf } from './totals.js';

const transcode = transcodeFixture({ reasons: ['video-codec'], hardware: 'SOFTWARE', speed: 0.9, throttled: false });

describe('totalsOf', () => {
  it('counts a paused stream as that only, sums rates, people and slow transcodes', () => {
    const store = new LiveStore();
    store.applyServers([serverFixture()]);
    store.applySessions(
      messageFixture(1, [
        sessionFixture('a'),
        sessionFixture('b', { network: 'WAN', stream: streamFixture({ delivery: 'TRANSCODE', bitRateKbps: 4_000, transcode }) }),
        sessionFixture('c', { stream: streamFixture({ state: 'PAUSED', delivery: 'TRANSCODE', transcode }) }),
        sessionFixture('idle', { stream: null, item: null }),
      ]),
    );
    expect(totalsOf(store.servers!, store.snapshots)).toMatchObject({
      streams: 3,
      people: 1,
      transcodes: 1,
      software: 1,
      slow: 1,
      kbps: 12_000,
      lanKbps: 8_000,
      marks: { play: 1, stream: 0, transcode: 1, paused: 1, unknown: 0 },
    });
  });

  it('names the sessions of a server that does not answer, and counts them nowhere', () => {
    const store = new LiveStore();
    store.applyServers([serverFixture({ state: 'OFFLINE' })]);
    store.applySessions(messageFixture(1, [sessionFixture('a')]));
    expect(totalsOf(store.servers!, store.snapshots)).toMatchObject({ streams: 0, kbps: 0, lastKnown: 1, conditions: { offline: 1 } });
  });
});
