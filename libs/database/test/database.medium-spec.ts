import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, configureServer, probeServer, uuidv7 } from '@usher/contracts';
import { eventually, startPostgres, type TestDatabase } from '@usher/testing';
import type { Pool } from 'pg';
import { createPool, decodeCursor, encodeCursor, isUniqueViolation, Lease, Outbox, OutboxPublisher, PrismaService, transaction } from '../src/index.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await startPostgres();
  pool = createPool(database.url);
});

afterAll(async () => {
  await pool.end();
  await database.close();
});

describe('time zones', () => {
  it('keeps the same instant through Prisma and raw SQL, on a server in another zone', async () => {
    await pool.query(`DO $$ BEGIN EXECUTE format('ALTER ROLE %I SET timezone TO ''America/New_York''', current_user); END $$`);
    const prisma = new PrismaService(pool);
    const at = new Date('2026-07-01T12:34:56.789Z');
    await prisma.client.lease.create({ data: { name: 'zone', holder: uuidv7(), epoch: 1n, expires: at } });
    const { rows } = await pool.query<{ ms: string }>(`SELECT extract(epoch FROM expires) * 1000 AS ms FROM lease WHERE name = 'zone'`);
    expect(Number(rows[0]!.ms)).toBe(at.getTime());
    await prisma.close();
  });
});

describe('transaction', () => {
  it('rolls back what a throwing work wrote', async () => {
    const write = transaction(pool, async (tx) => {
      await tx.query(`INSERT INTO sign_in_attempt (account, address) VALUES ('rolled', 'back')`);
      throw new Error('no');
    });
    await expect(write).rejects.toThrow('no');
    const { rowCount } = await pool.query(`SELECT 1 FROM sign_in_attempt WHERE account = 'rolled'`);
    expect(rowCount).toBe(0);
  });

  it('fails, and only it, when its connection ends while it asks nothing', async () => {
    const broken = transaction(pool, async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
      await eventually(async () => (await pool.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [rows[0]!.pid])).rowCount === 0);
      await tx.query('SELECT 1');
    });
    await expect(broken).rejects.toThrow();
    expect((await pool.query('SELECT 1')).rowCount).toBe(1);
  });

  it('does not keep its locks from others when its process is stopped', async () => {
    const { rows } = await pool.query<{ idle_in_transaction_session_timeout: string }>('SHOW idle_in_transaction_session_timeout');
    expect(rows[0]!.idle_in_transaction_session_timeout).toBe('10s');
  });

  it('tells a unique violation from other errors', async () => {
    const id = uuidv7();
    const insert = () => pool.query(`INSERT INTO operator (id, name, role) VALUES ($1, 'once', 'viewer')`, [id]);
    await insert();
    const error = await insert().catch((caught: unknown) => caught);
    expect([isUniqueViolation(error), isUniqueViolation(error, 'operator_name_key'), isUniqueViolation(new Error('x'))]).toEqual([true, false, false]);
  });
});

describe('the audit log', () => {
  it('only grows', async () => {
    await pool.query(`INSERT INTO audit_event (actor, action, server_id) VALUES ('sam', 'server.registered', 'fleet')`);
    await expect(pool.query(`UPDATE audit_event SET actor = 'noor'`)).rejects.toThrow(/only grows|permission denied/);
    await expect(pool.query('DELETE FROM audit_event')).rejects.toThrow(/only grows|permission denied/);
  });
});

describe('Lease', () => {
  it('has one holder; a renewal keeps the epoch, a takeover raises it', async () => {
    const first = new Lease(pool, 'one', { ttlMs: 200, renewMs: 60 });
    const second = new Lease(pool, 'one', { ttlMs: 200, renewMs: 60 });
    expect([await first.acquire(), await first.acquire(), await second.acquire()]).toEqual([1, 1, null]);
    expect(await transaction(pool, (tx) => first.fence(tx, 1))).toBe(true);
    const epoch = await eventually(async () => {
      const taken = await second.acquire();
      expect(taken).not.toBeNull();
      return taken;
    });
    expect(epoch).toBe(2);
    expect(await transaction(pool, (tx) => first.fence(tx, 1))).toBe(false);
  });

  it('runs work in one process, and in the other one after a release', async () => {
    const stops = [new AbortController(), new AbortController()];
    const active: number[] = [];
    const runs = stops.map((stop, index) =>
      new Lease(pool, 'work', { ttlMs: 500, renewMs: 50 }).run(
        stop.signal,
        async (_epoch, signal) => {
          active.push(index);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
        (error) => active.push(error instanceof Error ? -1 : -2),
      ),
    );
    await eventually(async () => expect(active).toHaveLength(1));
    stops[active[0]!]!.abort();
    await eventually(async () => expect(active).toHaveLength(2));
    expect(new Set(active).size).toBe(2);
    stops.forEach((stop) => stop.abort());
    await Promise.all(runs);
  });
});

describe('Outbox and its publisher', () => {
  const outbox = new Outbox();
  const serverId = uuidv7();
  const config = { rev: 1, readOnly: false, poll: { sessionsS: 10, librariesS: 21_600, serverS: 300 }, ignoredDevices: [] };
  const add = (deadlineMs = 60_000) =>
    transaction(pool, (tx) => outbox.add(tx, { serverId, contract: configureServer, request: { config, credential: null }, deadlineMs }));
  const outcomeOf = async (id: string) => (await pool.query<{ outcome: string | null }>('SELECT outcome FROM command_outbox WHERE id = $1', [id])).rows[0]?.outcome;

  beforeEach(() => pool.query('DELETE FROM command_outbox').then(() => undefined));

  it('sends under one id until the agent answers', async () => {
    const seen: string[] = [];
    const publisher = new OutboxPublisher({
      pool,
      idleMs: 20,
      onError: () => undefined,
      sender: {
        command: async (_contract, _target, _request, { commandId }) => {
          seen.push(commandId);
          if (seen.length < 3) throw new AppError('AGENT_OFFLINE', 'away');
          return { configRev: 1, credentialRev: 0 };
        },
      },
    });
    publisher.start();
    const id = await add();
    await eventually(async () => {
      await publisher.hurry(serverId);
      expect(await outcomeOf(id)).toBe('done');
    });
    await publisher.stop();
    expect(seen).toEqual([id, id, id]);
  });

  it('gives up at a refusal, at the deadline and for an unknown command', async () => {
    const publisher = new OutboxPublisher({
      pool,
      idleMs: 20,
      onError: () => undefined,
      sender: { command: () => Promise.reject(new AppError('SERVER_READ_ONLY', 'no')) },
    });
    const expired = await add(-1_000);
    const refused = await add();
    const unknown = await add();
    await pool.query(`UPDATE command_outbox SET op = 'nobody.knows@9' WHERE id = $1`, [unknown]);
    publisher.start();
    await eventually(async () => expect([await outcomeOf(expired), await outcomeOf(refused), await outcomeOf(unknown)]).toEqual(['expired', 'refused', 'refused']));
    await publisher.stop();
  });

  it('shares rows between two publishers without sending one twice', async () => {
    const seen: string[] = [];
    const sender = { command: async (_c: unknown, _t: unknown, _r: unknown, { commandId }: { commandId: string }) => void seen.push(commandId) };
    const publishers = [1, 2].map(() => new OutboxPublisher({ pool, idleMs: 20, onError: () => undefined, sender }));
    const ids = await Promise.all(Array.from({ length: 20 }, () => add()));
    publishers.forEach((publisher) => publisher.start());
    await eventually(async () => expect((await pool.query('SELECT 1 FROM command_outbox WHERE done_at IS NULL')).rowCount).toBe(0));
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it('cancels what is open for a server', async () => {
    const id = await add();
    await transaction(pool, (tx) => outbox.cancel(tx, serverId, probeServer));
    expect(await outcomeOf(id)).toBeNull();
    await transaction(pool, (tx) => outbox.cancel(tx, serverId));
    expect(await outcomeOf(id)).toBe('canceled');
  });
});

describe('cursors', () => {
  it('come back as they were and refuse what is not ours', () => {
    expect(decodeCursor(encodeCursor(['2026-01-01', 7]), 2)).toEqual(['2026-01-01', 7]);
    for (const bad of ['', 'zz', encodeCursor([1]), Buffer.from('{}').toString('base64url')]) {
      expect(() => decodeCursor(bad, 2)).toThrow(AppError);
    }
  });
});
