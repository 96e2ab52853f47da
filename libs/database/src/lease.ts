import { setTimeout as wait } from 'node:timers/promises';
import { uuidv7 } from '@usher/contracts';
import type { Pool, PoolClient } from 'pg';

const ACQUIRE = `
  INSERT INTO lease (name, holder, epoch, expires) VALUES ($1, $2, 1, clock_timestamp() + $3::interval)
  ON CONFLICT (name) DO UPDATE SET
    holder = $2,
    epoch = CASE WHEN lease.holder = $2 AND lease.expires > clock_timestamp() THEN lease.epoch ELSE lease.epoch + 1 END,
    expires = clock_timestamp() + $3::interval
  WHERE lease.holder = $2 OR lease.expires < clock_timestamp()
  RETURNING epoch`;

export interface LeaseTimes {
  readonly ttlMs: number;
  readonly renewMs: number;
}

/**
 * Single-writer work across processes. The database's clock alone decides; a holder that was paused past its
 * time loses the lease and its epoch, and every fenced write of it matches no row.
 */
export class Lease {
  constructor(
    private readonly pool: Pool,
    readonly name: string,
    private readonly times: LeaseTimes = { ttlMs: 10_000, renewMs: 3_000 },
    /** A process that holds leases for others, which have no database, names them here. */
    readonly holder: string = uuidv7(),
  ) {}

  /** Takes or renews; the epoch, or null while another holder lives. */
  async acquire(): Promise<number | null> {
    const { rows } = await this.pool.query<{ epoch: string }>(ACQUIRE, [this.name, this.holder, `${this.times.ttlMs} milliseconds`]);
    return rows[0] ? Number(rows[0].epoch) : null;
  }

  /** Gives it up, so that the next process need not wait for the end of its time. */
  async release(): Promise<void> {
    await this.pool.query('UPDATE lease SET expires = clock_timestamp() WHERE name = $1 AND holder = $2', [this.name, this.holder]);
  }

  /** Locks the lease row for the transaction; false when this holder and epoch hold it no more. */
  async fence(tx: PoolClient, epoch: number): Promise<boolean> {
    const { rowCount } = await tx.query(
      'SELECT 1 FROM lease WHERE name = $1 AND holder = $2 AND epoch = $3 AND expires > clock_timestamp() FOR SHARE',
      [this.name, this.holder, epoch],
    );
    return rowCount === 1;
  }

  /**
   * Until `signal` aborts: waits for the lease, then runs `work` while it can be renewed. `work` gets its epoch and
   * a signal that aborts when the lease is lost; when it ends or throws it is started again at the next turn.
   */
  async run(signal: AbortSignal, work: (epoch: number, signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void): Promise<void> {
    while (!signal.aborted) {
      try {
        const epoch = await this.acquire();
        if (epoch !== null) await this.hold(epoch, signal, work);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await pause(this.times.renewMs, signal);
    }
    await this.release().catch(onError);
  }

  /** Once: takes the lease, runs `work` while it can be renewed, gives it up. False when another holder lives. */
  async once(signal: AbortSignal, work: (epoch: number, signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const epoch = await this.acquire();
    if (epoch === null) return false;
    try {
      await this.hold(epoch, signal, work);
    } finally {
      await this.release();
    }
    return true;
  }

  private async hold(epoch: number, signal: AbortSignal, work: (epoch: number, signal: AbortSignal) => Promise<void>): Promise<void> {
    const lost = new AbortController();
    const both = AbortSignal.any([signal, lost.signal]);
    const working = work(epoch, both).finally(() => lost.abort());
    const renewing = this.renewUntil(epoch, both).catch((error: unknown) => {
      lost.abort();
      throw error;
    });
    const [done, kept] = await Promise.allSettled([working, renewing.finally(() => lost.abort())]);
    if (done.status === 'rejected' && !both.aborted) throw done.reason;
    if (done.status === 'rejected' && !isAbort(done.reason)) throw done.reason;
    if (kept.status === 'rejected') throw kept.reason;
  }

  private async renewUntil(epoch: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.times.renewMs, signal);
      if (signal.aborted || (await this.acquire()) !== epoch) return;
    }
  }
}

function isAbort(error: unknown): boolean {
  return (error as { name?: string }).name === 'AbortError';
}

/** Waits, or returns early when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch((error: unknown) => {
    if (!isAbort(error)) throw error;
  });
}
