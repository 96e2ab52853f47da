import { Injectable } from '@nestjs/common';
import { Logger } from '@usher/platform';
import { Pool } from 'pg';

const BATCH = 1_000;

interface Rule {
  readonly table: string;
  readonly condition: string;
}

/**
 * What may go. Applied facts stay longer than an agent keeps its spool (7 days), so a repeated batch still finds them.
 * The ledger and the audit log are never touched.
 */
const RULES: readonly Rule[] = [
  { table: 'agent_fact', condition: `applied_at < now() - interval '8 days'` },
  { table: 'agent_fact', condition: `failed_at < now() - interval '90 days'` },
  { table: 'command_outbox', condition: `done_at < now() - interval '7 days'` },
  { table: 'notice', condition: `ended_at < now() - interval '180 days'` },
  { table: 'mismatch', condition: `state = 'resolved' AND last_seen_at < now() - interval '90 days'` },
  { table: 'idempotency', condition: `at < now() - interval '24 hours'` },
  { table: 'enrollment_token', condition: `expires_at < now() - interval '7 days'` },
  { table: 'sign_in', condition: `expires_at < now() - interval '1 day'` },
  { table: 'sign_in_attempt', condition: `at < now() - interval '1 day'` },
  { table: 'sign_in_code', condition: `expires_at < now() - interval '1 day'` },
];

/** Deletes old rows in small batches, so that nobody waits for it. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    for (const rule of RULES) {
      const deleted = await this.apply(rule, signal);
      if (deleted > 0) this.logger.info('rows.deleted', 'Old rows were deleted.', { table: rule.table, deleted });
    }
  }

  private async apply({ table, condition }: Rule, signal: AbortSignal): Promise<number> {
    let deleted = 0;
    while (!signal.aborted) {
      const { rowCount } = await this.pool.query(
        `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
      );
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) return deleted;
    }
    return deleted;
  }
}
