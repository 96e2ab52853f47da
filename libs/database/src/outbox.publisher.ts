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
  WHERE id IN (SELECT id FROM ${table} WHERE done_at IS NULL AND next_send_at <= now() AND id <> ALL($2::uuid[]) ORDER BY next_send_at LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING id, server_id, op, args, attempts`;

/** Commands on their way at once; a server that is slow to answer keeps its own waiting, nobody else's. */
const ON_THEIR_WAY = 64;

export class OutboxPublisher {
  private readonly sends = new Set<Promise<void>>();
  /** Rows on their way from here, with their server; not claimed again until they are back, or their agent is. */
  private readonly underWay = new Map<string, OutboxRow>();
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly options: {
      readonly pool: Pool;
      readonly sender: CommandSender;
      readonly table?: 'command_outbox';
      readonly onError: (error: unknown) => void;
      /** Called after a row has its outcome, here or by its deadline; whoever needs it reads the row. */
      readonly onFinished?: (op: string) => void;
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
    await Promise.all(this.sends);
  }

  /** Makes the open commands of a server due at once: its agent is back. */
  async hurry(serverId: string): Promise<void> {
    // An answer that was on its way when the agent went does not come any more.
    for (const [id, row] of this.underWay) if (row.server_id === serverId) this.underWay.delete(id);
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
    const expired = await this.options.pool.query<{ op: string }>(`UPDATE ${this.table} SET done_at = now(), outcome = 'expired' WHERE done_at IS NULL AND deadline <= now() RETURNING op`);
    for (const op of new Set(expired.rows.map((row) => row.op))) this.options.onFinished?.(op);
    if (this.sends.size >= ON_THEIR_WAY) await Promise.race(this.sends);
    const { rows } = await this.options.pool.query<OutboxRow>(CLAIM(this.table), [ON_THEIR_WAY - this.sends.size, [...this.underWay.keys()]]);
    for (const row of rows) {
      this.underWay.set(row.id, row);
      const sent: Promise<void> = this.send(row).catch(this.options.onError).finally(() => {
        this.sends.delete(sent);
        if (this.underWay.get(row.id) === row) this.underWay.delete(row.id);
      });
      this.sends.add(sent);
    }
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
    // What was on its way when the row was given up is told as it ended.
    await this.options.pool.query(
      `UPDATE ${this.table} SET done_at = now(), outcome = $2, result = $3 WHERE id = $1 AND (done_at IS NULL OR ($2 = 'done' AND outcome IN ('canceled', 'expired')))`,
      [row.id, outcome, JSON.stringify(result ?? null)],
    );
    this.options.onFinished?.(row.op);
  }
}
