import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { ActivityRun, ActivityServer } from './activity-row.js';

/** What the list of activities takes from the tables: the servers and how they stand, and the runs. */
@Injectable()
export class ActivitySourcesRepository {
  constructor(private readonly pool: Pool) {}

  /** Not the historical ones. */
  async servers(): Promise<ActivityServer[]> {
    const { rows } = await this.pool.query<Omit<ActivityServer, 'stateSince'> & { stateSince: Date }>(
      `SELECT id, alias, slug, state, state_code AS "stateCode", state_reason AS "stateReason", state_since AS "stateSince", read_only AS "readOnly"
         FROM server WHERE state <> 'historical' ORDER BY id`,
    );
    return rows.map((row) => ({ ...row, stateSince: row.stateSince.toISOString() }));
  }

  /** Those that have not ended, and those that failed in the last day. */
  async runs(): Promise<Omit<ActivityRun, 'progress'>[]> {
    const { rows } = await this.pool.query<Omit<ActivityRun, 'startedAt' | 'target' | 'progress'> & { startedAt: Date; targetId: string; targetAlias: string }>(
      `SELECT r.id, r.plan_id AS "planId", r.state, r.step, r.code, r.message, r.started_at AS "startedAt", s.alias AS "sourceAlias", t.id AS "targetId", t.alias AS "targetAlias"
         FROM migration_run r JOIN migration_plan p ON p.id = r.plan_id JOIN server s ON s.id = p.source_server_id JOIN server t ON t.id = r.target_server_id
        WHERE r.state NOT IN ('done', 'aborted', 'failed') OR (r.state = 'failed' AND r.ended_at > now() - interval '1 day')
        ORDER BY r.id LIMIT 200`,
    );
    return rows.map(({ startedAt, targetId, targetAlias, ...run }) => ({ ...run, startedAt: startedAt.toISOString(), target: { id: targetId, alias: targetAlias } }));
  }
}
