import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { FleetDirectory, HubConnection } from '@usher/bus';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { CLOCK } from '../infrastructure.js';

const REFRESH_MS = 30_000;
const RETRY_MS = 2_000;

/** Keeps the directory in step with the controller: at start, after every change, after every loss of the broker, and every 30 s. */
@Injectable()
export class FleetKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private work: Promise<void> | null = null;
  private isTold = false;

  constructor(
    private readonly directory: FleetDirectory,
    private readonly hub: HubConnection,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.hub.onStatus((connected) => {
      if (connected) this.refresh();
    });
    this.work = this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  /** Soon; nobody waits for it. */
  refresh(): void {
    void this.read();
  }

  private async read(): Promise<boolean> {
    try {
      await this.directory.refresh();
      this.isTold = false;
      return true;
    } catch (error) {
      if (!this.isTold && !this.stopping.signal.aborted) this.logger.warn('fleet.not_read', 'The controller does not tell the fleet; it is asked again.', { error });
      this.isTold = true;
      return false;
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const isRead = await this.read();
      await this.clock.sleep(isRead ? REFRESH_MS : RETRY_MS, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    }
  }
}
