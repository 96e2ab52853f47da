import { Injectable } from '@nestjs/common';
import { appendAudit, Lease } from '@usher/database';
import { Logger, runInContext } from '@usher/platform';
import { uuidv7, type RunState } from '@usher/contracts';
import { Pool, type PoolClient } from 'pg';
import { FrozenPlansService, type FrozenPlan } from '../plans/frozen-plans.service.js';
import { ReportsService } from '../reports/reports.service.js';
import { STEPS } from '../steps/all-steps.js';
import { RunFence } from '../steps/run-fence.js';
import { RunStopped, standstillOf } from '../steps/run-stop.js';
import { LeaseLost } from '../tickets/target-agent.js';
import { mustMove, ACTIVE_RUN_STATES, ENDED_RUN_STATES, type RunEvent } from './run-state.js';
import { RunWorkFactory, type OpenWork } from './run-work.factory.js';
import { RunsRepository, type RunRow } from './runs.repository.js';

interface InHand extends OpenWork {
  readonly run: RunRow;
  readonly plan: FrozenPlan;
  readonly fence: RunFence;
}

/** Carries a run out while this process holds its lease: the steps in their order, from wherever the rows are. */
@Injectable()
export class RunWorker {
  constructor(
    private readonly pool: Pool,
    private readonly runs: RunsRepository,
    private readonly plans: FrozenPlansService,
    private readonly factory: RunWorkFactory,
    private readonly reports: ReportsService,
    private readonly logger: Logger,
  ) {}

  /** Returns when the run has ended, stands, or is somebody else's. Never throws for what makes a run stand. */
  async carryOut(runId: string, signal: AbortSignal): Promise<void> {
    const lease = new Lease(this.pool, `run:${runId}`);
    await lease.once(signal, (epoch, both) => this.hold(runId, new RunFence(this.pool, lease, epoch), both));
  }

  private async hold(runId: string, fence: RunFence, signal: AbortSignal): Promise<void> {
    const run = await this.runs.find(runId);
    const plan = run && (await this.plans.find(run.planId));
    if (!run || !plan || !ACTIVE_RUN_STATES.includes(run.state)) return;
    const hand: InHand = { run, plan, fence, ...(await this.factory.open(run, plan, fence, signal)) };
    try {
      await runInContext({ serverId: run.targetServerId, correlationId: uuidv7() }, () => this.work(hand));
    } catch (error) {
      await this.stopped(hand, error, signal);
    } finally {
      hand.teller.stop();
    }
  }

  private async work(hand: InHand): Promise<void> {
    const { run, plan, fence, work } = hand;
    const steps = STEPS[plan.header.kind];
    let state = await this.become(hand, run.state, 'begin');
    for (const step of steps) {
      const isLook = step.name === 'verify';
      if (state === 'running' && isLook) state = await this.become(hand, state, 'written');
      if (state === 'verifying' && !isLook) continue;
      await work.beginStep(step.name);
      await step.run(work);
    }
    const { results, exceptions } = await work.rows.findings();
    await fence.write(async (tx) => {
      await this.runs.setVerified(tx, run.id, { at: new Date(work.clock.now()).toISOString(), results, exceptions }, work.agent.takeRequests());
      await this.audit(tx, hand, 'run.verified', { results, exceptions });
    });
    await this.become(hand, state, exceptions === 0 ? 'agrees' : 'differs');
    await this.afterwards(hand);
  }

  /** Somebody asked, something is in the way, or the run is another process's now. */
  private async stopped(hand: InHand, error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof LeaseLost || signal.aborted) return;
    const { run } = hand;
    const state = (await this.runs.find(run.id))?.state ?? run.state;
    if (error instanceof RunStopped) {
      await this.become(hand, state, error.asked);
      if (error.asked === 'abort') await this.afterwards(hand);
      return;
    }
    const why = standstillOf(error);
    this.logger[why && why.code !== 'INTERNAL' ? 'warn' : 'error']('run.stopped', 'A run stands.', { runId: run.id, error });
    if (!why) throw error;
    await this.become(hand, state, why.event, why);
    if (why.event === 'fail') await this.afterwards(hand);
  }

  private async become(hand: InHand, from: RunState, event: RunEvent, why: { code?: string; message?: string } = {}): Promise<RunState> {
    const { run, fence, teller } = hand;
    const to = mustMove(from, event);
    await fence.write(async (tx) => {
      if (!(await this.runs.move(tx, run.id, event, to, why))) throw new LeaseLost();
      if (why.code !== undefined) await this.audit(tx, hand, event === 'fail' ? 'run.failed' : 'run.paused', { reason: why.code });
      if (ENDED_RUN_STATES.includes(to)) await this.audit(tx, hand, 'run.ended', { state: to });
    });
    teller.became(to, why.code, why.message);
    return to;
  }

  /** Nothing more is written: the report, and the agent may forget the plan. */
  private async afterwards({ run, work }: InHand): Promise<void> {
    // The run is what it is; a report that could not be made now is made when somebody asks for it.
    await this.reports.make(run.id).catch((error: unknown) => this.logger.error('report.not_made', 'The report of a run could not be made.', { runId: run.id, error }));
    const now = await this.runs.find(run.id);
    if (!now || !ENDED_RUN_STATES.includes(now.state)) return;
    await work.agent.release().catch((error: unknown) => this.logger.info('plan.not_released', 'The agent keeps a plan that has ended; it does no harm.', { error }));
  }

  private async audit(tx: PoolClient, { run, plan, fence }: InHand, action: string, payload: Record<string, unknown>): Promise<void> {
    const { source, target } = plan.header;
    await appendAudit(tx, { actor: 'usher', actorId: null, action, serverId: target.serverId, payload: { runId: run.id, planId: run.planId, peerServerId: source.serverId, epoch: fence.epoch, ...payload } });
  }
}
