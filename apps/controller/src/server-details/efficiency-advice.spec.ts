import { describe, expect, it } from '@jest/globals';
import type { Efficiency } from '@usher/contracts';
import { adviceOf } from './efficiency-advice.js';

const calm: Efficiency = {
  at: '2026-01-01T12:00:00.000Z', since: '2026-01-01T00:00:00.000Z', mode: 'push', lastPollAt: null, lastPushAt: null, pollEveryMs: 300_000, pace: 'reconcile',
  push: { openSince: '2026-01-01T09:00:00.000Z', upMs: 1, connects: 1, messages: 1, folded: 0, silentDeaths: 0, lastFailure: null },
  calls: { sessionLastHour: 12, otherLastHour: 3, coalesced: 0, retries: 0, rateLimited: 0, shed: 0 },
  endpoints: [{ endpoint: 'GET /Sessions', kind: 'session', calls: 12, errors: 0, averageMs: 40, p95Ms: 90 }], breaker: 'closed', pausedUntil: null, caches: [], unknownValues: [],
};
const use = (more: object) => ({ ...calm, endpoints: [{ ...calm.endpoints[0]!, ...more }] });

describe('adviceOf', () => {
  it('says nothing of a server that is well', () => expect(adviceOf(calm)).toEqual([]));

  it.each<[string, Efficiency, string]>([
    ['push that kept something back', { ...calm, pollEveryMs: 20_000 }, 'Push is open and kept something back: sessions are read every 20 s until the lists agree with it again.'],
    ['calls refused', { ...calm, calls: { ...calm.calls, rateLimited: 4 } }, 'refused 4 times'],
    ['a silent socket', { ...calm, push: { ...calm.push, silentDeaths: 1 } }, 'open and dead once'],
    ['push that fails', { ...calm, mode: 'poll', pollEveryMs: 10_000, push: { ...calm.push, openSince: null, lastFailure: 'refused' } }, 'does not come through (refused): let WebSockets pass to this server. Until then sessions are read every 10 s.'],
    ['a slow call', use({ averageMs: 900, p95Ms: 3_240 }), 'GET /Sessions is slow: 900 ms on average, 3.2 s for the slowest twentieth.'],
    ['a call that fails', use({ errors: 3 }), 'GET /Sessions failed 3 of 12 times'],
    ['an open breaker', { ...calm, breaker: 'open', pausedUntil: '2026-01-01T12:01:30.000Z' }, 'until 12:01 UTC'],
    ['calls given up', { ...calm, calls: { ...calm.calls, shed: 1 } }, '1 call was given up'],
    ['values not understood', { ...calm, unknownValues: [{ field: 'Session.PlayMethod', count: 12 }] }, '12 values were not understood (Session.PlayMethod)'],
  ])('tells of %s', (_, report, sentence) => {
    const advice = adviceOf(report);
    expect(advice).toHaveLength(1);
    expect(advice[0]).toContain(sentence);
  });

  it.each<[string, Efficiency]>([
    ['something plays, and lists are read every minute beside push', { ...calm, pollEveryMs: 60_000 }],
    ['somebody looks', { ...calm, pollEveryMs: 10_000, pace: 'watched' }],
    ['the server itself asked for a pause', { ...calm, pollEveryMs: 20_000, pace: 'rate-limited' }],
    ['the errors are few', use({ calls: 9, errors: 9 })],
  ])('asks for nothing while %s', (_, report) => expect(adviceOf(report)).toEqual([]));
});
