import type { AgentLink } from '@usher/bus';
import { loadState } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { withTimeout, type Clock } from '@usher/resilience';
import { pause } from '../server/pause.js';
import type { ServerProvider } from '../server/server.provider.js';
import type { ServerStatus } from '../server/server-status.js';
import type { Sequence } from '../server/sequence.js';

const EVERY_MS = 5_000;

interface SamplerOptions {
  readonly provider: Pick<ServerProvider, 'currentOrNull'>;
  readonly status: Pick<ServerStatus, 'vendor'>;
  readonly link: Pick<AgentLink, 'connected' | 'publishState'>;
  readonly sequence: Sequence;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells the load of the server every 5 s, while somebody can hear it and the server answers. */
export class LoadSampler {
  private readonly stopping = new AbortController();
  private work: Promise<void> | null = null;
  private failing = false;

  constructor(private readonly options: SamplerOptions) {}

  start(): void {
    this.work ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.sample();
      await pause(this.options.clock, EVERY_MS, signal);
    }
  }

  private async sample(): Promise<void> {
    const { provider, status, link, sequence, clock, logger } = this.options;
    const server = provider.currentOrNull;
    if (!server || !link.connected || status.vendor.status !== 'online') return;
    try {
      const load = await withTimeout(() => server.load(), EVERY_MS, () => new Error('no load within 5 s'), clock);
      link.publishState(loadState, { seq: await sequence.next(), at: new Date(clock.now()).toISOString(), load });
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopping.signal.aborted) logger.warn('load.sample_failed', 'The load of the server is not known.', { error });
      this.failing = true;
    }
  }
}
