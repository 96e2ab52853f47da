import pg from 'pg';

/** A process that is stopped inside a transaction must not keep its locks, a lease's row among them, from its successor. */
const IDLE_IN_TRANSACTION = '10s';

/**
 * A pool whose every connection speaks UTC: Prisma's adapter writes timestamps without a zone, so a server in
 * another zone would shift them.
 */
export function createPool(url: string, options: { max?: number } = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, options: `-c TimeZone=UTC -c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION}`, max: options.max ?? 10, connectionTimeoutMillis: 10_000 });
  // A connection that breaks fails its queries and is replaced; without listeners it would end the process, both while it
  // is idle in the pool and while a transaction has it and asks nothing.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
