import type { Efficiency, HostReport } from '@usher/contracts';
import { BoundedCache, withTimeout, type Clock } from '@usher/resilience';
import type { AgentSettings } from '../server/agent-settings.js';
import type { ServerProvider } from '../server/server.provider.js';
import { isBeside, type Whereabouts } from './beside.js';
import type { Machine } from './machine.js';

/** Whose disks are looked at changes seldom, and asking for it costs the server calls. */
const FOLDERS_MS = 3_600_000;
/** A person waits for the report: what the server does not tell by then is left open. */
const CALL_MS = 4_000;

export interface HostReportsOptions {
  readonly provider: Pick<ServerProvider, 'currentOrNull'>;
  readonly settings: Pick<AgentSettings, 'credential'>;
  readonly machine: Pick<Machine, 'read'>;
  readonly whereabouts: Whereabouts;
  readonly clock: Clock;
}

/** The machine under a media server, as far as the agent can see it. */
export class HostReports {
  private readonly folders: BoundedCache<string, string[]>;
  private misunderstood = 0;

  constructor(private readonly options: HostReportsOptions) {
    this.folders = new BoundedCache({ max: 1, ttlMs: FOLDERS_MS }, options.clock);
  }

  /** Never fails because of the media server. */
  async read(): Promise<HostReport> {
    const { settings, machine, whereabouts, clock } = this.options;
    const origin = settings.credential?.origin ?? null;
    const [told, beside] = await Promise.all([this.told(), origin === null ? false : isBeside(origin, whereabouts)]);
    const metrics = beside ? await machine.read(await this.libraryFolders(origin!)) : null;
    this.misunderstood += metrics?.gpus.filter(({ problem }) => problem === 'not-understood').length ?? 0;
    const unavailable = metrics ? null : beside ? 'platform' : 'not-beside';
    return { at: new Date(clock.now()).toISOString(), metrics, unavailable, told };
  }

  /** What the tools of the machine wrote and nobody understood, as it is counted beside that of the media server. */
  unknownValues(): Efficiency['unknownValues'] {
    return this.misunderstood === 0 ? [] : [{ field: 'host.gpu', count: this.misunderstood }];
  }

  private async told(): Promise<HostReport['told']> {
    const { cpuPercent, memoryPercent } = (await this.ask((server) => server.load())) ?? { cpuPercent: null, memoryPercent: null };
    return { cpuPercent, memoryPercent };
  }

  private async libraryFolders(origin: string): Promise<string[]> {
    const known = this.folders.get(origin);
    if (known) return known;
    const libraries = await this.ask((server) => server.libraries.list());
    const folders = libraries?.flatMap((library) => library.folders) ?? [];
    if (libraries) this.folders.set(origin, folders);
    return folders;
  }

  private async ask<T>(call: (server: NonNullable<ServerProvider['currentOrNull']>) => Promise<T>): Promise<T | null> {
    const server = this.options.provider.currentOrNull;
    if (!server) return null;
    return await withTimeout(() => call(server), CALL_MS, () => new Error('the media server did not answer in time'), this.options.clock).catch(() => null);
  }
}
