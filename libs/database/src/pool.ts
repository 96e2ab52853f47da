import pg from 'pg';

/**
 * A pool whose every connection speaks UTC: Prisma's adapter writes timestamps without a zone, so a server in
 * another zone would shift them.
 */
export function createPool(url: string, options: { max?: number } = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, options: '-c TimeZone=UTC', max: options.max ?? 10, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}
