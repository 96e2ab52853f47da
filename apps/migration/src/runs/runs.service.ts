import { Inject, Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, runProgress, uuidv7, type RUN_ORDERS, type RunView } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { CLOCK } from '../infrastructure.js';
import { ReportsService } from '../reports/reports.service.js';
import { RunGate } from './run-gate.js';
import { ACTIVE_RUN_STATES, mustMove } from './run-state.js';
import { countsOfOps, progressOf, viewOf } from './run-view.js';
import { RunsQueue } from './runs.queue.js';
import { RunsRepository, type RunRow } from './runs.repository.js';

interface Operator {
  readonly operatorId: string;
  readonly operatorName: string;
}

type Order = (typeof RUN_ORDERS)[number];

/** What people do with runs. Carrying them out is the worker's. */
@Injectable()
export class RunsService {
  constructor(
    private readonly pool: Pool,
    private readonly runs: RunsRepository,
    private readonly gate: RunGate,
    private readonly queue: RunsQueue,
    private readonly reports: ReportsService,
    private readonly bus: HubBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Starts the run of an approved plan; started again it answers the run that is there.
   * @throws AppError `PLAN_BLOCKED`, `PLAN_STALE`, `APPROVAL_MISSING`, `APPROVAL_EXPIRED`, `RUN_CONFLICT`
   */
  async start(planId: string, by: Operator): Promise<RunView> {
    const before = await this.runs.findOfPlan(planId);
    if (before) return this.view(before.id);
    const plan = await this.gate.approved(planId);
    const runId = await transaction(this.pool, async (tx) => {
      await this.gate.alone(tx, plan);
      const other = await this.runs.findOfPlan(planId, tx);
      if (other) return other.id;
      const id = uuidv7();
      await this.runs.insert(tx, { id, planId, targetServerId: plan.header.target.serverId, ...by });
      return id;
    });
    await this.queue.wake(runId);
    return this.told(runId);
  }

  /** @throws AppError `NOT_FOUND`, `RUN_CONFLICT` when the run is in no state for it, and as `start` for what writes */
  async control(runId: string, order: Order): Promise<RunView> {
    const run = await this.found(runId);
    if (order === 'pause' || order === 'abort') await this.end(run, order);
    else await this.goOn(run, order);
    return this.told(runId);
  }

  /** The differences that the verify pass found are as they are to stay. */
  async accept(runId: string, by: Operator & { reason: string }): Promise<RunView> {
    const run = await this.found(runId);
    const to = mustMove(run.state, 'accept');
    await transaction(this.pool, async (tx) => {
      if (!(await this.runs.move(tx, runId, 'accept', to))) throw notInThisState(run);
      await this.runs.accept(tx, runId, by);
    });
    await this.reports.make(runId);
    return this.told(runId);
  }

  async view(runId: string): Promise<RunView> {
    const run = await this.found(runId);
    const [ops, kind, rollbackPlanId] = await Promise.all([this.runs.opCounts(run.planId), this.gate.kindOf(run.planId), this.runs.rollbackOf(runId)]);
    return viewOf(run, kind, ops, rollbackPlanId, this.clock.now());
  }

  /** At the next boundary of its process; at once where no process works on it. */
  private async end(run: RunRow, order: 'pause' | 'abort'): Promise<void> {
    const to = mustMove(run.state, order);
    if (ACTIVE_RUN_STATES.includes(run.state)) {
      await this.runs.ask(this.pool, run.id, order);
      return this.queue.wake(run.id);
    }
    if (!(await this.runs.move(this.pool, run.id, order, to))) throw notInThisState(run);
    await this.reports.make(run.id);
  }

  private async goOn(run: RunRow, order: 'resume' | 'retry-failed' | 'verify'): Promise<void> {
    const to = mustMove(run.state, order);
    const plan = order === 'verify' ? null : await this.gate.approved(run.planId);
    await transaction(this.pool, async (tx) => {
      if (plan) await this.gate.alone(tx, plan, run.id);
      if (!(await this.runs.move(tx, run.id, order, to))) throw notInThisState(run);
      if (order === 'retry-failed') await this.runs.renewFailed(tx, run.planId);
    });
    await this.queue.wake(run.id);
  }

  private async found(runId: string): Promise<RunRow> {
    const run = await this.runs.find(runId);
    if (!run) throw new AppError('NOT_FOUND', 'There is no such run.', { runId });
    return run;
  }

  /** As it is now, told to everybody who looks. */
  private async told(runId: string): Promise<RunView> {
    const run = await this.found(runId);
    if (!ACTIVE_RUN_STATES.includes(run.state) || run.state === 'queued') {
      this.bus.publishServiceState(runProgress, progressOf(run, countsOfOps(await this.runs.opCounts(run.planId)), this.clock.now()));
    }
    return this.view(runId);
  }
}

function notInThisState({ id, state }: RunRow): AppError {
  return new AppError('RUN_CONFLICT', 'The run has gone on meanwhile; look at it again.', { runId: id, reason: 'state', state });
}
