import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { FleetPresence } from '../fleet/fleet-presence.js';
import { CLOCK } from '../infrastructure.js';
import { PASSING_CODES } from '../steps/run-stop.js';
import { RunRetention } from './run-retention.js';
import { RunsQueue } from './runs.queue.js';
import { RunsRepository } from './runs.repository.js';

const EVERY_MS = 30_000;

/**
 * Every half minute: wakes runs that nobody works on, and lets those go on whose obstacle may have passed. Whatever was lost,
 * a process, a job or the whole queue, is found here.
 */
@Injectable()
export class RunReconciler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly runs: RunsRepository,
    private readonly queue: RunsQueue,
    private readonly retention: RunRetention,
    private readonly presence: FleetPresence,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.queue.start();
    this.running = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** One look. */
  async look(): Promise<void> {
    for (const { id, targetServerId, isPaused } of await this.runs.forsaken(PASSING_CODES)) {
      if (isPaused && !(this.presence.isThere(targetServerId) && (await this.runs.goOn(id)))) continue;
      await this.queue.wake(id);
    }
    await this.retention.sweep();
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        if (!signal.aborted) this.logger.warn('runs.not_looked_at', 'Runs without a process could not be looked for; it is tried again.', { error });
      }
      await this.clock.sleep(EVERY_MS, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    }
  }
}
