import { Injectable } from '@nestjs/common';
import { HardeningEntry } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import { z } from 'zod';
import type { Acceptance } from './hardening.js';

type Queryable = Pick<PoolClient, 'query'>;

/** SQL of what was accepted of the hardening lists. */
@Injectable()
export class HardeningRepository {
  constructor(private readonly pool: Pool) {}

  /** By server. */
  async of(serverIds: readonly string[]): Promise<ReadonlyMap<string, Acceptance[]>> {
    const { rows } = await this.pool.query<Acceptance & { serverId: string }>(
      `SELECT server_id AS "serverId", code, state, evidence, reason, accepted_by AS "acceptedBy", accepted_at AS "acceptedAt", until
         FROM hardening_acceptance WHERE server_id = ANY($1) ORDER BY server_id, code`,
      [serverIds],
    );
    const found = new Map<string, Acceptance[]>();
    for (const { serverId, ...acceptance } of rows) found.set(serverId, [...(found.get(serverId) ?? []), acceptance]);
    return found;
  }

  /** The list of a living server as it was read last, which stays so until the transaction ends; null when there is no such server. */
  async entries(tx: Queryable, serverId: string): Promise<HardeningEntry[] | null> {
    const { rows } = await tx.query<{ hardening: unknown }>(`SELECT coalesce(profile->'hardening', '[]') AS hardening FROM server WHERE id = $1 AND state <> 'historical' FOR UPDATE`, [serverId]);
    return rows[0] ? (z.array(HardeningEntry).safeParse(rows[0].hardening).data ?? []) : null;
  }

  /** In place of what was accepted of this entry before. */
  async put(tx: Queryable, serverId: string, { code, state, evidence, reason, acceptedBy, acceptedAt, until }: Acceptance): Promise<void> {
    await tx.query(
      `INSERT INTO hardening_acceptance (server_id, code, state, evidence, reason, accepted_by, accepted_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (server_id, code) DO UPDATE SET state = excluded.state, evidence = excluded.evidence, reason = excluded.reason,
         accepted_by = excluded.accepted_by, accepted_at = excluded.accepted_at, until = excluded.until`,
      [serverId, code, state, evidence, reason, acceptedBy, acceptedAt, until],
    );
  }

  /** False when nothing was accepted. */
  async remove(tx: Queryable, serverId: string, code: string): Promise<boolean> {
    const { rowCount } = await tx.query('DELETE FROM hardening_acceptance WHERE server_id = $1 AND code = $2', [serverId, code]);
    return rowCount === 1;
  }
}
