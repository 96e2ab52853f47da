import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { findNatsServer, startNats } from './nats.js';
import { createTestDatabase } from './postgres.js';

describe('test database', () => {
  it('is empty and its own, and gone after close', async () => {
    const first = await createTestDatabase({ migrate: false });
    const second = await createTestDatabase({ migrate: false });
    expect(first.url).not.toBe(second.url);
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    const { rows } = await client.query<{ zone: string }>("select current_setting('TimeZone') as zone");
    await client.end();
    expect(rows[0]?.zone).toBe('UTC');
    await first.close();
    await second.close();
    await expect(new pg.Client({ connectionString: first.url }).connect()).rejects.toThrow();
  });
});

describe('migrated test database', () => {
  it('has the tables, seen by the role of the application', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ servers: string }>('select count(*) as servers from server');
    await client.end();
    expect(rows).toEqual([{ servers: '0' }]);
    expect(new URL(database.url).username).not.toBe(new URL(database.ownerUrl).username);
    await database.close();
  });
});

describe('test broker', () => {
  it('can be killed and started again at the same port', async () => {
    await expect(findNatsServer()).resolves.toContain('nats-server');
    const broker = await startNats();
    await broker.kill();
    const again = await startNats({ port: broker.port });
    expect(again.url).toBe(broker.url);
    await again.close();
  });

  it('says why it does not start', async () => {
    await expect(startNats({ conf: 'no such { configuration' })).rejects.toThrow('nats-server did not start');
  });
});
