import { describe, expect, it } from '@jest/globals';
import { messageFixture, serverFixture, sessionFixture, transcodeFixture } from '../../live/fixtures.js';
import { LiveStore } from '../../live/live-store.js';
import { activityRows, passesFilter } from './activity-rows.js';
import type { Activity } from './use-activities.js';

const scan: Activity = { id: 's1:scan', serverId: 's1', type: 'SCAN', title: 'Scan Movies', subtitle: null, libraryId: null, progressPercent: 43, startedAt: '2026-01-01T00:00:00.000Z' };
const playing = sessionFixture('a', { userName: 'Ana' });
const slow = sessionFixture('b', { userName: 'Ben', stream: { ...playing.stream!, delivery: 'TRANSCODE', state: 'PLAYING', transcode: transcodeFixture({ hardware: 'SOFTWARE', speed: 0.8, progressPercent: 12, throttled: false, reasons: ['video-codec'] }) } });

function rowsOf(server: Partial<ReturnType<typeof serverFixture>> = {}) {
  const store = new LiveStore();
  store.applyServers([serverFixture({ id: 's1', ...server })]);
  store.applySessions(messageFixture(1, [playing, slow]));
  return activityRows(store.servers!, store.snapshots, [scan, { ...scan, id: 'x', serverId: 'not-in-scope' }]);
}

describe('activityRows', () => {
  it('puts what needs a person first, then what costs most; a slow transcode stands in both places', () => {
    expect(rowsOf().map(({ type, title }) => [type, title === 'Transcode below real time'])).toEqual([
      ['problem', true],
      ['transcode', false],
      ['stream', false],
      ['scan', false],
    ]);
  });

  it('has a problem in place of the streams of a server that does not answer', () => {
    const rows = rowsOf({ state: 'OFFLINE', stateCode: 'AGENT_OFFLINE', stateReason: 'Its agent is silent.' });
    expect(rows.map(({ type, code }) => [type, code])).toEqual([['problem', 'AGENT_OFFLINE'], ['scan', null]]);
  });

  it('is found by person, server, type and code; work is everything besides streams', () => {
    const rows = rowsOf();
    const found = (text: string, type?: Parameters<typeof passesFilter>[1]) => rows.filter((row) => passesFilter(row, type, text)).map(({ type: name }) => name);
    expect(found('ana')).toEqual(['stream']);
    expect(found('SCAN')).toEqual(['scan']);
    expect(found(' ')).toHaveLength(4);
    expect(found('', 'work')).toEqual(['scan']);
    expect(found('movies', 'problem')).toEqual([]);
  });
});
