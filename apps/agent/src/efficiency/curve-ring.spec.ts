import { describe, expect, it } from '@jest/globals';
import { Curves } from '@usher/contracts';
import { curvesOf } from './curve-report.js';
import { BUCKET_BYTES, BUCKET_MS, BUCKETS, CurveRing, slotOf } from './curve-ring.js';

const NOW = Date.UTC(2026, 0, 8, 12, 7);
const RUNNING = slotOf(NOW);

/** One bucket: watched all the time, online, with so many session calls of 10 ms. */
function fill(ring: CurveRing, slot: number, calls: number, observedMs = BUCKET_MS, beganMs = 0): void {
  ring.begin(slot, false, beganMs);
  ring.add(slot, 'observedMs', observedMs);
  ring.add(slot, 'onlineMs', observedMs);
  for (let call = 0; call < calls; call++) ring.addCall(slot, { kind: 'session', ms: 10, ok: true });
}

describe('CurveRing', () => {
  it('takes the same memory whatever happens', () => {
    const ring = new CurveRing();
    for (let slot = RUNNING - 3 * BUCKETS; slot <= RUNNING; slot++) fill(ring, slot, 2);
    expect(ring.kept(0, RUNNING)).toHaveLength(BUCKETS);
    expect(BUCKETS * BUCKET_BYTES).toBe(182_784);
    expect(ring.toBytes()).toHaveLength(BUCKETS * BUCKET_BYTES);
  });

  it('gives back from bytes what it held, exactly', () => {
    const ring = new CurveRing();
    fill(ring, RUNNING - 5, 3);
    fill(ring, RUNNING, 1, 420_000);
    ring.addCall(RUNNING, { kind: 'other', ms: 812.5, ok: false });
    // bytes of a file do not begin where numbers may begin
    const bytes = Buffer.concat([Buffer.alloc(1), ring.toBytes()]).subarray(1);
    const again = CurveRing.fromBytes(bytes);
    for (const range of ['hour', 'day', 'week'] as const) expect(curvesOf(again, range, NOW)).toEqual(curvesOf(ring, range, NOW));
    expect(again.sum(RUNNING, RUNNING)).toMatchObject({ observedMs: 420_000, sessionCalls: 1, otherCalls: 1, otherErrors: 1, otherTotalMs: 812.5 });
  });

  it('forgets what is older than a week, and does not tell of what has not come', () => {
    const ring = new CurveRing();
    fill(ring, RUNNING - BUCKETS, 9);
    fill(ring, RUNNING - BUCKETS + 1, 1);
    fill(ring, RUNNING + 4, 7);
    expect(ring.kept(0, RUNNING)).toEqual([RUNNING - BUCKETS + 1]);
    fill(ring, RUNNING, 5);
    expect(ring.sum(0, RUNNING)).toMatchObject({ sessionCalls: 6 });
    expect(curvesOf(ring, 'week', NOW).total.session.calls).toBe(5);
  });

  it('goes on in a bucket, or begins it anew', () => {
    const ring = new CurveRing();
    fill(ring, RUNNING, 2);
    ring.begin(RUNNING, true);
    expect(ring.sum(RUNNING, RUNNING)).toMatchObject({ sessionCalls: 2 });
    ring.begin(RUNNING, false);
    expect(ring.sum(RUNNING, RUNNING)).toMatchObject({ sessionCalls: 0, observedMs: 0 });
  });
});

describe('curvesOf', () => {
  it('tells a day in quarter hours, with gaps as gaps', () => {
    const ring = new CurveRing();
    fill(ring, RUNNING - 2, 4);
    fill(ring, RUNNING, 1, 420_000);
    const curves = curvesOf(ring, 'day', NOW);
    expect(Curves.parse(curves)).toEqual(curves);
    expect(curves).toMatchObject({ range: 'day', stepMs: BUCKET_MS, at: '2026-01-08T12:07:00.000Z', from: '2026-01-07T12:15:00.000Z', since: '2026-01-08T11:30:00.000Z' });
    expect(curves.columns.sessionCalls).toHaveLength(96);
    expect(curves.columns.sessionCalls.slice(-4)).toEqual([null, 4, null, 1]);
    expect(curves.columns.p95Ms.slice(-4)).toEqual([null, expect.any(Number), null, expect.any(Number)]);
    expect(curves.columns.cpuPercent.every((value) => value === null)).toBe(true);
    expect(curves.total).toMatchObject({ observedMs: BUCKET_MS + 420_000, onlineMs: BUCKET_MS + 420_000, awayMs: 0, session: { calls: 5, errors: 0, averageMs: 10 }, other: { calls: 0, averageMs: null, medianMs: null, p95Ms: null }, all: { calls: 5 } });
  });

  it('tells a week by the hour, of which the histograms are added up', () => {
    const ring = new CurveRing();
    const hour = Math.floor(RUNNING / 4) * 4;
    for (let slot = hour - 4; slot < hour; slot++) {
      fill(ring, slot, 5);
      for (let call = 0; call < 20; call++) ring.addCall(slot, { kind: 'other', ms: 1_000, ok: call > 0 });
    }
    const curves = curvesOf(ring, 'week', NOW);
    expect(Curves.parse(curves)).toEqual(curves);
    expect(curves.columns.sessionCalls).toHaveLength(168);
    expect([curves.columns.sessionCalls.at(-2), curves.columns.otherCalls.at(-2), curves.columns.errors.at(-2), curves.columns.observedMs.at(-2)]).toEqual([20, 80, 4, 4 * BUCKET_MS]);
    expect(curves.columns.p95Ms.at(-2)! / 1_000).toBeCloseTo(1, 0);
    expect(Date.parse(curves.from) + 167 * curves.stepMs).toBe(hour * BUCKET_MS);
  });

  it('tells an hour in four, and from when it counts', () => {
    const ring = new CurveRing();
    expect(curvesOf(ring, 'hour', NOW)).toMatchObject({ since: null, total: { observedMs: 0, all: { calls: 0 } } });
    fill(ring, RUNNING, 0, 60_000, 360_000);
    const curves = curvesOf(ring, 'hour', NOW);
    expect(curves.columns.observedMs).toEqual([null, null, null, 60_000]);
    expect(curves.since).toBe('2026-01-08T12:06:00.000Z');
  });

  it('averages what was read of the machine', () => {
    const ring = new CurveRing();
    ring.begin(RUNNING, false);
    for (const percent of [20, 40]) {
      ring.add(RUNNING, 'cpuReadings', 1);
      ring.add(RUNNING, 'cpuPercent', percent);
    }
    const { columns } = curvesOf(ring, 'hour', NOW);
    expect([columns.cpuPercent.at(-1), columns.memoryUsedBytes.at(-1)]).toEqual([30, null]);
  });
});
