import { transaction, type Lease } from '@usher/database';
import type { Pool, PoolClient } from 'pg';
import { LeaseLost } from '../tickets/target-agent.js';

/** What may write for a run: the holder of its lease, while the database says so. */
export class RunFence {
  constructor(
    private readonly pool: Pool,
    private readonly lease: Lease,
    readonly epoch: number,
  ) {}

  /** One transaction under the lease. @throws LeaseLost, and nothing is written */
  write<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
    return transaction(this.pool, async (tx) => {
      if (!(await this.lease.fence(tx, this.epoch))) throw new LeaseLost();
      return work(tx);
    });
  }
}
