import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { CLOCK } from '../infrastructure.js';
import { ROLLBACK_MS } from './run-view.js';

const EVERY_MS = 3_600_000;
const ROWS_DAYS = 90;
const AT_ONCE = 10_000;

/** Forgets values of before after 30 days, rows and tickets after 90; plans and reports stay. */
@Injectable()
export class RunRetention {
  private sweptMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** At most once an hour, a part at a time. */
  async sweep(): Promise<void> {
    if (this.clock.monotonicMs() - this.sweptMs < EVERY_MS) return;
    this.sweptMs = this.clock.monotonicMs();
    const days = ROLLBACK_MS / 86_400_000;
    await this.inParts(`UPDATE migration_row SET before = NULL WHERE (plan_id, n) IN (SELECT w.plan_id, w.n FROM migration_row w JOIN migration_run r USING (plan_id) WHERE r.ended_at < now() - make_interval(days => $1) AND w.before IS NOT NULL LIMIT $2)`, days);
    await this.inParts(`DELETE FROM migration_row WHERE (plan_id, n) IN (SELECT w.plan_id, w.n FROM migration_row w JOIN migration_run r USING (plan_id) WHERE r.ended_at < now() - make_interval(days => $1) LIMIT $2)`, ROWS_DAYS);
    await this.inParts(`DELETE FROM migration_ticket WHERE jti IN (SELECT jti FROM migration_ticket WHERE expires_at < now() - make_interval(days => $1) LIMIT $2)`, ROWS_DAYS);
  }

  private async inParts(sql: string, days: number): Promise<void> {
    for (let count = AT_ONCE; count === AT_ONCE; ) count = (await this.pool.query(sql, [days, AT_ONCE])).rowCount ?? 0;
  }
}
