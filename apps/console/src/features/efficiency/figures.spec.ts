import { describe, expect, it } from '@jest/globals';
import { serverFixture } from '../../live/fixtures.js';
import { diagnosticsFile } from './diagnostics.js';
import type { FleetCurve } from './curve-lines.js';
import { barShare, curveFigures, goalsOf, hitRate, hourFigures, intervalText, mergeEndpoints, newestMs, reconnectsOf, sumCalls, withinGoals, type Report } from './figures.js';

const endpoint = (name: string, calls: number, averageMs: number, p95Ms: number, errors = 0): Report['endpoints'][number] => ({ endpoint: name, kind: 'SESSION', calls, errors, averageMs, p95Ms });
const report: Report = {
  at: '2026-01-01T12:00:00.000Z',
  since: '2026-01-01T00:00:00.000Z',
  mode: 'PUSH',
  lastPollAt: '2026-01-01T11:59:00.000Z',
  lastPushAt: '2026-01-01T11:59:58.000Z',
  pollEveryMs: 60_000,
  pace: 'RECONCILE',
  breaker: 'CLOSED',
  pausedUntil: null,
  push: { openSince: '2026-01-01T00:00:00.000Z', upMs: 43_200_000, connects: 3, messages: 900, folded: 12, silentDeaths: 1, lastFailure: null },
  calls: { sessionLastHour: 58, otherLastHour: 12, coalesced: 4, retries: 0, rateLimited: 0, shed: 0 },
  endpoints: [endpoint('GET /Sessions', 58, 10, 40), endpoint('GET /Users', 2, 100, 120, 1)],
  caches: [{ name: 'items', entries: 10, capacity: 100, hits: 90, misses: 10, evictions: 0 }],
  unknownValues: [],
};

describe('the figures of efficiency', () => {
  it('knows the goal by how a server is read and whether something plays', () => {
    const goal = (mode: Report['mode'], pace: Report['pace']) => goalsOf({ mode, pace }).session;
    expect([goal('PUSH', 'RECONCILE'), goal('PUSH', 'IDLE'), goal('POLL', 'PLAYING'), goal('POLL', 'IDLE')]).toEqual([60, 12, 360, 60]);
    expect(withinGoals(report)).toBe(true);
    expect(withinGoals({ ...report, calls: { ...report.calls, otherLastHour: 16 } })).toBe(false);
    expect([barShare(60, 60), barShare(600, 60)]).toEqual([0.8, 1]);
  });

  it('adds up calls, and does not add up percentiles', () => {
    expect(sumCalls([report])).toEqual({ calls: 60, errors: 1, averageMs: 13, worstP95Ms: 120 });
    expect(sumCalls([])).toEqual({ calls: 0, errors: 0, averageMs: null, worstP95Ms: null });
    expect(mergeEndpoints([report, { ...report, endpoints: [endpoint('GET /Sessions', 42, 20, 90)] }])).toEqual([endpoint('GET /Sessions', 100, 14.2, 90), endpoint('GET /Users', 2, 100, 120, 1)]);
  });

  it('tells an hour as it was, and longer ranges by the hour that was watched', () => {
    expect(hourFigures(report)).toEqual({ session: 58, other: 12, averageMs: 13, p95Ms: 120, errors: 1, reconnects: 2, hitRate: 0.9 });
    const calls = { calls: 0, errors: 0, averageMs: null, medianMs: null, p95Ms: null };
    const total: FleetCurve['total'] = { observedMs: 12 * 3_600_000, onlineMs: 0, awayMs: 0, session: { ...calls, calls: 600 }, other: { ...calls, calls: 120 }, all: { calls: 720, errors: 3, averageMs: 22, medianMs: 14, p95Ms: 212 }, reconnects: 1, cacheHits: 3, cacheMisses: 1 };
    const curve: FleetCurve = { at: report.at, range: 'DAY', since: report.since, from: report.since, stepMs: 900_000, points: [], total };
    expect(curveFigures(curve)).toEqual({ session: 50, other: 10, averageMs: 22, p95Ms: 212, errors: 3, reconnects: 1, hitRate: 0.75 });
    const empty = { ...curve, total: { ...total, observedMs: 0, session: calls, other: calls, all: calls, cacheHits: 0, cacheMisses: 0 } };
    expect(curveFigures(empty)).toEqual({ session: null, other: null, averageMs: null, p95Ms: null, errors: null, reconnects: null, hitRate: null });
  });

  it('tells unknown from zero', () => {
    expect(hitRate([report])).toBe(0.9);
    expect(hitRate([{ ...report, caches: [] }])).toBeNull();
    expect(reconnectsOf(report)).toBe(2);
    expect(reconnectsOf({ ...report, push: { ...report.push, connects: 0 } })).toBe(0);
    expect([intervalText(60_000), intervalText(null)]).toEqual(['1 min', '–']);
    expect(newestMs(report)).toBe(Date.parse('2026-01-01T11:59:58.000Z'));
    expect(newestMs({ ...report, lastPollAt: null, lastPushAt: null })).toBeNull();
  });
});

describe('the file for a bug report', () => {
  it('holds figures, versions and settings, and neither names nor addresses', () => {
    const server = serverFixture({ id: 's1', alias: 'Grandma', slug: 'grandma', url: 'https://grandma.example:8096' });
    const cost = { serverId: 's1', serverAlias: 'Grandma', error: null, code: null, advice: ['Grandma closes sockets after 60 s.'], report: { ...report, push: { ...report.push, lastFailure: 'wss://grandma.example/embywebsocket answered 403 to 192.168.1.20:8096' } } };
    const text = diagnosticsFile('1.4.0', Date.parse('2026-01-01T12:00:00.000Z'), [server], [cost]);
    expect(text).not.toMatch(/grandma|192\.168|example/i);
    const file = JSON.parse(text) as { usher: string; servers: { advice: string[]; efficiency: Report }[] };
    expect(file.usher).toBe('1.4.0');
    expect(file.servers[0]?.advice).toEqual(['server 1 closes sockets after 60 s.']);
    expect(file.servers[0]?.efficiency.calls.sessionLastHour).toBe(58);
  });

  it('keeps a server whose agent did not answer', () => {
    const text = diagnosticsFile('1.4.0', 0, [serverFixture({ id: 's1' })], [{ serverId: 's1', serverAlias: 'a', error: 'Its agent is silent.', code: 'AGENT_OFFLINE', advice: [], report: null }]);
    expect(JSON.parse(text)).toMatchObject({ servers: [{ server: 1, code: 'AGENT_OFFLINE', efficiency: null }] });
  });
});
