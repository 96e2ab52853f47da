import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError, type ActivitiesState, type VendorActivity } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { recordingLogger } from '../../test/support.js';
import { ActivityWatcher } from './activity-watcher.js';

const scan = (progressPercent: number): VendorActivity => ({ vendorId: 't1', type: 'scan', title: 'Scan', subtitle: null, progressPercent, libraryVendorId: null, state: 'running' as const, cancellable: false, userName: null, deviceName: null, problem: null });
let stop: (() => Promise<void>) | null = null;
afterEach(async () => {
  await stop?.();
  stop = null;
});

async function setUp(status: 'online' | 'unreachable' = 'online') {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const server = new InMemoryMediaServer('jellyfin');
  const published: ActivitiesState[] = [];
  const { logger, lines } = recordingLogger();
  let calls = 0;
  let seq = 0;
  const running = server.actions.running.bind(server.actions);
  server.actions.running = () => {
    calls++;
    return running();
  };
  const watcher = new ActivityWatcher({
    provider: { currentOrNull: server },
    status: { vendor: { status, reason: null, code: null, since: '', latencyMs: null } },
    link: { connected: true, publishState: (_contract, body) => void published.push(body as unknown as ActivitiesState) },
    sequence: { next: async () => ++seq },
    clock,
    logger,
  });
  stop = () => watcher.stop();
  /** Lets what is under way on disk and in promises come to rest. */
  const settle = async () => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const pass = async (ms: number) => {
    await clock.advance(ms);
    await settle();
  };
  watcher.start();
  await settle();
  return { watcher, server, clock, published, lines, calls: () => calls, pass, settle };
}

describe('ActivityWatcher', () => {
  it('looks once at the start, then every hour while nothing is ordered and nobody looks', async () => {
    const { calls, pass, published } = await setUp();
    expect(calls()).toBe(1);
    await pass(59 * 60_000);
    expect(calls()).toBe(1);
    await pass(60_000);
    expect(calls()).toBe(2);
    expect(published).toEqual([]);
  });

  it('follows an order closely, keeps its beginning, and tells its end', async () => {
    const { watcher, server, pass, settle, published } = await setUp();
    server.activities = [scan(0)];
    watcher.ordered();
    await settle();
    expect(published.at(-1)).toMatchObject({ activities: [{ vendorId: 't1', progressPercent: 0, startedAt: '2026-01-01T00:00:00.000Z' }] });
    server.activities = [scan(40)];
    await pass(2_000);
    expect(published.at(-1)).toMatchObject({ activities: [{ progressPercent: 40, startedAt: '2026-01-01T00:00:00.000Z' }] });
    server.activities = [];
    await pass(2_000);
    expect(published.at(-1)?.activities).toEqual([]);
    expect(published.map(({ seq }) => seq)).toEqual(published.map(({ seq }) => seq).toSorted((a, b) => a - b));
  });

  it('repeats what runs every 30 s without asking more often, and follows foreign work seldom', async () => {
    const { watcher, server, pass, settle, published, calls } = await setUp();
    server.activities = [scan(10)];
    watcher.wake();
    await settle();
    const before = calls();
    for (let i = 0; i < 4; i++) await pass(30_000);
    expect(published.length).toBeGreaterThanOrEqual(4);
    expect(calls()).toBe(before);
    for (let i = 0; i < 6; i++) await pass(30_000);
    expect(calls()).toBe(before);
  });

  it('looks at once when somebody begins to look and the last look is old, then every five minutes, or every minute while something runs', async () => {
    const { watcher, server, pass, settle, calls } = await setUp();
    watcher.watched(30_000);
    await settle();
    expect(calls()).toBe(1);
    await pass(10 * 60_000);
    expect(calls()).toBe(1);
    for (let i = 0; i < 20; i++) {
      watcher.watched(60_000);
      await pass(30_000);
    }
    expect(calls()).toBe(4);
    server.activities = [scan(10)];
    watcher.wake();
    await settle();
    for (let i = 0; i < 20; i++) {
      watcher.watched(60_000);
      await pass(30_000);
    }
    expect(calls()).toBe(15);
  });

  it('tells everything again when the link is back', async () => {
    const { watcher, settle, published } = await setUp();
    watcher.connected();
    await settle();
    expect(published.at(-1)?.activities).toEqual([]);
  });

  it('asks nothing of a server that is away, and logs one failure once', async () => {
    const away = await setUp('unreachable');
    expect(away.calls()).toBe(0);
    await stop?.();
    const { server, watcher, settle, lines } = await setUp();
    server.setFault(new AppError('SERVER_UNREACHABLE', 'away'));
    for (let i = 0; i < 3; i++) {
      watcher.wake();
      await settle();
    }
    expect(lines.filter(({ event }) => event === 'activities.not_read')).toHaveLength(1);
  });
});
