import { setTimeout as wait } from 'node:timers/promises';
import { AppError, CONTRACTS, contractName, toWireError, type CommandContract } from '@usher/contracts';
import type { Pool } from 'pg';

/** The part of the hub's bus that the publisher needs. */
export interface CommandSender {
  command(
    contract: CommandContract,
    target: { serverId: string },
    request: unknown,
    options: { commandId: string; timeoutMs: number },
  ): PromiseLike<unknown>;
}

interface OutboxRow {
  readonly id: string;
  readonly server_id: string;
  readonly op: string;
  readonly args: unknown;
  readonly attempts: number;
}

/**
 * Claims due rows by moving their next time on, so that several publishers share the work and a crash costs one
 * back-off. The agent's journal makes repeats harmless: a row keeps its command id.
 */
const CLAIM = (table: string) => `
  UPDATE ${table} SET attempts = attempts + 1,
    next_send_at = now() + (least(60, power(2, least(attempts, 6))) * (0.5 + random() / 2) + 10) * interval '1 second'
  WHERE id IN (SELECT id FROM ${table} WHERE done_at IS NULL AND next_send_at <= now() ORDER BY next_send_at LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING id, server_id, op, args, attempts`;

export class OutboxPublisher {
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly options: {
      readonly pool: Pool;
      readonly sender: CommandSender;
      readonly table?: 'command_outbox';
      readonly onError: (error: unknown) => void;
      /** How long to rest when nothing is due; `wake()` ends the rest. */
      readonly idleMs?: number;
    },
  ) {}

  start(): void {
    this.running ??= this.loop();
  }

  /** Looks now; called after a commit that added a command and when an agent comes back. */
  wake(): void {
    this.wakeUp.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp.abort();
    await this.running;
  }

  /** Makes the open commands of a server due at once: its agent is back. */
  async hurry(serverId: string): Promise<void> {
    await this.options.pool.query(`UPDATE ${this.table} SET next_send_at = now() WHERE server_id = $1 AND done_at IS NULL`, [serverId]);
    this.wake();
  }

  private get table(): string {
    return this.options.table ?? 'command_outbox';
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wakeUp = new AbortController();
      const sent = await this.turn().catch((error: unknown) => {
        this.options.onError(error);
        return 0;
      });
      if (sent > 0 || this.stopping.signal.aborted) continue;
      await wait(this.options.idleMs ?? 1_000, undefined, { signal: this.wakeUp.signal }).catch((error: Error) => {
        if (error.name !== 'AbortError') throw error;
      });
    }
  }

  private async turn(): Promise<number> {
    await this.options.pool.query(`UPDATE ${this.table} SET done_at = now(), outcome = 'expired' WHERE done_at IS NULL AND deadline <= now()`);
    const { rows } = await this.options.pool.query<OutboxRow>(CLAIM(this.table), [16]);
    await Promise.all(rows.map((row) => this.send(row)));
    return rows.length;
  }

  private async send(row: OutboxRow): Promise<void> {
    const contract = CONTRACTS.find((known): known is CommandContract => known.kind === 'command' && contractName(known) === row.op);
    if (!contract) return this.finish(row, 'refused', toWireError(new AppError('MESSAGE_INVALID', `No command is named ${row.op}.`)));
    try {
      const options = { commandId: row.id, timeoutMs: contract.timeoutMs };
      await this.finish(row, 'done', await this.options.sender.command(contract, { serverId: row.server_id }, row.args, options));
    } catch (error) {
      if (error instanceof AppError && !error.retryable) await this.finish(row, 'refused', toWireError(error));
      else if (!(error instanceof AppError)) this.options.onError(error);
    }
  }

  private async finish(row: OutboxRow, outcome: string, result: unknown): Promise<void> {
    await this.options.pool.query(`UPDATE ${this.table} SET done_at = now(), outcome = $2, result = $3 WHERE id = $1 AND done_at IS NULL`, [
      row.id,
      outcome,
      JSON.stringify(result ?? null),
    ]);
  }
}
