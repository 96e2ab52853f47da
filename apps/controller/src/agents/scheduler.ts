import { Inject, Injectable } from '@nestjs/common';
import { Lease } from '@usher/database';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { CLOCK } from '../infrastructure.js';

export interface ScheduledJob {
  readonly name: string;
  readonly everyMs: number;
  /** Must stop soon after the signal aborts: another process may hold the lease then. */
  run(signal: AbortSignal): Promise<void>;
}

/** Repeating work that one controller of the fleet does at a time: the holder of the lease `scheduler`. */
@Injectable()
export class Scheduler {
  private readonly jobs: ScheduledJob[] = [];
  private readonly naps = new Map<string, AbortController>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Before `start`. */
  add(job: ScheduledJob): void {
    this.jobs.push(job);
  }

  start(): void {
    const onError = (error: unknown) => this.logger.warn('lease.lost', 'The lease of the scheduler could not be kept.', { error });
    this.running ??= new Lease(this.pool, 'scheduler').run(
      this.stopping.signal,
      async (_, signal) => void (await Promise.all(this.jobs.map((job) => this.repeat(job, signal)))),
      onError,
    );
  }

  /** Runs a job now, if this process holds the lease. */
  wake(name: string): void {
    this.naps.get(name)?.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async repeat(job: ScheduledJob, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nap = new AbortController();
      this.naps.set(job.name, nap);
      try {
        await job.run(signal);
      } catch (error) {
        if (!signal.aborted) this.logger.warn('job.failed', 'A repeating job failed; it runs again at its next turn.', { job: job.name, error });
      }
      const ends = AbortSignal.any([signal, nap.signal]);
      // Woken or ended: both are a reason to look again.
      await this.clock.sleep(job.everyMs, ends).catch((reason: unknown) => {
        if (!ends.aborted) throw reason;
      });
    }
  }
}
