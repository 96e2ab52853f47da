import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { CallLog } from './call-log.js';

const MINUTE_MS = 60_000;

describe('CallLog', () => {
  it('tells count, errors, average and the 95th of 100 for each endpoint, the busiest first', () => {
    const log = new CallLog(new ManualClock());
    for (let ms = 1; ms <= 100; ms++) log.note({ endpoint: 'GET /Sessions', kind: 'session', ms, ok: ms % 10 !== 0 });
    log.note({ endpoint: 'GET /System/Info', kind: 'other', ms: 4, ok: true });
    const [sessions, info] = log.uses();
    expect(sessions).toMatchObject({ endpoint: 'GET /Sessions', kind: 'session', calls: 100, errors: 10, averageMs: 50.5 });
    expect(sessions!.p95Ms).toBeGreaterThanOrEqual(95);
    expect(sessions!.p95Ms).toBeLessThanOrEqual(95 * 1.3);
    expect(info).toMatchObject({ endpoint: 'GET /System/Info', calls: 1, errors: 0, averageMs: 4 });
    expect([log.lastHour('session'), log.lastHour('other')]).toEqual([100, 1]);
  });

  it('forgets what is older than an hour, and endpoints that nobody called since', async () => {
    const clock = new ManualClock();
    const log = new CallLog(clock);
    log.note({ endpoint: 'GET /a', kind: 'other', ms: 1, ok: true });
    await clock.advance(59 * MINUTE_MS);
    log.note({ endpoint: 'GET /b', kind: 'other', ms: 1, ok: true });
    expect(log.uses().map(({ endpoint }) => endpoint)).toEqual(['GET /a', 'GET /b']);
    await clock.advance(MINUTE_MS);
    expect(log.uses().map(({ endpoint }) => endpoint)).toEqual(['GET /b']);
    await clock.advance(60 * MINUTE_MS);
    expect(log.uses()).toEqual([]);
  });

  it('stays small whatever the names, and counts every call', () => {
    const log = new CallLog(new ManualClock());
    for (let at = 0; at < 1_000; at++) log.note({ endpoint: `GET /${at}`, kind: 'other', ms: 1, ok: true });
    expect(log.uses().length).toBeLessThanOrEqual(200);
    expect(log.uses()[0]).toMatchObject({ endpoint: 'others' });
    expect(log.lastHour('other')).toBe(1_000);
  });

  it('names the last edge for calls that took longer than all of them', () => {
    const log = new CallLog(new ManualClock());
    log.note({ endpoint: 'GET /slow', kind: 'other', ms: 600_000, ok: false });
    const [use] = log.uses();
    expect(use!.p95Ms).toBeGreaterThan(50_000);
    expect(use!.averageMs).toBe(600_000);
  });
});
