import type { EndpointUse } from '@usher/contracts';
import type { VendorCall } from '@usher/media-server';
import type { Clock } from '@usher/resilience';
import { quantileMs, roundMs, STEPS, stepOf } from './durations.js';

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Names are fixed words of the adapters; more than these would be a mistake of theirs, and share one line. */
const MAX_ENDPOINTS = 200;
const OTHERS = 'others';

interface Bucket {
  calls: number;
  errors: number;
  totalMs: number;
  /** Calls by duration. */
  readonly steps: Uint32Array;
}

interface Endpoint {
  readonly name: string;
  readonly kind: EndpointUse['kind'];
  /** By minute of the clock that never goes back. */
  readonly minutes: Map<number, Bucket>;
}

/** The calls to one media server in the last 60 minutes, by endpoint, in buckets of one minute. */
export class CallLog {
  private readonly endpoints = new Map<string, Endpoint>();
  private cleanedAt = 0;

  constructor(private readonly clock: Clock) {}

  note({ endpoint, kind, ms, ok }: Pick<VendorCall, 'endpoint' | 'kind' | 'ms' | 'ok'>): void {
    const minute = this.minute();
    if (minute !== this.cleanedAt) this.forgetOld(minute);
    const bucket = this.bucketOf(endpoint, kind, minute);
    bucket.calls++;
    bucket.totalMs += ms;
    if (!ok) bucket.errors++;
    bucket.steps[stepOf(ms)]!++;
  }

  lastHour(kind: EndpointUse['kind']): number {
    this.forgetOld(this.minute());
    let calls = 0;
    for (const endpoint of this.endpoints.values()) {
      if (endpoint.kind === kind) for (const bucket of endpoint.minutes.values()) calls += bucket.calls;
    }
    return calls;
  }

  /** Those with calls in the last hour, the most called first. `p95Ms` is at most 30 % off. */
  uses(): EndpointUse[] {
    this.forgetOld(this.minute());
    return [...this.endpoints.values()].map(useOf).sort((a, b) => b.calls - a.calls || (a.endpoint < b.endpoint ? -1 : 1));
  }

  private bucketOf(name: string, kind: EndpointUse['kind'], minute: number): Bucket {
    const key = `${kind} ${name}`;
    const known = this.endpoints.get(key);
    // two lines are left for the others of both kinds
    if (!known && this.endpoints.size >= MAX_ENDPOINTS - 2 && name !== OTHERS) return this.bucketOf(OTHERS, kind, minute);
    const endpoint = known ?? { name, kind, minutes: new Map<number, Bucket>() };
    if (!known) this.endpoints.set(key, endpoint);
    const bucket = endpoint.minutes.get(minute) ?? { calls: 0, errors: 0, totalMs: 0, steps: new Uint32Array(STEPS) };
    endpoint.minutes.set(minute, bucket);
    return bucket;
  }

  private forgetOld(minute: number): void {
    this.cleanedAt = minute;
    for (const [name, { minutes }] of this.endpoints) {
      for (const key of minutes.keys()) if (key <= minute - MINUTES) minutes.delete(key);
      if (minutes.size === 0) this.endpoints.delete(name);
    }
  }

  private minute(): number {
    return Math.floor(this.clock.monotonicMs() / MINUTE_MS);
  }
}

function useOf({ name, kind, minutes }: Endpoint): EndpointUse {
  const buckets = [...minutes.values()];
  const sum = (pick: (bucket: Bucket) => number) => buckets.reduce((total, bucket) => total + pick(bucket), 0);
  const calls = sum((bucket) => bucket.calls);
  return {
    endpoint: name,
    kind,
    calls,
    errors: sum((bucket) => bucket.errors),
    averageMs: roundMs(sum((bucket) => bucket.totalMs) / calls),
    p95Ms: roundMs(quantileMs(0.95, (step) => sum((bucket) => bucket.steps[step]!)) ?? 0),
  };
}
