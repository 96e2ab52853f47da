import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { MAX_STATE_ROWS } from '@usher/contracts';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { ApprovalsService } from '../approvals/approvals.service.js';
import { CLOCK } from '../infrastructure.js';
import { FrozenPlansService, type FrozenPlan } from '../plans/frozen-plans.service.js';
import type { RunFence } from '../steps/run-fence.js';
import { countsOf, RunRows } from '../steps/run-rows.js';
import { RunTeller } from '../steps/run-teller.js';
import { RunWork } from '../steps/run-work.js';
import { Throttle } from '../steps/throttle.js';
import { TargetAgent } from '../tickets/target-agent.js';
import { TicketIssuer } from '../tickets/ticket-issuer.js';
import type { RunRow } from './runs.repository.js';

/** What one process has in hand while it works on a run. */
export interface OpenWork {
  readonly work: RunWork;
  readonly teller: RunTeller;
}

/** Puts together what the steps of a run work with. */
@Injectable()
export class RunWorkFactory {
  constructor(
    private readonly pool: Pool,
    private readonly bus: HubBus,
    private readonly plans: FrozenPlansService,
    private readonly approvals: ApprovalsService,
    private readonly issuer: TicketIssuer,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async open(run: RunRow, plan: FrozenPlan, fence: RunFence, signal: AbortSignal): Promise<OpenWork> {
    const { pool, bus, plans, issuer, clock, logger } = this;
    const { options, target } = plan.header;
    const saveStep = (step: string) => fence.write(async (tx) => void (await tx.query('UPDATE migration_run SET step = $2 WHERE id = $1', [run.id, step])));
    const teller = new RunTeller(bus, clock, { runId: run.id, planId: run.planId }, await countsOf(pool, run.planId), saveStep);
    const agent = new TargetAgent({
      bus,
      issuer,
      runId: run.id,
      plan,
      epoch: fence.epoch,
      approvals: () => this.approvals.live(plan),
      chunk: (n) => plans.chunk(run.planId, n),
      rest: (error, failures) => work.rest(error, failures),
      monotonicMs: () => clock.monotonicMs(),
    });
    const throttle = new Throttle({ kind: target.kind, maxConnections: options.maxConnections, maxRows: MAX_STATE_ROWS });
    const work: RunWork = new RunWork({ plan, fence, rows: new RunRows(pool, run.planId, fence), agent, issuer, throttle, teller, asked: () => this.asked(run.id), clock, logger, signal });
    return { work, teller };
  }

  private async asked(runId: string): Promise<'pause' | 'abort' | null> {
    const { rows } = await this.pool.query<{ asked: 'pause' | 'abort' | null }>('SELECT asked FROM migration_run WHERE id = $1', [runId]);
    return rows[0]?.asked ?? null;
  }
}
