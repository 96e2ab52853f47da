// The migrator of production: writes the same table as Prisma's command line, which never runs there.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Failure } from './boot/failure.mjs';
import { grantToApp, provision, tolerateExisting } from './boot/roles.mjs';
import { openClient, readDatabaseUrl, withDatabase } from './database-url.mjs';

export { provision };

const root = join(import.meta.dirname, '..');
/** Prisma's own lock: the two never migrate at once. */
const PRISMA_LOCK = 72_707_369;
const MINIMUM_SERVER = 150_000;

/** @returns {{ name: string, sql: string, checksum: string }[]} the migrations of a folder, in order */
export function readMigrations(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'migration.sql'))).sort();
  return names.map((name) => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'));
    return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
  });
}

/** F15: host, port and the reason, never the address itself. */
function cannotConnect(variable, connection, error) {
  return new Failure({
    id: 'F15',
    error: `${variable}: cannot connect`,
    why: `${connection.host ?? 'localhost'}:${connection.port ?? 5432}: ${error.code ?? error.errors?.[0]?.code ?? 'no answer'}`,
    next: 'start the server, or correct the address and its login',
  });
}

async function connect(url, variable) {
  const { connection, schema } = readDatabaseUrl(url);
  const options = schema ? `${connection.options} -c search_path=${schema}` : connection.options;
  const open = () => openClient(pg, { ...connection, options, connectionTimeoutMillis: 10_000 });
  try {
    return await open();
  } catch (error) {
    if (error.code !== '3D000') throw cannotConnect(variable, connection, error);
  }
  try {
    const admin = await openClient(pg, { ...connection, database: 'postgres' });
    try {
      await tolerateExisting(() => admin.query(`CREATE DATABASE ${pg.escapeIdentifier(connection.database)}`));
    } finally {
      await admin.end();
    }
    return await open();
  } catch (error) {
    throw cannotConnect(variable, connection, error);
  }
}

async function makeTable(client) {
  const { rows } = await client.query(`SELECT to_regclass('_prisma_migrations') AS name`);
  if (rows[0].name !== null) return;
  await client.query(`CREATE TABLE _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
    logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
}

/** F8, F9, F10: the database does not fit these files. Nothing is changed then. */
function refuseMismatch(rows, migrations) {
  for (const row of rows) {
    const file = migrations.find(({ name }) => name === row.migration_name);
    if (row.finished_at === null) {
      throw new Failure({
        id: 'F8',
        error: `migration ${row.migration_name} failed earlier`,
        why: (row.logs ?? 'it was interrupted').split('\n'),
        next: `repair what it left, then node tools/prisma.mjs migrate resolve --rolled-back ${row.migration_name}`,
      });
    }
    if (!file) {
      throw new Failure({
        id: 'F10',
        error: 'the database is newer than this version',
        why: `it holds the migration ${row.migration_name}, which this version does not know`,
        next: 'install the newer version, or restore a backup',
      });
    }
    if (file.checksum !== row.checksum) {
      throw new Failure({ id: 'F9', error: `migration ${row.migration_name} was changed after it was applied`, next: 'restore the file from the release' });
    }
  }
}

async function apply(client, { name, sql, checksum }) {
  const { rows } = await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid()::text, $1, $2) RETURNING id', [checksum, name]);
  try {
    await client.query(sql);
  } catch (error) {
    await client.query('ROLLBACK');
    const log = `${error.message}${error.position ? ` (character ${error.position})` : ''}`;
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [rows[0].id, log]);
    throw new Failure({ id: 'F8', error: `migration ${name} failed`, why: log, next: `repair, then node tools/prisma.mjs migrate resolve --rolled-back ${name}` });
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [rows[0].id]);
}

/** BullMQ's own migration, skipped without loading it when this version has already run. */
async function migrateQueues(client, appRole) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/bullmq/package.json'), 'utf8'));
  const mark = `bullmq ${version}`;
  const { rows } = await client.query(`SELECT obj_description(to_regnamespace('bullmq')) AS mark`);
  if (rows[0].mark !== mark) {
    const { runMigrations } = await import('bullmq');
    await runMigrations(client, 'bullmq');
    await client.query(`COMMENT ON SCHEMA bullmq IS ${pg.escapeLiteral(mark)}`);
  }
  if (appRole) await grantToApp(client, 'bullmq', appRole);
}

/**
 * Brings a database to this version: makes it when missing, applies the migrations, the queues' schema and the grants.
 * Safe to run from several processes at once: one applies, the others wait.
 * @param {{ ownerUrl: string, appUrl?: string, folder?: string, variable?: string }} what `appUrl`: its user gets the grants
 * @returns {Promise<{ applied: string[], total: number }>}
 */
export async function migrate({ ownerUrl, appUrl = ownerUrl, folder = join(root, 'prisma/migrations'), variable = 'USHER_DATABASE_URL' }) {
  const migrations = readMigrations(folder);
  const client = await connect(ownerUrl, variable);
  try {
    const server = await client.query('SHOW server_version_num');
    if (Number(server.rows[0].server_version_num) < MINIMUM_SERVER) {
      throw new Failure({ id: 'F15', error: `${variable}: PostgreSQL is too old`, why: 'Usher needs PostgreSQL 15 or newer', next: 'upgrade it, or drop the variable to use the built-in one' });
    }
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    const { schema, connection: owner } = readDatabaseUrl(ownerUrl);
    const app = readDatabaseUrl(appUrl).connection.user;
    const appRole = app === owner.user ? null : app;
    await makeTable(client);
    if (appRole) await grantToApp(client, schema ?? 'public', appRole);
    const { rows } = await client.query('SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at');
    refuseMismatch(rows, migrations);
    const known = new Set(rows.map((row) => row.migration_name));
    const open = migrations.filter(({ name }) => !known.has(name));
    for (const migration of open) await apply(client, migration);
    await migrateQueues(client, appRole);
    return { applied: open.map(({ name }) => name), total: migrations.length };
  } finally {
    await client.end();
  }
}

/**
 * A migrated database of its own on a private cluster (tests, tools).
 * @returns {Promise<{ ownerUrl: string, appUrl: string, drop(): Promise<void> }>}
 */
export async function makeMigratedDatabase(superuserUrl, database, folder) {
  const urls = await provision(superuserUrl, database);
  await migrate({ ...urls, folder });
  const drop = async () => {
    const admin = await openClient(pg, readDatabaseUrl(withDatabase(superuserUrl, 'postgres')).connection);
    try {
      await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
    } finally {
      await admin.end();
    }
  };
  return { ...urls, drop };
}

export function describeMigration({ applied, total }) {
  if (applied.length === 0) return `up to date (${total} migration${total === 1 ? '' : 's'})`;
  return `${applied.length} migration${applied.length === 1 ? '' : 's'} applied`;
}

if (process.argv[1] === import.meta.filename) {
  const appUrl = process.env.USHER_DATABASE_URL;
  const ownerUrl = process.env.USHER_DATABASE_OWNER_URL ?? appUrl;
  try {
    if (!ownerUrl) throw new Failure({ id: 'F15', error: 'USHER_DATABASE_URL is not set', next: 'set it to the database to migrate, and USHER_DATABASE_OWNER_URL to its owner' });
    const done = await migrate({ ownerUrl, appUrl: appUrl ?? ownerUrl, variable: process.env.USHER_DATABASE_OWNER_URL ? 'USHER_DATABASE_OWNER_URL' : 'USHER_DATABASE_URL' });
    process.stdout.write(`database      ${describeMigration(done)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Failure ? error : (error.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
