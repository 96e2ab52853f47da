import { Injectable } from '@nestjs/common';
import type { PlanSummary, PlanView, RunState, RunStep } from '@usher/contracts';
import { Pool } from 'pg';

type Approval = PlanView['approvals'][number];
type Run = NonNullable<PlanSummary['run']>;

interface RunRow {
  readonly runId: string;
  readonly planId: string;
  readonly state: RunState;
  readonly step: RunStep | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly at: Date;
  readonly states: Readonly<Record<string, number>>;
}

/** What people see beside a plan itself: who approved it, and how its run stands. */
@Injectable()
export class PlanViewRepository {
  constructor(private readonly pool: Pool) {}

  async aliases(serverIds: readonly string[]): Promise<Map<string, { alias: string; kind: string | null; machineId: string | null; version: string | null }>> {
    const { rows } = await this.pool.query<{ id: string; alias: string; kind: string | null; machineId: string | null; version: string | null }>('SELECT id, alias, kind, machine_id AS "machineId", version FROM server WHERE id = ANY($1)', [serverIds]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async approvals(planId: string): Promise<Approval[]> {
    const { rows } = await this.pool.query<{ operatorId: string; name: string; notBefore: Date; expiresAt: Date; maxWrites: number; revokedAt: Date | null; sha256: string }>(
      `SELECT operator_id AS "operatorId", operator_name AS name, not_before AS "notBefore", expires_at AS "expiresAt", max_writes AS "maxWrites", revoked_at AS "revokedAt", sha256
         FROM migration_approval WHERE plan_id = $1 ORDER BY stored_at`,
      [planId],
    );
    return rows.map((row) => ({ ...row, notBefore: row.notBefore.toISOString(), expiresAt: row.expiresAt.toISOString(), revokedAt: row.revokedAt?.toISOString() ?? null }));
  }

  async runs(planIds: readonly string[]): Promise<Map<string, Run>> {
    const { rows } = await this.pool.query<RunRow>(
      `SELECT r.id AS "runId", r.plan_id AS "planId", r.state, r.step, r.code, r.message, coalesce(r.ended_at, now()) AS at,
              coalesce((SELECT jsonb_object_agg(c.state, c.count) FROM (SELECT coalesce(w.state, 'new') AS state, count(*) AS count FROM migration_row w WHERE w.plan_id = r.plan_id AND w.op <> 'skip' GROUP BY 1) c), '{}') AS states
         FROM migration_run r WHERE r.plan_id = ANY($1)`,
      [planIds],
    );
    return new Map(rows.map((row) => [row.planId, progressOf(row)]));
  }
}

function progressOf({ runId, planId, state, step, code, message, at, states }: RunRow): Run {
  const of = (name: string): number => states[name] ?? 0;
  const rows = Object.values(states).reduce((sum, each) => sum + each, 0);
  const counts = { rows, new: of('new'), intent: of('intent'), done: of('done'), verified: of('verified'), skipped: of('skipped'), conflict: of('conflict'), failed: of('failed') };
  return { runId, planId, state, step, counts, rowsPerSecond: null, remainingMs: null, throttle: 'none', code, message, at: at.toISOString() };
}
