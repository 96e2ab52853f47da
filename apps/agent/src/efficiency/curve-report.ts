import type { CurveCalls, CurveColumns, CurveRange, Curves, EndpointUse } from '@usher/contracts';
import { quantileMs, roundMs } from '../server/durations.js';
import { BUCKET_MS, BUCKETS, slotOf, type CurveRing, type Figure, type Sums } from './curve-ring.js';

type Kind = EndpointUse['kind'];
const BOTH: readonly Kind[] = ['session', 'other'];

/** How many steps a range has, the running one included, and how many buckets make one. */
const SHAPES: Readonly<Record<CurveRange, { readonly steps: number; readonly buckets: number }>> = { hour: { steps: 4, buckets: 1 }, day: { steps: 96, buckets: 1 }, week: { steps: 168, buckets: 4 } };

interface Step {
  readonly sums: Sums;
  /** Calls by step of duration. */
  readonly durations: Uint32Array;
}
type Pick = (step: Step) => number | null;

/** What a ring says of a range that ends now. */
export function curvesOf(ring: CurveRing, range: CurveRange, nowMs: number): Curves {
  const { steps, buckets } = SHAPES[range];
  const running = slotOf(nowMs);
  const first = (Math.floor(running / buckets) - steps + 1) * buckets;
  const read = Array.from({ length: steps }, (_, step) => stepOf(ring, first + step * buckets, Math.min(running, first + (step + 1) * buckets - 1)));
  const column = (pick: Pick): (number | null)[] => read.map((step) => step && pick(step));
  const columns: CurveColumns = {
    observedMs: column(whole('observedMs')),
    onlineMs: column(whole('onlineMs')),
    awayMs: column(whole('awayMs')),
    pushMs: column(whole('pushMs')),
    pollMs: column(whole('pollMs')),
    sessionCalls: column(whole('sessionCalls')),
    otherCalls: column(whole('otherCalls')),
    errors: column(({ sums }) => sums.sessionErrors + sums.otherErrors),
    medianMs: column(({ durations }) => quantile(0.5, durations)),
    p95Ms: column(({ durations }) => quantile(0.95, durations)),
    reconnects: column(whole('reconnects')),
    cacheHits: column(whole('cacheHits')),
    cacheMisses: column(whole('cacheMisses')),
    cpuPercent: column(({ sums }) => rounded(mean(sums.cpuPercent, sums.cpuReadings))),
    memoryUsedBytes: column(({ sums }) => roundedWhole(mean(sums.memoryUsedBytes, sums.memoryReadings))),
    diskUsedBytes: column(({ sums }) => roundedWhole(mean(sums.diskUsedBytes, sums.diskReadings))),
    encoderPercent: column(({ sums }) => rounded(mean(sums.encoderPercent, sums.encoderReadings))),
  };
  return { at: iso(nowMs), range, since: sinceOf(ring, running), from: iso(first * BUCKET_MS), stepMs: buckets * BUCKET_MS, columns, total: totalOf(ring, first, running) };
}

function stepOf(ring: CurveRing, first: number, last: number): Step | null {
  const sums = ring.sum(first, last);
  return sums && { sums, durations: ring.durations(first, last, BOTH) };
}

function totalOf(ring: CurveRing, first: number, last: number): Curves['total'] {
  const sums = ring.sum(first, last);
  const of = (figure: Figure) => Math.round(sums?.[figure] ?? 0);
  const calls = (kinds: readonly Kind[]): CurveCalls => {
    const durations = ring.durations(first, last, kinds);
    const add = (figure: 'Calls' | 'Errors' | 'TotalMs') => kinds.reduce((sum, kind) => sum + (sums?.[`${kind}${figure}`] ?? 0), 0);
    return { calls: add('Calls'), errors: add('Errors'), averageMs: rounded(mean(add('TotalMs'), add('Calls'))), medianMs: quantile(0.5, durations), p95Ms: quantile(0.95, durations) };
  };
  return {
    observedMs: of('observedMs'),
    onlineMs: of('onlineMs'),
    awayMs: of('awayMs'),
    pushMs: of('pushMs'),
    pollMs: of('pollMs'),
    session: calls(['session']),
    other: calls(['other']),
    all: calls(BOTH),
    reconnects: of('reconnects'),
    cacheHits: of('cacheHits'),
    cacheMisses: of('cacheMisses'),
  };
}

function sinceOf(ring: CurveRing, running: number): string | null {
  const oldest = ring.sum(running - BUCKETS + 1, running);
  return oldest && iso(oldest.slot * BUCKET_MS + oldest.beganMs);
}

function whole(figure: Figure): Pick {
  return ({ sums }) => Math.round(sums[figure]);
}

function quantile(share: number, durations: Uint32Array): number | null {
  return rounded(quantileMs(share, (step) => durations[step]!));
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count;
}

function rounded(value: number | null): number | null {
  return value === null ? null : roundMs(value);
}

function roundedWhole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
