import { createPostgresBackend, Queue, Worker, withBackend, type ConnectionOptions, type Processor } from 'bullmq';

/** Where queues live: PostgreSQL (schema `bullmq`, made by the migrator), or Redis where one is given. */
export type QueueConnection = { readonly databaseUrl: string } | { readonly redisUrl: string };

export type AnyQueue<D> = Pick<Queue<D>, 'add' | 'upsertJobScheduler' | 'removeJobScheduler' | 'close' | 'on'>;
export type AnyWorker = Pick<Worker, 'close' | 'on'>;

const onPostgres = withBackend(createPostgresBackend);

function postgres(databaseUrl: string) {
  return { connectionString: databaseUrl, options: '-c TimeZone=UTC', migrate: false, schema: 'bullmq', max: 4 };
}

function redis(redisUrl: string): ConnectionOptions {
  return { url: redisUrl, maxRetriesPerRequest: null };
}

/**
 * Jobs only wake workers: state is in PostgreSQL, so a finished job is removed at once and a lost queue costs
 * nothing. The caller closes what it made.
 */
export function createQueue<D>(name: string, connection: QueueConnection): AnyQueue<D> {
  const defaultJobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
  return 'redisUrl' in connection
    ? (new Queue<D>(name, { connection: redis(connection.redisUrl), defaultJobOptions }) as unknown as AnyQueue<D>)
    : (new onPostgres.Queue<D>(name, { connection: postgres(connection.databaseUrl), defaultJobOptions }) as unknown as AnyQueue<D>);
}

/** Runs `processor` for each job; a crash of the process gives the job to another worker, up to ten times. */
export function createWorker<D>(name: string, processor: Processor<D>, connection: QueueConnection, options: { concurrency?: number } = {}): AnyWorker {
  const limits = { concurrency: options.concurrency ?? 1, lockDuration: 30_000, maxStalledCount: 10 };
  return 'redisUrl' in connection
    ? (new Worker<D>(name, processor, { connection: redis(connection.redisUrl), ...limits }) as unknown as AnyWorker)
    : (new onPostgres.Worker<D>(name, processor, { connection: postgres(connection.databaseUrl), ...limits }) as unknown as AnyWorker);
}
