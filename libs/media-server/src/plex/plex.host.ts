import type { ServerLoad } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { fieldsOf, listOf, numberOf, type Fields } from '../media-browser/fields.js';
import type { PlexCalls } from './plex.calls.js';

export type HostLoad = Pick<ServerLoad, 'cpuPercent' | 'memoryPercent'>;

const NOTHING: HostLoad = { cpuPercent: null, memoryPercent: null };
/** Each look is a call: none while nobody looks at this server, and old figures are none. */
const FRESH_MS = 60_000;
const OLD_MS = 5 * 60_000;

/** What the server tells of its machine. */
export class PlexHost {
  #known: { readonly atMs: number; readonly load: HostLoad } | null = null;

  constructor(
    private readonly read: PlexCalls['read'],
    private readonly clock: Clock,
    private readonly isWatched: () => boolean,
  ) {}

  /** Figures of the last minutes, null where there are none. Never fails: they are an extra. */
  async load(): Promise<HostLoad> {
    const ageMs = this.#known === null ? Number.POSITIVE_INFINITY : this.clock.monotonicMs() - this.#known.atMs;
    if (this.isWatched() && ageMs >= FRESH_MS) return await this.#refresh();
    return this.#known !== null && ageMs < OLD_MS ? this.#known.load : NOTHING;
  }

  /** Asks anew, whatever is known. @returns whether the server tells */
  async tells(): Promise<boolean> {
    return (await this.#refresh()).cpuPercent !== null;
  }

  async #refresh(): Promise<HostLoad> {
    const load = await this.#ask();
    this.#known = { atMs: this.clock.monotonicMs(), load };
    return load;
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
