import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { repositoryRoot, testConfig } from '../config.js';
import { startCluster, type Cluster } from './postgres-cluster.js';

/** A database of its own for one test file, dropped by `close()`. */
export interface TestDatabase {
  /** As the application connects. */
  readonly url: string;
  /** As the migrator connects: the owner of every table. */
  readonly ownerUrl: string;
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** `false`: an empty database. */
  readonly migrate?: boolean;
}

let own: Promise<Cluster> | undefined;
let users = 0;

/** One private cluster per process, started by the first database and stopped with the last. */
async function borrowCluster(): Promise<{ url: string; giveBack(): Promise<void> }> {
  const given = testConfig().databaseUrl;
  if (given !== undefined) return { url: given, giveBack: () => Promise.resolve() };
  users += 1;
  own ??= startCluster();
  const cluster = await own;
  return {
    url: cluster.url,
    async giveBack() {
      users -= 1;
      if (users > 0) return;
      own = undefined;
      await cluster.stop();
    },
  };
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface Migrator {
  migrate?: (options: { url: string; migrationsDir: string }) => Promise<unknown>;
}

/** By the product's own migrator when it is there, else by sending each `migration.sql` in order. */
async function migrateDatabase(url: string): Promise<void> {
  const root = repositoryRoot();
  const migrationsDir = path.join(root, 'prisma', 'migrations');
  const program = path.join(root, 'tools', 'migrate.mjs');
  if (existsSync(program)) {
    const { migrate } = (await import(pathToFileURL(program).href)) as Migrator;
    if (migrate === undefined) throw new Error('tools/migrate.mjs does not export migrate()');
    await migrate({ url, migrationsDir });
    return;
  }
  const folders = (await readdir(migrationsDir, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  await withClient(url, async (client) => {
    for (const folder of folders) await client.query(await readFile(path.join(migrationsDir, folder, 'migration.sql'), 'utf8'));
  });
}

/**
 * A new database in the cluster of `USHER_TEST_DATABASE_URL`, or in a private one that lives as long as one of its
 * databases. Migrated unless told otherwise.
 */
export async function createTestDatabase({ migrate = true }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const cluster = await borrowCluster();
  const name = `usher_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const url = new URL(cluster.url);
  url.pathname = `/${name}`;
  const drop = () => withClient(cluster.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  try {
    await withClient(cluster.url, (client) => client.query(`CREATE DATABASE ${name}`));
    if (migrate) await migrateDatabase(url.href);
  } catch (error) {
    await drop().finally(() => cluster.giveBack());
    throw error;
  }
  let closed = false;
  return {
    url: url.href,
    ownerUrl: url.href,
    async close() {
      if (closed) return;
      closed = true;
      await drop().finally(() => cluster.giveBack());
    },
  };
}

/** A migrated database, ready to use. */
export const startPostgres = (): Promise<TestDatabase> => createTestDatabase();
