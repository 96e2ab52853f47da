import { Injectable } from '@nestjs/common';
import { PlanHeader } from '@usher/contracts';
import { transaction } from '@usher/database';
import { planHash } from '@usher/security';
import { Pool, type PoolClient } from 'pg';
import { PlanRowsRepository } from './plan-rows.repository.js';
import { ChunkWriter, headerBytes, type PlanChunk } from './rules/plan-document.js';

/** A header without what follows from the rows. */
export type HeaderDraft = Omit<PlanHeader, 'v' | 'counts' | 'limits' | 'chunks'>;

/** Retries and drift cost writes too, but not many. */
const SPARE = { share: 0.1, least: 10 };
const FAILURES = { share: 0.001, least: 50 };

/** Writes the document that is approved, once: rows into chunks, chunks into the header, the header's bytes into its hash. */
@Injectable()
export class PlanFreezing {
  constructor(
    private readonly pool: Pool,
    private readonly rows: PlanRowsRepository,
  ) {}

  /** The hash; null when the plan is of another version or state by now. Rows are read as they are stored, in order. */
  async freeze(draft: HeaderDraft, fromState: 'checked' | 'draft'): Promise<string | null> {
    return await transaction(this.pool, async (tx) => {
      const { rowCount } = await tx.query(`SELECT 1 FROM migration_plan WHERE id = $1 AND version = $2 AND state = $3 FOR UPDATE`, [draft.planId, draft.version, fromState]);
      return rowCount === 1 ? await this.write(tx, draft) : null;
    });
  }

  private async write(tx: PoolClient, draft: HeaderDraft): Promise<string> {
    await tx.query('DELETE FROM migration_chunk WHERE plan_id = $1', [draft.planId]);
    const chunks: PlanHeader['chunks'] = [];
    const keep = async (written: readonly PlanChunk[]) => {
      for (const { n, first, rows, sha256, bytes } of written) {
        await tx.query('INSERT INTO migration_chunk (plan_id, n, first, rows, sha256, bytes) VALUES ($1, $2, $3, $4, $5, $6)', [draft.planId, n, first, rows, sha256, bytes]);
        chunks.push({ n, first, rows, sha256 });
      }
    };
    const writer = new ChunkWriter();
    let rows = 0;
    let skips = 0;
    for await (const row of this.rows.all(tx, draft.planId)) {
      rows += 1;
      if (row.op === 'skip') skips += 1;
      await keep(writer.add(row));
    }
    await keep(writer.end());
    const writes = rows - skips;
    const atLeast = ({ share, least }: typeof SPARE) => Math.max(least, Math.ceil(writes * share));
    const header = PlanHeader.parse({ v: 1, ...draft, counts: { rows, writes, skips }, limits: { maxWrites: writes + atLeast(SPARE), maxFailures: atLeast(FAILURES) }, chunks });
    const bytes = headerBytes(header);
    const sha256 = planHash(bytes);
    await tx.query(`UPDATE migration_plan SET state = 'frozen', header = $2, plan_sha256 = $3, frozen_at = now(), code = NULL, message = NULL, updated_at = now() WHERE id = $1`, [draft.planId, bytes, sha256]);
    return sha256;
  }
}
