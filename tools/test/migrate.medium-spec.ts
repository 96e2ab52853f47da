import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../database-url.mjs';
import { makeMigratedDatabase, migrate, provision } from '../migrate.mjs';
import { query, startCluster, type Cluster } from './cluster.js';

interface Urls {
  ownerUrl: string;
  appUrl: string;
}

describe('migrate', () => {
  let cluster: Cluster;
  let folder: string;
  let urls: Urls;
  let number = 0;

  beforeAll(async () => void (cluster = await startCluster()));
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usher-migrations-'));
    number += 1;
    urls = await provision(cluster.url, `tools_migrate_${process.pid}_${number}`);
    add('1_first', 'CREATE TABLE thing (id int PRIMARY KEY, note text);');
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await query(withDatabase(cluster.url, 'postgres'), `DROP DATABASE IF EXISTS tools_migrate_${process.pid}_${number} WITH (FORCE)`);
  });

  function add(name: string, sql: string): void {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  }
  const failureOf = (work: Promise<unknown>): Promise<{ id: string; message: string; why: string[] }> => work.then(() => Promise.reject(new Error('it did not fail')), (error) => error);

  it('lets one of three apply while two wait', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => migrate({ ...urls, folder })));
    expect(runs.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 1]);
    const rows = await query(urls.ownerUrl, 'SELECT migration_name, finished_at, applied_steps_count FROM _prisma_migrations');
    expect(rows).toEqual([{ migration_name: '1_first', finished_at: expect.any(Date), applied_steps_count: 1 }]);
  });

  it('applies new files in order and nothing twice', async () => {
    await migrate({ ...urls, folder });
    add('3_third', 'ALTER TABLE thing ADD c int;');
    add('2_second', 'ALTER TABLE thing ADD b int;');
    expect((await migrate({ ...urls, folder })).applied).toEqual(['2_second', '3_third']);
    expect(await migrate({ ...urls, folder })).toEqual({ applied: [], total: 3 });
  });

  it('creates a database that is missing', async () => {
    const ownerUrl = withDatabase(cluster.url, `tools_missing_${process.pid}`);
    try {
      expect((await migrate({ ownerUrl, folder })).applied).toEqual(['1_first']);
    } finally {
      await query(withDatabase(cluster.url, 'postgres'), `DROP DATABASE tools_missing_${process.pid} WITH (FORCE)`);
    }
  });

  it('grants the application present and future tables, the queues too, and not the schema itself', async () => {
    await migrate({ ...urls, folder });
    add('2_later', 'CREATE TABLE later (id bigserial PRIMARY KEY, note text);');
    await migrate({ ...urls, folder });
    await query(urls.appUrl, `INSERT INTO thing VALUES (1, 'a')`);
    expect(await query(urls.appUrl, `INSERT INTO later (note) VALUES ('b') RETURNING note`)).toEqual([{ note: 'b' }]);
    const [tables] = await query(urls.appUrl, `SELECT count(*)::int AS n FROM information_schema.table_privileges WHERE table_schema = 'bullmq' AND privilege_type = 'INSERT' AND grantee = 'usher_app'`);
    expect(tables?.['n']).toBeGreaterThan(5);
    await expect(query(urls.appUrl, 'CREATE TABLE mine (id int)')).rejects.toMatchObject({ code: '42501' });
    await expect(query(urls.appUrl, 'DROP TABLE thing')).rejects.toMatchObject({ code: '42501' });
  });

  it('does not hand out again what a migration took back', async () => {
    add('2_closed', 'CREATE TABLE closed (id int); REVOKE ALL ON closed FROM usher_app;');
    await migrate({ ...urls, folder });
    await migrate({ ...urls, folder });
    await expect(query(urls.appUrl, 'SELECT * FROM closed')).rejects.toMatchObject({ code: '42501' });
  });

  it('F8: stops at a migration that failed, keeps its log, and stays stopped', async () => {
    add('2_broken', 'CREATE TABLE half (id int); SELECT nonsense;');
    const first = await failureOf(migrate({ ...urls, folder }));
    expect(first).toMatchObject({ id: 'F8', message: 'migration 2_broken failed' });
    expect(first.why.join()).toMatch(/nonsense.*\(character \d+\)/);
    const again = await failureOf(migrate({ ...urls, folder }));
    expect(again).toMatchObject({ id: 'F8', message: 'migration 2_broken failed earlier', why: first.why });
    expect(await query(urls.ownerUrl, `SELECT to_regclass('half') AS name`)).toEqual([{ name: null }]);
  });

  it('F9: refuses a migration that was changed after it was applied', async () => {
    await migrate({ ...urls, folder });
    add('1_first', 'CREATE TABLE thing (id int PRIMARY KEY);');
    expect(await failureOf(migrate({ ...urls, folder }))).toMatchObject({ id: 'F9', message: 'migration 1_first was changed after it was applied' });
  });

  it('F10: refuses a database that a newer version wrote', async () => {
    add('2_newer', 'SELECT 1;');
    await migrate({ ...urls, folder });
    rmSync(join(folder, '2_newer'), { recursive: true });
    expect(await failureOf(migrate({ ...urls, folder }))).toMatchObject({ id: 'F10', message: 'the database is newer than this version' });
  });

  it('F15: says host, port and reason, never the address', async () => {
    const failure = await failureOf(migrate({ ownerUrl: 'postgres://someone:hush@127.0.0.1:1/usher', folder }));
    expect(failure).toMatchObject({ id: 'F15', message: 'USHER_DATABASE_URL: cannot connect', why: ['127.0.0.1:1: ECONNREFUSED'] });
    expect(String(failure)).not.toContain('hush');
    const wrongPassword = new URL(cluster.url);
    wrongPassword.password = 'wrong';
    expect((await failureOf(migrate({ ownerUrl: wrongPassword.toString(), folder }))).why[0]).toContain('28P01');
  });

  it('makes a migrated database of its own, and drops it', async () => {
    const made = await makeMigratedDatabase(cluster.url, `tools_made_${process.pid}`, folder);
    expect(await query(made.appUrl, 'SELECT * FROM thing')).toEqual([]);
    await made.drop();
    await expect(query(made.appUrl, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });
});
