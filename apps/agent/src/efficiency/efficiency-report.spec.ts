import { describe, expect, it } from '@jest/globals';
import { Efficiency } from '@usher/contracts';
import { InMemoryMediaServer, NO_USAGE } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { ServerStatus } from '../server/server-status.js';
import { EfficiencyReport } from './efficiency-report.js';

describe('EfficiencyReport', () => {
  it('puts together what the adapter and the agent know', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const server = new InMemoryMediaServer('jellyfin');
    const status = new ServerStatus(clock);
    await clock.advance(60_000);
    server.usage = () => ({ ...NO_USAGE, unknownValues: [{ field: 'network', count: 1 }], pollEveryMs: 60_000, pace: 'reconcile', caches: [{ name: 'browse', entries: 1, capacity: 500, hits: 2, misses: 1, evictions: 0 }] });
    status.noteLive({ mode: 'push', lastPollAt: '2026-01-01T00:00:30.000Z', lastPushAt: null });
    status.noteCall({ endpoint: 'GET /Sessions', kind: 'session', ms: 12, ok: true, status: 200 });
    status.noteCall({ endpoint: 'GET /System/Info', kind: 'other', ms: 3, ok: false, status: 500 });
    const report = new EfficiencyReport({ currentOrNull: server }, status, { unknownValues: () => [{ field: 'host.gpu', count: 2 }] }, clock).now();
    expect(Efficiency.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      at: '2026-01-01T00:01:00.000Z',
      since: '2026-01-01T00:00:00.000Z',
      mode: 'push',
      lastPollAt: '2026-01-01T00:00:30.000Z',
      pollEveryMs: 60_000,
      pace: 'reconcile',
      calls: { sessionLastHour: 1, otherLastHour: 1 },
      caches: [{ name: 'browse', hits: 2 }],
      unknownValues: [{ field: 'host.gpu', count: 2 }, { field: 'network', count: 1 }],
    });
    expect(report.endpoints.map(({ endpoint, errors }) => [endpoint, errors])).toEqual([
      ['GET /Sessions', 0],
      ['GET /System/Info', 1],
    ]);
  });

  it('counts anew from the moment that another address or key came into use', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const status = new ServerStatus(clock);
    await clock.advance(5_000);
    status.reset();
    const report = new EfficiencyReport({ currentOrNull: null }, status, { unknownValues: () => [] }, clock).now();
    expect(report).toMatchObject({ since: '2026-01-01T00:00:05.000Z', mode: 'none', pace: 'not-started', endpoints: [] });
  });
});
