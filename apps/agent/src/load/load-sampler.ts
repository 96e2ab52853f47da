import type { AgentLink } from '@usher/bus';
import { loadState, type ServerLoad, type Session } from '@usher/contracts';
import { loadOf } from '@usher/media-server';
import type { Logger } from '@usher/platform';
import { withTimeout, type Clock } from '@usher/resilience';
import { pause } from '../server/pause.js';
import type { ServerProvider } from '../server/server.provider.js';
import type { ServerStatus } from '../server/server-status.js';
import type { Sequence } from '../server/sequence.js';
import { loadDetailOf, signatureOf } from './load-detail.js';

const EVERY_MS = 5_000;
const APART_MS = 1_000;

interface SamplerOptions {
  readonly provider: Pick<ServerProvider, 'currentOrNull'>;
  readonly status: Pick<ServerStatus, 'vendor'>;
  /** The newest list, as it is published. */
  readonly sessions: () => readonly Session[];
  readonly link: Pick<AgentLink, 'connected' | 'publishState'>;
  readonly sequence: Sequence;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Tells the load of the server every 5 s, and at once when a conversion begins, ends or changes, while somebody can
 * hear it and the server answers.
 */
export class LoadSampler {
  private readonly stopping = new AbortController();
  private work: Promise<void> | null = null;
  private failing = false;
  private signature = '';
  private nap = new AbortController();

  constructor(private readonly options: SamplerOptions) {}

  start(): void {
    this.work ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  /** Called after each list of sessions. */
  sessionsChanged(): void {
    if (signatureOf(this.options.sessions()) !== this.signature) this.nap.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.sample();
      await pause(this.options.clock, APART_MS, signal);
      this.nap = new AbortController();
      this.sessionsChanged();
      await pause(this.options.clock, EVERY_MS - APART_MS, AbortSignal.any([signal, this.nap.signal]));
    }
  }

  private async sample(): Promise<void> {
    const { provider, status, link, sequence, clock, logger } = this.options;
    const server = provider.currentOrNull;
    const sessions = this.options.sessions();
    this.signature = signatureOf(sessions);
    if (!server || !link.connected || status.vendor.status !== 'online') return;
    try {
      // the server counts devices that are ignored here
      const load = loadOf(sessions, hostOf(await withTimeout(() => server.load(), EVERY_MS, () => new Error('no load within 5 s'), clock)));
      link.publishState(loadState, { seq: await sequence.next(), at: new Date(clock.now()).toISOString(), load, detail: loadDetailOf(sessions, load) });
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopping.signal.aborted) logger.warn('load.sample_failed', 'The load of the server is not known.', { error });
      this.failing = true;
    }
  }
}

function hostOf({ cpuPercent, memoryPercent }: ServerLoad): Pick<ServerLoad, 'cpuPercent' | 'memoryPercent'> {
  return { cpuPercent, memoryPercent };
}
