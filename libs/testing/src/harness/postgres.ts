import { randomBytes } from 'node:crypto';
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

interface MigratorProgram {
  makeMigratedDatabase(superuserUrl: string, database: string): Promise<{ ownerUrl: string; appUrl: string }>;
}

/** The product's own migrator, with its roles: what tests see is what an installation gets. */
async function makeMigrated(superuserUrl: string, database: string): Promise<{ url: string; ownerUrl: string }> {
  const program = pathToFileURL(path.join(repositoryRoot(), 'tools', 'migrate.mjs')).href;
  const { makeMigratedDatabase } = (await import(program)) as MigratorProgram;
  const { appUrl, ownerUrl } = await makeMigratedDatabase(superuserUrl, database);
  return { url: appUrl, ownerUrl };
}

async function makeEmpty(superuserUrl: string, database: string): Promise<{ url: string; ownerUrl: string }> {
  await withClient(superuserUrl, (client) => client.query(`CREATE DATABASE ${database}`));
  const url = new URL(superuserUrl);
  url.pathname = `/${database}`;
  return { url: url.href, ownerUrl: url.href };
}

/**
 * A new database in the cluster of `USHER_TEST_DATABASE_URL`, or in a private one that lives as long as one of its
 * databases. Migrated unless told otherwise.
 */
export async function createTestDatabase({ migrate = true }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const cluster = await borrowCluster();
  const name = `usher_test_${process.pid}_${randomBytes(6).toString('hex')}`;
  const drop = () => withClient(cluster.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  let urls: { url: string; ownerUrl: string };
  try {
    urls = await (migrate ? makeMigrated(cluster.url, name) : makeEmpty(cluster.url, name));
  } catch (error) {
    await drop().finally(() => cluster.giveBack());
    throw error;
  }
  let closed = false;
  return {
    ...urls,
    async close() {
      if (closed) return;
      closed = true;
      await drop().finally(() => cluster.giveBack());
    },
  };
}

/** A migrated database, ready to use. */
export const startPostgres = (): Promise<TestDatabase> => createTestDatabase();
