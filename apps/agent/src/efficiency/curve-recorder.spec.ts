import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { HostMetrics, VendorStatus } from '@usher/contracts';
import { InMemoryMediaServer, NO_USAGE, type VendorCall } from '@usher/media-server';
import { ManualClock } from '@usher/resilience';
import { recordingLogger, tempFolder } from '../../test/support.js';
import { ServerStatus } from '../server/server-status.js';
import { CurveFile } from './curve-file.js';
import { CurveRecorder } from './curve-recorder.js';
import { BUCKET_MS, CurveRing } from './curve-ring.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const metrics: HostMetrics = { cores: 4, cpuPercent: 12, loadAverage: 1, memoryUsedBytes: 4e9, memoryTotalBytes: 16e9, disks: [{ path: '/', totalBytes: 1e11, freeBytes: 5e10 }, { path: '/media', totalBytes: 8e13, freeBytes: 1e13 }], gpus: [{ name: 'a', busyPercent: null, encoderPercent: null, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null, problem: null }, { name: 'b', busyPercent: 70, encoderPercent: 40, decoderPercent: null, memoryUsedBytes: null, memoryTotalBytes: null, problem: null }] };

/** A clock whose wall time can be set by somebody. */
class SetClock extends ManualClock {
  offMs = 0;

  override now(): number {
    return super.now() + this.offMs;
  }
}

interface Given {
  file?: Pick<CurveFile, 'ring' | 'write'>;
  startMs?: number;
  host?: () => Promise<HostMetrics | null>;
}

function setUp({ startMs = Date.UTC(2026, 0, 1), host = async () => null, file }: Given = {}) {
  const clock = new SetClock(startMs);
  const server = new InMemoryMediaServer('jellyfin');
  const provider = { currentOrNull: server as InMemoryMediaServer | null };
  const status = new ServerStatus(clock);
  let writes = 0;
  const kept = file ?? { ring: new CurveRing(), write: async () => void writes++ };
  const log = recordingLogger();
  const recorder = new CurveRecorder({ file: kept, provider, status, sampleHost: host, clock, logger: log.logger });
  const call = (more: Partial<VendorCall> = {}) => status.noteCall({ endpoint: 'GET /Sessions', kind: 'session', ms: 10, ok: true, status: 200, ...more });
  const be = (vendor: VendorStatus['status']) => status.noteVendor({ status: vendor, reason: null, code: null, since: '2026-01-01T00:00:00.000Z', latencyMs: null });
  const use = (connects: number, hits: number, misses: number) => {
    server.usage = () => ({ ...NO_USAGE, push: { ...NO_USAGE.push, connects }, caches: [{ name: 'a', entries: 1, capacity: 9, hits, misses, evictions: 0 }] });
  };
  return { clock, status, provider, server, recorder, call, be, use, log, writes: () => writes, ring: kept.ring };
}

describe('CurveRecorder', () => {
  it('counts calls and time in the quarter hour they fall into', async () => {
    const { recorder, clock, status, call, be } = setUp();
    recorder.start();
    be('online');
    status.noteLive({ mode: 'push', lastPollAt: null, lastPushAt: null });
    call();
    call({ kind: 'other', ms: 300, ok: false });
    await clock.advance(BUCKET_MS + 5 * MINUTE_MS);
    call();
    const { columns, total } = recorder.read('hour');
    expect(columns.sessionCalls).toEqual([null, null, 1, 1]);
    expect(columns.otherCalls).toEqual([null, null, 1, 0]);
    expect(columns.errors).toEqual([null, null, 1, 0]);
    expect(columns.observedMs).toEqual([null, null, BUCKET_MS, 5 * MINUTE_MS]);
    // the mode is looked at once a minute
    expect(columns.pushMs).toEqual([null, null, BUCKET_MS - MINUTE_MS, 5 * MINUTE_MS]);
    expect(total).toMatchObject({ observedMs: BUCKET_MS + 5 * MINUTE_MS, onlineMs: BUCKET_MS + 5 * MINUTE_MS, awayMs: 0, session: { calls: 2 }, other: { calls: 1, errors: 1, averageMs: 300 } });
  });

  it('knows to the second how long the server was away', async () => {
    const { recorder, clock, be } = setUp();
    recorder.start();
    await clock.advance(10_000);
    be('online');
    await clock.advance(100_000);
    be('unreachable');
    await clock.advance(7_000);
    be('degraded');
    await clock.advance(20_000);
    expect(recorder.read('day').total).toMatchObject({ observedMs: 137_000, onlineMs: 120_000, awayMs: 7_000 });
  });

  it('books what the counters of an adapter gained, also over a new adapter', async () => {
    const { recorder, clock, use, provider } = setUp();
    use(3, 10, 2);
    recorder.start();
    use(5, 14, 3);
    await clock.advance(MINUTE_MS);
    const next = new InMemoryMediaServer('jellyfin');
    next.usage = () => ({ ...NO_USAGE, push: { ...NO_USAGE.push, connects: 1 }, caches: [{ name: 'a', entries: 1, capacity: 9, hits: 5, misses: 1, evictions: 0 }] });
    provider.currentOrNull = next;
    await clock.advance(MINUTE_MS);
    provider.currentOrNull = null;
    await clock.advance(MINUTE_MS);
    // first sockets are no reconnects
    expect(recorder.read('hour').total).toMatchObject({ reconnects: 4, cacheHits: 19, cacheMisses: 4 });
  });

  it('reads the machine once a minute: the largest disk, the first card that tells', async () => {
    let reads = 0;
    const { recorder, clock } = setUp({ host: async () => ({ ...metrics, cpuPercent: reads++ === 0 ? 10 : 20 }) });
    recorder.start();
    await clock.advance(MINUTE_MS);
    expect(reads).toBe(2);
    const { columns } = recorder.read('hour');
    expect([columns.cpuPercent.at(-1), columns.memoryUsedBytes.at(-1), columns.encoderPercent.at(-1)]).toEqual([15, 4_000_000_000, 40]);
    expect(columns.diskUsedBytes.at(-1)! / 7e13).toBeCloseTo(1, 6);
  });

  it('lives without the machine', async () => {
    const { recorder, clock, log } = setUp({ host: () => Promise.reject(new Error('gone')) });
    recorder.start();
    await clock.advance(MINUTE_MS);
    expect(recorder.read('hour').columns.cpuPercent.at(-1)).toBeNull();
    expect(log.lines.map(({ event }) => event)).toContain('curves.host_unread');
  });

  it('leaves a gap where the process stood still', async () => {
    const { recorder, clock, be } = setUp();
    recorder.start();
    be('online');
    await clock.advance(MINUTE_MS);
    // the machine slept: the wall clock went on, the other did not
    clock.offMs = 2 * HOUR_MS;
    await clock.advance(MINUTE_MS);
    const { columns, total } = recorder.read('day');
    expect(columns.observedMs.slice(-10)).toEqual([null, 2 * MINUTE_MS, null, null, null, null, null, null, null, 0]);
    expect(total.onlineMs).toBe(2 * MINUTE_MS);
  });

  it('makes no bucket of a clock that was ahead', async () => {
    const { recorder, clock, call } = setUp();
    recorder.start();
    call();
    await clock.advance(MINUTE_MS);
    clock.offMs = HOUR_MS;
    call();
    await clock.advance(MINUTE_MS);
    clock.offMs = 0;
    call();
    await clock.advance(MINUTE_MS);
    expect(recorder.read('day').columns.sessionCalls.slice(-2)).toEqual([null, 2]);
    // when that time comes, what was counted ahead of it is gone
    await clock.advance(HOUR_MS);
    expect(recorder.read('hour').columns.sessionCalls).toEqual([0, 0, 0, 0]);
  });

  it('goes on in its bucket when the clock is set back', async () => {
    const { recorder, clock, call } = setUp();
    recorder.start();
    call();
    await clock.advance(BUCKET_MS + MINUTE_MS);
    clock.offMs = -10 * MINUTE_MS;
    call();
    await clock.advance(MINUTE_MS);
    const { columns } = recorder.read('hour');
    expect(columns.sessionCalls).toEqual([null, null, null, 2]);
    expect(columns.observedMs.at(-1)).toBeGreaterThan(BUCKET_MS);
  });

  it('writes at the end of each bucket and when it stops, and outlives a full disk', async () => {
    const { recorder, clock, writes } = setUp();
    recorder.start();
    await clock.advance(14 * MINUTE_MS);
    expect(writes()).toBe(0);
    await clock.advance(MINUTE_MS);
    expect(writes()).toBe(1);
    await recorder.stop();
    expect(writes()).toBe(2);
    await recorder.stop();
    expect(writes()).toBe(2);
    const full = setUp({ file: { ring: new CurveRing(), write: () => Promise.reject(new Error('no space')) } });
    full.recorder.start();
    await full.clock.advance(BUCKET_MS);
    expect(full.log.lines).toMatchObject([{ event: 'curves.not_kept', level: 'warn' }]);
    expect(full.recorder.read('hour').total.observedMs).toBe(BUCKET_MS);
  });

  it('keeps all finished buckets when it is killed, and goes on in the running one after an orderly restart', async () => {
    const { logger } = recordingLogger();
    const place = path.join(await tempFolder(), 'curves.bin');
    const startMs = Date.UTC(2026, 0, 1);
    const open = async (atMs: number) => {
      const opened = await CurveFile.open(place, logger);
      let last: Promise<void> = Promise.resolve();
      const set = setUp({ file: { ring: opened.ring, write: () => (last = opened.write()) }, startMs: atMs });
      set.recorder.start();
      return { ...set, settled: () => last };
    };
    const killed = await open(startMs);
    killed.call();
    await killed.clock.advance(BUCKET_MS + MINUTE_MS);
    killed.call();
    await killed.settled();
    // nothing more of this process
    const stopped = await open(startMs + BUCKET_MS + 2 * MINUTE_MS);
    expect(stopped.recorder.read('hour').columns.sessionCalls).toEqual([null, null, 1, 0]);
    stopped.call();
    await stopped.recorder.stop();
    expect(stopped.recorder.read('day').since).toBe(new Date(startMs).toISOString());
    const again = await open(startMs + BUCKET_MS + 3 * MINUTE_MS);
    again.call();
    expect(again.recorder.read('hour').columns.sessionCalls).toEqual([null, null, 1, 2]);
  });
});
