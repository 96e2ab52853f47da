import { Injectable } from '@nestjs/common';
import type { PlanDecision } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import type { PlanRecord } from './plan-record.js';

type ServerPair = Pick<PlanRecord, 'sourceServerId' | 'targetServerId'>;

/** What was decided for a pair of servers; kept and offered again in later plans. */
@Injectable()
export class DecisionsRepository {
  constructor(private readonly pool: Pool) {}

  async all({ sourceServerId, targetServerId }: ServerPair): Promise<PlanDecision[]> {
    const { rows } = await this.pool.query<PlanDecision>('SELECT id, decision, target, reason FROM migration_decision WHERE source_server_id = $1 AND target_server_id = $2 ORDER BY at, id', [sourceServerId, targetServerId]);
    return rows;
  }

  async some({ sourceServerId, targetServerId }: ServerPair, ids: readonly string[]): Promise<Map<string, PlanDecision>> {
    const { rows } = await this.pool.query<PlanDecision>('SELECT id, decision, target, reason FROM migration_decision WHERE source_server_id = $1 AND target_server_id = $2 AND id = ANY($3)', [sourceServerId, targetServerId, ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async save(tx: PoolClient, { sourceServerId, targetServerId }: ServerPair, decisions: readonly PlanDecision[], decidedBy: string): Promise<void> {
    await tx.query(
      `INSERT INTO migration_decision (source_server_id, target_server_id, id, decision, target, reason, decided_by)
       SELECT $1, $2, d.id, d.decision, d.target, d.reason, $3 FROM jsonb_to_recordset($4::jsonb) AS d(id text, decision text, target text, reason text)
       ON CONFLICT (source_server_id, target_server_id, id) DO UPDATE SET decision = excluded.decision, target = excluded.target, reason = excluded.reason, decided_by = excluded.decided_by, at = now()`,
      [sourceServerId, targetServerId, decidedBy, JSON.stringify(decisions)],
    );
  }
}
