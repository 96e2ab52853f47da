import { contractName, uuidv7, type CommandContract } from '@usher/contracts';
import type { PoolClient } from 'pg';
import type { z } from 'zod';

/** Commands that must arrive: written in the transaction of the change that causes them, sent by the publisher. */
export class Outbox {
  constructor(readonly table: 'command_outbox' = 'command_outbox') {}

  /** Returns the command's id. After `deadlineMs` (at most 24 h) it is given up. */
  async add<C extends CommandContract>(
    tx: PoolClient,
    entry: { serverId: string; contract: C; request: z.input<C['request']>; deadlineMs: number },
  ): Promise<string> {
    const id = uuidv7();
    await tx.query(
      `INSERT INTO ${this.table} (id, server_id, op, args, deadline) VALUES ($1, $2, $3, $4, now() + $5::interval)`,
      [id, entry.serverId, contractName(entry.contract), JSON.stringify(entry.request), `${Math.min(entry.deadlineMs, 86_400_000)} milliseconds`],
    );
    return id;
  }

  /** Gives up single commands; one that is on its way may still be carried out, and its result is kept. */
  async cancelCommands(tx: PoolClient, commandIds: readonly string[]): Promise<void> {
    await tx.query(`UPDATE ${this.table} SET done_at = now(), outcome = 'canceled' WHERE id = ANY($1) AND done_at IS NULL`, [commandIds]);
  }

  /** Gives up what is still open for a server; used when it is removed or when a newer command replaces it. */
  async cancel(tx: PoolClient, serverId: string, contract?: CommandContract): Promise<void> {
    await tx.query(
      `UPDATE ${this.table} SET done_at = now(), outcome = 'canceled' WHERE server_id = $1 AND done_at IS NULL AND ($2::text IS NULL OR op = $2)`,
      [serverId, contract ? contractName(contract) : null],
    );
  }
}
