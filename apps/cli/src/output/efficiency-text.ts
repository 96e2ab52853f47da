import type { CliCurvesQuery, CliEfficiencyFieldsFragment, CliServerHostQuery } from '@usher/api-client';
import { bytesText } from './plan-text.js';

export type Report = NonNullable<CliEfficiencyFieldsFragment['report']>;
type Curves = NonNullable<CliCurvesQuery['curves'][number]['curves']>;
type Host = CliServerHostQuery['serverHost'];

const word = (name: string) => name.toLowerCase().replaceAll('_', ' ');
const percent = (value: number | null | undefined) => (value === null || value === undefined ? null : `${Math.round(value)} %`);

/** `every 60 s (reconcile)`, `not polled`. */
export function pollText(report: Report): string {
  return report.pollEveryMs == null ? `not polled (${word(report.pace)})` : `every ${Math.round(report.pollEveryMs / 1000)} s (${word(report.pace)})`;
}

/** Share of reads that a cache answered; null before the first one. */
export function cacheText({ caches }: Report): string | null {
  return shareText(caches.reduce((sum, cache) => sum + cache.hits, 0), caches.reduce((sum, cache) => sum + cache.misses, 0));
}

/** The first of both, in whole percent; null without either. */
export function shareText(part: number, rest: number): string | null {
  return part + rest === 0 ? null : percent((100 * part) / (part + rest));
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Per hour of the time that was watched; null while that is less than a minute. */
export function perHour(calls: number, observedMs: number): number | null {
  return observedMs < MINUTE_MS ? null : Math.round((calls * HOUR_MS) / observedMs);
}

/** `99.98 %`: cut, not rounded, so that 100 % means always. Null while nothing is known. */
export function onlineText({ onlineMs, awayMs }: Pick<Curves['total'], 'onlineMs' | 'awayMs'>): string | null {
  return onlineMs + awayMs === 0 ? null : `${Math.floor((10_000 * onlineMs) / (onlineMs + awayMs)) / 100} %`;
}

/** From when there are figures, where that is later than the range begins. */
export function sinceText({ since, from }: Pick<Curves, 'since' | 'from'>): string | null {
  if (since === null) return 'nothing is collected yet';
  return Date.parse(since) > Date.parse(from) ? `collected since ${since}` : null;
}

/** What the picture of one server costs it, a few lines. */
export function efficiencyLines(report: Report): string[] {
  const { push, calls } = report;
  const line = (name: string, text: string | null) => (text === null ? [] : [`${name.padEnd(12)}  ${text}`]);
  const since = push.openSince ? `open since ${push.openSince}` : 'closed';
  return [
    ...line('live', `${word(report.mode)}, polled ${pollText(report)}, breaker ${word(report.breaker)}${report.pausedUntil ? `, asked to wait until ${report.pausedUntil}` : ''}`),
    ...line('socket', `${since}, opened ${push.connects} times, ${push.messages} messages, ${push.silentDeaths} silent deaths${push.lastFailure ? `; last failure: ${push.lastFailure}` : ''}`),
    ...line('calls', `${calls.sessionLastHour} for sessions and ${calls.otherLastHour} others in the last hour; shared ${calls.coalesced}, retried ${calls.retries}, slowed down by the server ${calls.rateLimited}, kept back ${calls.shed}`),
    ...report.endpoints.flatMap((use) => line('endpoint', `${use.endpoint}  ${use.calls} calls, ${Math.round(use.averageMs)} ms on average, p95 ${Math.round(use.p95Ms)} ms, ${use.errors} errors`)),
    ...report.caches.flatMap((cache) => line('cache', `${cache.name}  ${cache.entries} of ${cache.capacity}, ${cache.hits} hits, ${cache.misses} misses, ${cache.evictions} evicted`)),
    ...report.unknownValues.flatMap(({ field, count }) => line('unknown', `${field}  ${count} times`)),
  ];
}

const UNAVAILABLE = { NOT_BESIDE: 'the agent does not stand beside the server', PLATFORM: 'this kind of machine does not tell' } as const;

const GPU_PROBLEMS = {
  TOOL_MISSING: 'not available: intel_gpu_top is not installed where the agent runs',
  TOOL_REFUSED: 'not available: intel_gpu_top may not read the counters; it needs the capability PERFMON',
  NOT_UNDERSTOOD: 'not known: intel_gpu_top wrote something that is not understood',
} as const;

/** The machine a server runs on, as far as somebody can see it. */
export function hostLines({ metrics, unavailable, told }: Host): string[] {
  const line = (name: string, text: string) => `${name.padEnd(12)}  ${text}`;
  const says = [told.cpuPercent == null ? null : `processor ${percent(told.cpuPercent)}`, told.memoryPercent == null ? null : `memory ${percent(told.memoryPercent)}`].filter(Boolean).join(', ');
  const own = says === '' ? [] : [line('host says', says)];
  if (!metrics) return [line('host', `not available: ${unavailable ? UNAVAILABLE[unavailable] : 'nothing was read'}`), ...own];
  const load = metrics.loadAverage == null ? '' : `, load ${metrics.loadAverage.toFixed(2)}`;
  return [
    line('host', `${metrics.cores} cores${metrics.cpuPercent == null ? '' : ` at ${percent(metrics.cpuPercent)}`}${load}, memory ${bytesText(metrics.memoryUsedBytes)} of ${bytesText(metrics.memoryTotalBytes)}`),
    ...metrics.disks.map((disk) => line('disk', `${disk.path}  ${bytesText(disk.freeBytes)} free of ${bytesText(disk.totalBytes)}`)),
    ...metrics.gpus.map((gpu) => line('gpu', [gpu.name, gpu.problem && GPU_PROBLEMS[gpu.problem], ...([['busy', gpu.busyPercent], ['encoder', gpu.encoderPercent], ['decoder', gpu.decoderPercent]] as const).map(([name, value]) => (value == null ? null : `${name} ${percent(value)}`))].filter(Boolean).join('  '))),
    ...own,
  ];
}
