import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createQueue, createWorker, Logger, type AnyQueue, type AnyWorker } from '@usher/platform';
import type { MigrationConfig } from '../config.js';
import { MIGRATION_CONFIG } from '../infrastructure.js';
import { RunWorker } from './run-worker.js';
import { RunsRepository } from './runs.repository.js';

const QUEUE = 'migration-runs';
/** Runs that one process works on at once; most of their time they wait for a media server. */
const AT_ONCE = 8;

interface Job {
  readonly runId: string;
}

/**
 * Wakes a process for a run. It knows nothing of how far the run is: the tables do, and a lost queue costs no more than the
 * next look of the reconciler. The epoch in the id lets a run that lost its process be woken again beside the job that hangs.
 */
@Injectable()
export class RunsQueue implements OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly queue: AnyQueue<Job>;
  private worker: AnyWorker | null = null;

  constructor(
    @Inject(MIGRATION_CONFIG) private readonly config: Pick<MigrationConfig, 'databaseUrl' | 'redisUrl'>,
    private readonly runs: RunsRepository,
    private readonly work: RunWorker,
    private readonly logger: Logger,
  ) {
    this.queue = createQueue<Job>(QUEUE, this.connection());
    this.queue.on('error', (error: Error) => this.failed(error));
  }

  /** From now on this process carries runs out. */
  start(): void {
    this.worker = createWorker<Job>(QUEUE, ({ data }) => this.work.carryOut(data.runId, this.stopping.signal), this.connection(), { concurrency: AT_ONCE });
    this.worker.on('error', (error: Error) => this.failed(error));
  }

  /** Never throws: without a wake-up the reconciler finds the run. */
  async wake(runId: string): Promise<void> {
    try {
      await this.queue.add('run', { runId }, { jobId: `mig-${runId}-${await this.runs.epochOf(runId)}` });
    } catch (error) {
      this.failed(error as Error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.worker?.close();
    await this.queue.close();
  }

  private connection() {
    const { redisUrl, databaseUrl } = this.config;
    return redisUrl ? { redisUrl } : { databaseUrl };
  }

  private failed(error: Error): void {
    if (!this.stopping.signal.aborted) this.logger.warn('queue.failed', 'The queue of runs is not there; runs without a process are looked for every half minute.', { error });
  }
}
