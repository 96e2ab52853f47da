import { Inject, Injectable } from '@nestjs/common';
import { createQueue, createWorker, Logger, type AnyQueue, type AnyWorker } from '@usher/platform';
import type { ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';

const QUEUE = 'fleet';
/** Further ahead nothing is planned: until then the time is asked for again. */
const MAX_AHEAD_MS = 3_600_000;
/** Wake-ups closer than this are one. */
const GRAIN_MS = 250;

/**
 * Wakes one controller at the time when something is due. It knows nothing of what that is: the tables do, and a lost queue
 * costs no more than the next look at them.
 */
@Injectable()
export class DeliveriesProcessor {
  private queue: AnyQueue<object> | null = null;
  private worker: AnyWorker | null = null;

  constructor(
    @Inject(CONTROLLER_CONFIG) private readonly config: Pick<ControllerConfig, 'databaseUrl' | 'redisUrl'>,
    private readonly logger: Logger,
  ) {}

  start(wake: () => Promise<void>): void {
    const { redisUrl, databaseUrl } = this.config;
    const connection = redisUrl ? { redisUrl } : { databaseUrl };
    const onError = (error: Error) => this.logger.warn('queue.failed', 'The queue of the fleet is not there; what is due is looked for every few seconds.', { error });
    this.queue = createQueue<object>(QUEUE, connection);
    this.queue.on('error', onError);
    this.worker = createWorker<object>(QUEUE, wake, connection);
    this.worker.on('error', onError);
  }

  /** Many callers may ask for the same moment. Never throws: without a wake-up the next look finds it. */
  async wakeIn(ms: number): Promise<void> {
    if (ms > MAX_AHEAD_MS || !this.queue) return;
    const at = Math.ceil((Date.now() + Math.max(0, ms)) / GRAIN_MS) * GRAIN_MS;
    try {
      await this.queue.add('due', {}, { delay: at - Date.now(), jobId: `due-${at}` });
    } catch (error) {
      this.logger.warn('queue.failed', 'A wake-up could not be planned; what is due is looked for every few seconds.', { error });
    }
  }

  async stop(): Promise<void> {
    await this.worker?.close();
    await this.queue?.close();
  }
}
