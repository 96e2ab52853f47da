import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { MigrationRunTroubleObject, MigrationRunUserObject } from './migration-run.graphql.js';

/** What is read of runs beside their own service: sums over their rows, and where they write. The rows themselves are the migration service's. */
@Injectable()
export class MigrationRunsRepository {
  constructor(private readonly pool: Pool) {}

  /** The server that is written; null for a run that nobody made. */
  async targetOf(runId: string): Promise<string | null> {
    const { rows } = await this.pool.query<{ serverId: string }>('SELECT target_server_id AS "serverId" FROM migration_run WHERE id = $1', [runId]);
    return rows[0]?.serverId ?? null;
  }

  /** One row per user of the plan. */
  async users(planId: string): Promise<MigrationRunUserObject[]> {
    const { rows } = await this.pool.query<MigrationRunUserObject>(
      `SELECT u, count(*)::int AS rows, count(*) FILTER (WHERE state IN ('done', 'verified'))::int AS done, count(*) FILTER (WHERE state = 'skipped')::int AS skipped,
              count(*) FILTER (WHERE state = 'conflict')::int AS conflict, count(*) FILTER (WHERE state = 'failed')::int AS failed
         FROM migration_row WHERE plan_id = $1 AND op <> 'skip' GROUP BY u ORDER BY u`,
      [planId],
    );
    return rows;
  }

  /** The most frequent first. */
  async troubles(planId: string): Promise<MigrationRunTroubleObject[]> {
    const { rows } = await this.pool.query<MigrationRunTroubleObject>(
      `SELECT state, coalesce(code, upper(state)) AS code, count(*)::int AS rows, array_agg(DISTINCT u ORDER BY u) AS users
         FROM migration_row WHERE plan_id = $1 AND state IN ('failed', 'conflict') GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT 50`,
      [planId],
    );
    return rows;
  }
}
