import { Injectable } from '@nestjs/common';
import { PlanHeader } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';

/** What a run carries out: the bytes that were approved. */
export interface FrozenPlan {
  readonly planId: string;
  readonly planSha256: string;
  readonly header: PlanHeader;
  readonly headerBytes: Buffer;
}

/** Reads plans as they were frozen; nobody writes their bytes anew. */
@Injectable()
export class FrozenPlansService {
  constructor(private readonly pool: Pool) {}

  /** Null for a plan that is not frozen, or that was changed since. */
  async find(planId: string, db: Pick<PoolClient, 'query'> = this.pool): Promise<FrozenPlan | null> {
    const { rows } = await db.query<{ header: Buffer | null; sha: string | null }>('SELECT header, plan_sha256 AS sha FROM migration_plan WHERE id = $1', [planId]);
    const { header, sha } = rows[0] ?? {};
    if (!header || !sha) return null;
    return { planId, planSha256: sha, header: readHeader(header), headerBytes: header };
  }

  async chunk(planId: string, n: number): Promise<Buffer> {
    const { rows } = await this.pool.query<{ bytes: Buffer }>('SELECT bytes FROM migration_chunk WHERE plan_id = $1 AND n = $2', [planId, n]);
    if (!rows[0]) throw new Error(`chunk ${n} of plan ${planId} is not there`);
    return rows[0].bytes;
  }
}

export function readHeader(bytes: Buffer): PlanHeader {
  return PlanHeader.parse(JSON.parse(bytes.toString('utf8')));
}
