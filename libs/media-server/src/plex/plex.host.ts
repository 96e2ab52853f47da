import type { ServerLoad } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { fieldsOf, listOf, numberOf, type Fields } from '../media-browser/fields.js';
import type { PlexCalls } from './plex.calls.js';

export type HostLoad = Pick<ServerLoad, 'cpuPercent' | 'memoryPercent'>;

const NOTHING: HostLoad = { cpuPercent: null, memoryPercent: null };
/** Each look is a call: seldom while nobody looks at this server. */
const WATCHED_MS = 60_000;
const UNWATCHED_MS = 20 * 60_000;

/** What the server tells of its machine. */
export class PlexHost {
  #known: { readonly atMs: number; readonly load: HostLoad } | null = null;

  constructor(
    private readonly read: PlexCalls['read'],
    private readonly clock: Clock,
    private readonly isWatched: () => boolean,
  ) {}

  /** The newest figures, null where the server does not give them. Never fails: they are an extra. */
  async load(): Promise<HostLoad> {
    const nowMs = this.clock.monotonicMs();
    const countsMs = this.isWatched() || this.#known?.load === NOTHING ? WATCHED_MS : UNWATCHED_MS;
    if (this.#known && nowMs - this.#known.atMs < countsMs) return this.#known.load;
    const load = await this.#ask();
    this.#known = { atMs: nowMs, load };
    return load;
  }

  /** Asks anew, whatever is known. @returns whether the server tells */
  async tells(): Promise<boolean> {
    this.#known = null;
    return (await this.load()).cpuPercent !== null;
  }

  async #ask(): Promise<HostLoad> {
    try {
      return mapPlexResources(await this.read({ path: '/statistics/resources', query: { timespan: 6 }, endpoint: 'GET /statistics/resources' }));
    } catch {
      return NOTHING;
    }
  }
}

/** `GET /statistics/resources`: a sample every few seconds, the newest counts. */
export function mapPlexResources(container: Fields): HostLoad {
  const samples = listOf(container['StatisticsResources']).map(fieldsOf);
  const newest = samples.reduce<Fields | null>((best, row) => (best === null || (numberOf(row['at']) ?? 0) >= (numberOf(best['at']) ?? 0) ? row : best), null);
  return newest === null ? NOTHING : { cpuPercent: percentOf(newest['hostCpuUtilization']), memoryPercent: percentOf(newest['hostMemoryUtilization']) };
}

function percentOf(value: unknown): number | null {
  const percent = numberOf(value);
  return percent === null || percent < 0 ? null : Math.min(100, Math.round(percent * 10) / 10);
}
