import { describe, expect, it } from '@jest/globals';
import { cacheText, efficiencyLines, hostLines, onlineText, perHour, pollText, shareText, sinceText, type Report } from './efficiency-text.js';

const report = {
  at: '2026-11-21T22:00:00Z',
  mode: 'PUSH',
  pollEveryMs: 60_000,
  pace: 'RATE_LIMITED',
  push: { openSince: null, connects: 3, messages: 900, silentDeaths: 1, lastFailure: 'closed with 1006' },
  calls: { sessionLastHour: 58, otherLastHour: 12, coalesced: 4, retries: 1, rateLimited: 2, shed: 0 },
  endpoints: [{ endpoint: 'GET /Sessions', kind: 'SESSION', calls: 58, errors: 2, averageMs: 12.4, p95Ms: 40.6 }],
  breaker: 'HALF_OPEN',
  pausedUntil: '2026-11-21T22:00:30Z',
  caches: [{ name: 'items', entries: 10, capacity: 500, hits: 3, misses: 1, evictions: 0 }],
  unknownValues: [{ field: 'Session.PlayMethod', count: 7 }],
} as unknown as Report;

describe('what the live picture costs', () => {
  it('is told line by line', () => {
    expect(efficiencyLines(report)).toEqual([
      'live          push, polled every 60 s (rate limited), breaker half open, asked to wait until 2026-11-21T22:00:30Z',
      'socket        closed, opened 3 times, 900 messages, 1 silent deaths; last failure: closed with 1006',
      'calls         58 for sessions and 12 others in the last hour; shared 4, retried 1, slowed down by the server 2, kept back 0',
      'endpoint      GET /Sessions  58 calls, 12 ms on average, p95 41 ms, 2 errors',
      'cache         items  10 of 500, 3 hits, 1 misses, 0 evicted',
      'unknown       Session.PlayMethod  7 times',
    ]);
    expect(cacheText(report)).toBe('75 %');
    expect(cacheText({ ...report, caches: [] })).toBeNull();
    expect(pollText({ ...report, pollEveryMs: null, pace: 'NOT_STARTED' })).toBe('not polled (not started)');
  });

  it('is told of a day by the time that was watched', () => {
    expect([perHour(30, 1_800_000), perHour(1, 59_999)]).toEqual([60, null]);
    expect([shareText(3, 1), shareText(0, 0)]).toEqual(['75 %', null]);
    expect([onlineText({ onlineMs: 999_899, awayMs: 101 }), onlineText({ onlineMs: 10, awayMs: 0 }), onlineText({ onlineMs: 0, awayMs: 0 })]).toEqual(['99.98 %', '100 %', null]);
    expect(sinceText({ since: '2026-01-01T10:00:00.000Z', from: '2026-01-01T00:00:00.000Z' })).toBe('collected since 2026-01-01T10:00:00.000Z');
    expect([sinceText({ since: '2026-01-01T00:00:00.000Z', from: '2026-01-01T00:00:00.000Z' }), sinceText({ since: null, from: '2026-01-01T00:00:00.000Z' })]).toEqual([null, 'nothing is collected yet']);
  });

  it('says of the machine what can be seen, and why not', () => {
    const told = { cpuPercent: 12.4, memoryPercent: null };
    expect(hostLines({ at: '', metrics: null, unavailable: 'NOT_BESIDE', told })).toEqual(['host          not available: the agent does not stand beside the server', 'host says     processor 12 %']);
    const gpu = { name: 'Arc', busyPercent: 30, encoderPercent: null, decoderPercent: 9.6, memoryUsedBytes: null, memoryTotalBytes: null, problem: null };
    const metrics = { cores: 8, cpuPercent: 41.2, loadAverage: 3.2, memoryUsedBytes: 4e9, memoryTotalBytes: 16e9, disks: [{ path: '/data', totalBytes: 2e12, freeBytes: 5e11 }], gpus: [gpu, { ...gpu, name: 'Intel graphics', busyPercent: null, decoderPercent: null, problem: 'TOOL_MISSING' as const }] };
    const lines = hostLines({ at: '', metrics, unavailable: null, told: { cpuPercent: null, memoryPercent: null } });
    expect(lines.map((line) => line.slice(0, 14).trim())).toEqual(['host', 'disk', 'gpu', 'gpu']);
    expect(lines[0]).toContain('8 cores at 41 %, load 3.20');
    expect(lines[2]).toBe('gpu           Arc  busy 30 %  decoder 10 %');
    expect(lines[3]).toBe('gpu           Intel graphics  not available: intel_gpu_top is not installed where the agent runs');
  });
});
