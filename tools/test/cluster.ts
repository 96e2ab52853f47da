import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { makeDataDir, startPostgres } from '../services.mjs';
import { readDatabaseUrl } from '../database-url.mjs';

export const root = join(import.meta.dirname, '..', '..');

export interface Cluster {
  /** Superuser. */
  url: string;
  stop(): Promise<void>;
}

/** The cluster of this test run, or a private one. */
export async function startCluster(): Promise<Cluster> {
  const given = process.env['USHER_TEST_DATABASE_URL'];
  if (given) return { url: given, stop: async () => undefined };
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'usher-cluster-')));
  // PostgreSQL does not run as root: its user has to pass here.
  chmodSync(dataDir, 0o711);
  makeDataDir(dataDir);
  const service = await startPostgres({ root, dataDir, throwAway: true });
  return {
    url: service.url,
    stop: async () => {
      await service.child.stop('SIGINT');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** One query on a connection of its own. */
export async function query(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(readDatabaseUrl(url).connection);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}
