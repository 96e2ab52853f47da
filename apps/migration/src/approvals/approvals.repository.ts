import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';

export interface ApprovalRow {
  readonly sha256: string;
  readonly jws: string;
  readonly operatorId: string;
  readonly operatorName: string;
  readonly notBefore: Date;
  readonly expiresAt: Date;
  readonly maxWrites: number;
  readonly revokedAt: Date | null;
}

/** An approval that was taken back while agents might still believe it. */
export interface RevokedApproval {
  readonly sha256: string;
  readonly planSha256: string;
  readonly serverId: string;
  readonly runId: string | null;
}

type Db = Pick<PoolClient, 'query'>;

@Injectable()
export class ApprovalsRepository {
  constructor(private readonly pool: Pool) {}

  async insert(tx: Db, planId: string, planSha256: string, row: Omit<ApprovalRow, 'revokedAt'>): Promise<void> {
    await tx.query(
      `INSERT INTO migration_approval (plan_id, operator_id, operator_name, plan_sha256, sha256, jws, not_before, expires_at, max_writes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      [planId, row.operatorId, row.operatorName, planSha256, row.sha256, row.jws, row.notBefore, row.expiresAt, row.maxWrites],
    );
  }

  /** Of exactly these bytes; those of older versions do not count. */
  async ofPlan(planId: string, planSha256: string, db: Db = this.pool): Promise<ApprovalRow[]> {
    const { rows } = await db.query<ApprovalRow>(
      `SELECT sha256, jws, operator_id AS "operatorId", operator_name AS "operatorName", not_before AS "notBefore", expires_at AS "expiresAt", max_writes AS "maxWrites", revoked_at AS "revokedAt"
         FROM migration_approval WHERE plan_id = $1 AND plan_sha256 = $2 ORDER BY expires_at DESC, sha256`,
      [planId, planSha256],
    );
    return rows;
  }

  /** Of one approver, or of all. Returns how many were taken back. */
  async revoke(tx: Db, planId: string, approverId: string | null, by: string): Promise<number> {
    const { rowCount } = await tx.query('UPDATE migration_approval SET revoked_at = now(), revoked_by = $3 WHERE plan_id = $1 AND ($2::uuid IS NULL OR operator_id = $2) AND revoked_at IS NULL', [planId, approverId, by]);
    return rowCount ?? 0;
  }

  /** Those that an agent could still take for good, of one server or of all. */
  async revoked(serverId: string | null = null): Promise<RevokedApproval[]> {
    const { rows } = await this.pool.query<RevokedApproval>(
      `SELECT a.sha256, a.plan_sha256 AS "planSha256", p.target_server_id AS "serverId", r.id AS "runId"
         FROM migration_approval a JOIN migration_plan p ON p.id = a.plan_id LEFT JOIN migration_run r ON r.plan_id = p.id
        WHERE a.revoked_at IS NOT NULL AND a.expires_at > now() - interval '1 minute' AND ($1::uuid IS NULL OR p.target_server_id = $1)`,
      [serverId],
    );
    return rows;
  }
}
