import { Injectable } from '@nestjs/common';
import type { FactBatch } from '@usher/bus';
import { transaction } from '@usher/database';
import { Pool, type PoolClient } from 'pg';

/** A fact that failed this often is set aside. */
export const MAX_ATTEMPTS = 5;

export interface InboxFact {
  readonly agentId: string;
  readonly serverId: string;
  readonly factId: string;
  /** `playback.started@1` */
  readonly contract: string;
  readonly body: unknown;
  readonly happenedAt: Date;
  /** Failures so far. */
  readonly attempts: number;
}

export interface Appended {
  /** Rows that were not there before. */
  readonly added: number;
  /** The highest sequence number before this batch; null for the first of a spool. */
  readonly before: number | null;
}

export type Applied =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'applied'; readonly fact: InboxFact }
  | { readonly outcome: 'failed'; readonly fact: InboxFact; readonly error: unknown; readonly givenUp: boolean };

interface FactRow extends Omit<InboxFact, 'attempts'> {
  readonly spoolEpoch: string;
  readonly seq: string;
  readonly attempts: number;
}

const NEXT = `
  SELECT agent_id AS "agentId", spool_epoch AS "spoolEpoch", seq, server_id AS "serverId", fact_id AS "factId", contract, body,
         happened_at AS "happenedAt", attempts
    FROM agent_fact WHERE agent_id = $1 AND applied_at IS NULL AND failed_at IS NULL ORDER BY spool_epoch, seq LIMIT 1`;

/** SQL of the facts that agents sent. Spool epochs are UUIDv7, so they sort by the time of their making. */
@Injectable()
export class FactInboxRepository {
  constructor(private readonly pool: Pool) {}

  /** Committed when it returns. Facts that are there already stay as they are. */
  async append(agentId: string, serverId: string, batch: FactBatch): Promise<Appended> {
    return await transaction(this.pool, async (tx) => {
      const { rows } = await tx.query<{ before: string | null }>(
        'SELECT max(seq) AS before FROM agent_fact WHERE agent_id = $1 AND spool_epoch = $2',
        [agentId, batch.spoolEpoch],
      );
      const { rowCount } = await tx.query(
        `INSERT INTO agent_fact (agent_id, spool_epoch, seq, server_id, fact_id, contract, body, happened_at)
         SELECT $1, $2, f.seq, $3, f.id, f.contract, f.body, f.at
           FROM jsonb_to_recordset($4) AS f(seq bigint, id uuid, contract text, body jsonb, at timestamptz)
         ON CONFLICT (agent_id, spool_epoch, seq) DO NOTHING`,
        [agentId, batch.spoolEpoch, serverId, JSON.stringify(batch.facts.map((fact) => ({ ...fact, body: fact.body ?? null })))],
      );
      const before = rows[0]?.before ?? null;
      return { added: rowCount ?? 0, before: before === null ? null : Number(before) };
    });
  }

  /**
   * Applies the next fact of one agent in a transaction of its own. The agent's row is locked meanwhile, so of
   * many controllers one applies at a time and the order holds. What `apply` throws undoes only its own writes;
   * a trouble of the database itself (SQLSTATE class 40: deadlock, serialization) is thrown on and counts as no attempt.
   */
  async applyNext(agentId: string, apply: (fact: InboxFact, tx: PoolClient) => Promise<void>, describe: (error: unknown) => string): Promise<Applied> {
    return await transaction(this.pool, async (tx): Promise<Applied> => {
      await tx.query('SELECT 1 FROM agent WHERE id = $1 FOR NO KEY UPDATE', [agentId]);
      const { rows } = await tx.query<FactRow>(NEXT, [agentId]);
      const fact = rows[0];
      if (!fact) return { outcome: 'none' };
      const key = [fact.agentId, fact.spoolEpoch, fact.seq];
      await tx.query('SAVEPOINT before_fact');
      try {
        await apply(fact, tx);
      } catch (error) {
        if (isTransient(error)) throw error;
        await tx.query('ROLLBACK TO SAVEPOINT before_fact');
        const givenUp = fact.attempts + 1 >= MAX_ATTEMPTS;
        await tx.query(
          `UPDATE agent_fact SET attempts = attempts + 1, error = $4, failed_at = CASE WHEN $5 THEN now() END
            WHERE agent_id = $1 AND spool_epoch = $2 AND seq = $3`,
          [...key, describe(error).slice(0, 1000), givenUp],
        );
        return { outcome: 'failed', fact, error, givenUp };
      }
      await tx.query('UPDATE agent_fact SET applied_at = now() WHERE agent_id = $1 AND spool_epoch = $2 AND seq = $3', key);
      return { outcome: 'applied', fact };
    });
  }

  /** Agents with facts that wait: after a restart, or when the process that took them in died. */
  async waitingAgents(): Promise<string[]> {
    const { rows } = await this.pool.query<{ agent_id: string }>(
      'SELECT DISTINCT agent_id FROM agent_fact WHERE applied_at IS NULL AND failed_at IS NULL',
    );
    return rows.map((row) => row.agent_id);
  }
}

function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(40|57|08)[0-9A-Z]{3}$/.test(code);
}
