// B37: two processes under one lease, the leader stopped again and again and continued: 0 writes of the old epoch accepted,
// takeover ≤ TTL + 3 s. The processes are this program, started again as workers, on the product's lease and database.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createPool, Lease, transaction } from '@usher/database';
import { eventually, startPostgres } from '@usher/testing';
import { runBar } from '../support/bar.js';

/** The product's own times: the ones that `Lease` has by itself. */
const TTL_MS = 10_000;
const NAME = 'bar-b37';
const WORKER = '--worker';

/** Writes under its epoch as fast as it can, each write fenced by the lease. */
async function work(url: string): Promise<void> {
  const pool = createPool(url, { max: 2 });
  const lease = new Lease(pool, NAME);
  await lease.run(
    new AbortController().signal,
    async (epoch, signal) => {
      while (!signal.aborted) {
        await transaction(pool, async (tx) => {
          if (!(await lease.fence(tx, epoch))) return;
          await tx.query('INSERT INTO b37_write (epoch, holder) VALUES ($1, $2)', [epoch, lease.holder]);
        });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    (error) => process.stderr.write(`${String(error)}\n`),
  );
}

async function measure(): Promise<void> {
  await runBar('B37', async (bar) => {
    const rounds = bar.number('rounds', 6);
    const database = await startPostgres();
    const pool = createPool(database.ownerUrl, { max: 2 });
    await pool.query('CREATE TABLE b37_write (n bigserial PRIMARY KEY, epoch bigint NOT NULL, holder uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())');
    const workers: ChildProcess[] = [1, 2].map(() => fork(fileURLToPath(import.meta.url), [WORKER, database.ownerUrl]));
    const newest = async (): Promise<{ epoch: number; n: number } | null> => {
      const { rows } = await pool.query<{ epoch: string; n: string }>('SELECT epoch, n FROM b37_write ORDER BY n DESC LIMIT 1');
      return rows[0] ? { epoch: Number(rows[0].epoch), n: Number(rows[0].n) } : null;
    };
    try {
      await eventually(async () => (await newest()) !== null);
      const takeovers: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const before = (await newest())!;
        // nobody outside knows which of the two leads: stopping it shows
        const startedAt = performance.now();
        const leader = await stopLeader(workers, newest);
        await eventually(async () => (await newest())!.epoch > before.epoch, { timeoutMs: 60_000 });
        takeovers.push(performance.now() - startedAt);
        leader.kill('SIGCONT');
        const mark = (await newest())!;
        await eventually(async () => (await newest())!.n > mark.n + 20, { timeoutMs: 20_000 });
      }
      const { rows } = await pool.query<{ old: string; all: string }>('SELECT count(*) FILTER (WHERE epoch < highest)::text AS old, count(*)::text AS all FROM (SELECT epoch, max(epoch) OVER (ORDER BY n) AS highest FROM b37_write) AS w');
      bar.check('writes-of-an-old-epoch', `${rows[0]!.old} of ${rows[0]!.all}, ${rounds} stops`, 0, rows[0]!.old === '0');
      const { rows: holders } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM (SELECT epoch FROM b37_write GROUP BY epoch HAVING count(DISTINCT holder) > 1) AS e');
      bar.equal('epochs-with-two-holders', holders[0]!.n, 0);
      bar.atMost('takeover.slowest', Math.max(...takeovers) / 1000, (TTL_MS + 3_000) / 1000, 's');
      if (rounds < 20) bar.notRun('20-stops', `this run had ${rounds}; --rounds 20 is the bar`);
      bar.notRun('commands-of-an-old-epoch', 'held by B16: agents refuse a lower epoch, also after a restart');
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
      await pool.end();
      await database.close();
    }
  });
}

async function stopLeader(workers: readonly ChildProcess[], newest: () => Promise<{ n: number } | null>): Promise<ChildProcess> {
  for (const worker of workers) {
    worker.kill('SIGSTOP');
    const before = (await newest())!.n;
    await new Promise((resolve) => setTimeout(resolve, 150));
    if ((await newest())!.n === before) return worker;
    worker.kill('SIGCONT');
  }
  return stopLeader(workers, newest);
}

if (process.argv[2] === WORKER) await work(process.argv[3]!);
else await measure();
