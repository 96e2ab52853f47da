import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { withDatabase } from '../database-url.mjs';
import { migrate } from '../migrate.mjs';
import { RepairedAdapterFactory } from '../prisma-adapter.mjs';
import { runPrisma } from '../prisma.mjs';
import { query, root, startCluster, type Cluster } from './cluster.js';

const CHARACTER = ColumnTypeEnum.Character;
const script = { args: [], argTypes: [] };

describe('the stand-in for the schema engine', () => {
  let cluster: Cluster;
  let folder: string;
  let url: string;
  const database = `tools_prisma_${process.pid}`;

  beforeAll(async () => {
    cluster = await startCluster();
    url = withDatabase(cluster.url, database);
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'usher-prisma-')));
    mkdirSync(join(folder, 'prisma'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'prisma.config.ts'), readFileSync(join(root, 'prisma.config.ts')));
    schema('model Thing {\n  id Int @id\n  note String\n}');
  });
  afterAll(async () => {
    await query(withDatabase(cluster.url, 'postgres'), `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  function schema(models: string): void {
    writeFileSync(join(folder, 'prisma/schema.prisma'), `datasource db {\n  provider = "postgresql"\n}\n\n${models}\n`);
  }
  const prisma = (args: string[], env: Record<string, string> = {}) =>
    runPrisma(args, { cwd: folder, env: { ...process.env, USHER_DATABASE_URL: url, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const shadows = () => query(withDatabase(cluster.url, 'postgres'), `SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db_%'`);
  const migrationFolder = () => join(folder, 'prisma/migrations');

  it('is of the same build as the command line', () => {
    const version = (name: string) => (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
    expect(version('@prisma/schema-engine-wasm')).toBe(version('@prisma/engines-version'));
  });

  it('makes the database and writes a migration, and the migrator agrees with it', async () => {
    const made = await prisma(['migrate', 'dev', '--name', 'first']);
    expect(made.output).toContain('Your database is now in sync with your schema');
    expect(made.code).toBe(0);
    const [name] = readdirSync(migrationFolder()).filter((entry) => entry.endsWith('_first'));
    expect(readFileSync(join(migrationFolder(), name ?? '', 'migration.sql'), 'utf8')).toContain('CREATE TABLE "Thing"');
    expect(await migrate({ ownerUrl: url, folder: migrationFolder() })).toEqual({ applied: [], total: 1 });
    expect(await shadows()).toEqual([]);
  });

  it('sees what our migrator applied as applied', async () => {
    mkdirSync(join(migrationFolder(), '99990101000000_ours'));
    writeFileSync(join(migrationFolder(), '99990101000000_ours', 'migration.sql'), 'ALTER TABLE "Thing" ADD COLUMN "more" TEXT;\n');
    expect((await migrate({ ownerUrl: url, folder: migrationFolder() })).applied).toEqual(['99990101000000_ours']);
    const status = await prisma(['migrate', 'status']);
    expect(status).toMatchObject({ code: 0, output: expect.stringContaining('Database schema is up to date') });
  });

  it('tells drift between migrations and schema by the exit code, and does not touch the real database', async () => {
    const diff = ['migrate', 'diff', '--from-migrations', migrationFolder(), '--to-schema', 'prisma/schema.prisma', '--exit-code'];
    const before = await query(url, 'SELECT count(*)::int AS n FROM _prisma_migrations');
    expect((await prisma(diff)).code).toBe(2);
    schema('model Thing {\n  id Int @id\n  note String\n  more String?\n}');
    expect(await prisma(diff)).toMatchObject({ code: 0, output: expect.stringContaining('No difference detected') });
    expect(await query(url, 'SELECT count(*)::int AS n FROM _prisma_migrations')).toEqual(before);
    expect(await shadows()).toEqual([]);
  });

  it('reports a failing migration, and resolves it', async () => {
    const name = '99990102000000_broken';
    mkdirSync(join(migrationFolder(), name));
    writeFileSync(join(migrationFolder(), name, 'migration.sql'), 'SELECT nonsense;\n');
    const failed = await prisma(['migrate', 'deploy']);
    expect(failed).toMatchObject({ code: 1, output: expect.stringContaining('nonsense') });
    expect((await prisma(['migrate', 'resolve', '--rolled-back', name])).code).toBe(0);
    writeFileSync(join(migrationFolder(), name, 'migration.sql'), 'SELECT 1;\n');
    expect((await prisma(['migrate', 'deploy'])).code).toBe(0);
  });

  it('answers P1001 when there is no server', async () => {
    const answer = await prisma(['migrate', 'status'], { USHER_DATABASE_URL: 'postgres://x:hush@127.0.0.1:1/none' });
    expect(answer.code).toBe(1);
    expect(answer.output).toContain('P1001');
    expect(answer.output).not.toContain('hush');
  });

  it('repair 1: reads columns of the internal type "char" as characters', async () => {
    const adapter = await new RepairedAdapterFactory({ url }).connect();
    try {
      const answer = await adapter.queryRaw({ sql: `SELECT 'x' AS a, contype FROM pg_constraint LIMIT 1`, ...script });
      expect(answer.columnTypes[1]).toBe(CHARACTER);
      const transaction = await adapter.startTransaction();
      expect((await transaction.queryRaw({ sql: 'SELECT contype FROM pg_constraint LIMIT 1', ...script })).columnTypes).toEqual([CHARACTER]);
      await transaction.rollback();
    } finally {
      await adapter.dispose();
    }
  });

  it('repair 2: sends scripts whole, with semicolons inside bodies and strings', async () => {
    const adapter = await new RepairedAdapterFactory({ url }).connect();
    try {
      await adapter.executeScript(`CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$; COMMENT ON FUNCTION two IS 'a;b'`);
      expect((await adapter.queryRaw({ sql: 'SELECT two()', ...script })).rows).toEqual([[2]]);
      await expect(adapter.executeScript('SELECT nonsense')).rejects.toMatchObject({ name: 'DriverAdapterError' });
    } finally {
      await adapter.dispose();
    }
  });

  it('repairs 3 and 4: the shadow connection goes to the shadow database, which is dropped while it is in use', async () => {
    const factory = new RepairedAdapterFactory({ url });
    const shadow = await factory.connectToShadowDb();
    const [[name]] = (await shadow.queryRaw({ sql: 'SELECT current_database()::text', ...script })).rows as [[string]];
    expect(name).toMatch(/^prisma_migrate_shadow_db_/);
    await factory.dropShadows();
    expect(await shadows()).toEqual([]);
    await shadow.dispose();
  });

  it('uses a shadow database that was given, empties it and keeps it; never the database itself', async () => {
    const given = withDatabase(cluster.url, `${database}_shadow`);
    await query(withDatabase(cluster.url, 'postgres'), `CREATE DATABASE ${database}_shadow`);
    await query(given, 'CREATE TABLE left_over (id int)');
    const shadow = await new RepairedAdapterFactory({ url, shadowDatabaseUrl: given }).connectToShadowDb();
    await shadow.dispose();
    expect(await query(given, `SELECT to_regclass('left_over') AS name`)).toEqual([{ name: null }]);
    await query(withDatabase(cluster.url, 'postgres'), `DROP DATABASE ${database}_shadow`);
    expect(() => new RepairedAdapterFactory({ url, shadowDatabaseUrl: url })).toThrow('must not be the database itself');
  });
});
