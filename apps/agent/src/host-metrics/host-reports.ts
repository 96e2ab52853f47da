import type { Efficiency, HostMetrics, HostReport, Library } from '@usher/contracts';
import { BoundedCache, withTimeout, type Clock } from '@usher/resilience';
import type { AgentSettings } from '../server/agent-settings.js';
import type { ServerProvider } from '../server/server.provider.js';
import { isBeside, type Whereabouts } from './beside.js';
import type { Machine } from './machine.js';

/** Whose disks are looked at changes seldom, and asking for it costs the server calls. */
const FOLDERS_MS = 3_600_000;
/** The addresses of a name, for readings that nobody waits for. */
const BESIDE_MS = 600_000;
/** A person waits for the report: what the server does not tell by then is left open. */
const CALL_MS = 4_000;

export interface HostReportsOptions {
  readonly provider: Pick<ServerProvider, 'currentOrNull'>;
  readonly settings: Pick<AgentSettings, 'credential'>;
  readonly machine: Pick<Machine, 'read' | 'readMinute'>;
  readonly whereabouts: Whereabouts;
  readonly clock: Clock;
}

/** The machine under a media server, as far as the agent can see it. */
export class HostReports {
  private readonly folders: BoundedCache<string, string[]>;
  private readonly beside: BoundedCache<string, boolean>;
  /** Those of the newest list of libraries, however old. */
  private lastFolders: { readonly origin: string; readonly folders: readonly string[] } | null = null;
  private misunderstood = 0;

  constructor(private readonly options: HostReportsOptions) {
    this.folders = new BoundedCache({ max: 1, ttlMs: FOLDERS_MS }, options.clock);
    this.beside = new BoundedCache({ max: 1, ttlMs: BESIDE_MS }, options.clock);
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

  /** For curves: what was read within the minute, without a call to the media server; null where the agent stands elsewhere. */
  async sample(): Promise<HostMetrics | null> {
    const { settings, machine, whereabouts } = this.options;
    const origin = settings.credential?.origin ?? null;
    if (origin === null) return null;
    const known = this.beside.get(origin);
    const beside = known ?? (await isBeside(origin, whereabouts));
    if (known === undefined) this.beside.set(origin, beside);
    return beside ? await machine.readMinute(this.lastFolders?.origin === origin ? this.lastFolders.folders : []) : null;
  }

  /** Somebody else has read the libraries: their folders need no call of their own. */
  noteLibraries(libraries: readonly Library[]): void {
    const origin = this.options.settings.credential?.origin;
    if (origin === undefined) return;
    const folders = libraries.flatMap((library) => library.folders);
    this.folders.set(origin, folders);
    this.lastFolders = { origin, folders };
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
    if (libraries) this.noteLibraries(libraries);
    return libraries?.flatMap((library) => library.folders) ?? [];
  }

  private async ask<T>(call: (server: NonNullable<ServerProvider['currentOrNull']>) => Promise<T>): Promise<T | null> {
    const server = this.options.provider.currentOrNull;
    if (!server) return null;
    return await withTimeout(() => call(server), CALL_MS, () => new Error('the media server did not answer in time'), this.options.clock).catch(() => null);
  }
}
