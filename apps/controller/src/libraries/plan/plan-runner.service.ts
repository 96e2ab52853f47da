import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppError, toWireError, type ErrorCode } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { ConcurrencyLimit, type Clock } from '@usher/resilience';
import { Scheduler } from '../../agents/scheduler.js';
import { ChangeHub } from '../../graphql/changes.js';
import { CLOCK, PROCESS_ID } from '../../infrastructure.js';
import { LibraryPlansRepository, type PlanRow } from './library-plans.repository.js';
import { PlanCheckService } from './plan-check.service.js';
import type { PlanProgress } from './plan-result.js';

const EVERY_MS = 30_000;
const AT_ONCE = { max: 2, queue: 200 };
const TELL_EVERY_MS = 500;
/** Below the time after which a silent check is taken over. */
const BEAT_EVERY_MS = 20_000;

/** Makes the checks that plans wait for: here at once, and by any process when the one that began it has ended. */
@Injectable()
export class PlanRunner implements OnModuleInit, OnApplicationShutdown {
  private readonly limit = new ConcurrencyLimit(AT_ONCE);
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly repository: LibraryPlansRepository,
    private readonly check: PlanCheckService,
    private readonly changes: ChangeHub,
    private readonly scheduler: Scheduler,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PROCESS_ID) private readonly processId: string,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'library-plans', everyMs: EVERY_MS, run: () => this.takeUp() });
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running);
  }

  /** Begins without waiting. A plan that somebody else checks is left to them. */
  begin(planId: string): void {
    const work = this.limit.run(() => this.run(planId)).catch((error: unknown) => this.logger.warn('plan.not_checked', 'A plan was not checked; it is taken up again.', { planId, error }));
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  /** What ended without a word begins again; what expired is forgotten. */
  async takeUp(): Promise<void> {
    await this.repository.removeExpired();
    for (const id of await this.repository.open()) this.begin(id);
  }

  private async run(planId: string): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const plan = await this.repository.claim(planId, this.processId);
    if (!plan) return;
    const unwanted = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, unwanted.signal]);
    const beats = new Beats(plan, this.processId, this.repository, this.clock, unwanted, this.logger);
    try {
      const result = await this.check.run(plan, signal, async (progress) => {
        if (await beats.tell(progress)) this.changes.publish('library-plan', [planId]);
      });
      const signature = await this.repository.signature([plan.sourceServerId, plan.targetServerId]);
      await this.repository.finish(plan, this.processId, result, signature);
    } catch (error) {
      // Another revision or another process: not ours to end.
      if (unwanted.signal.aborted) return;
      if (this.stopping.signal.aborted) return await this.repository.release(plan, this.processId);
      const { code, message } = error instanceof AppError ? error : { ...toWireError(error), code: 'INTERNAL' as ErrorCode };
      this.logger[code === 'INTERNAL' ? 'error' : 'info']('plan.check_failed', 'A plan could not be checked.', { planId, error });
      await this.repository.fail(plan, this.processId, { code, message });
    } finally {
      beats.stop();
    }
    this.changes.publish('library-plan', [planId]);
  }
}

/** Writes how far a check is, not too often, and that it lives, also while nothing moves. Aborts it when it is not wanted any more. */
class Beats {
  private last: PlanProgress | null = null;
  private toldMs = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<Clock['setTimeout']>;

  constructor(
    private readonly plan: PlanRow,
    private readonly holder: string,
    private readonly repository: LibraryPlansRepository,
    private readonly clock: Clock,
    private readonly unwanted: AbortController,
    private readonly logger: Logger,
  ) {
    this.timer = this.later();
  }

  /** True when it was written. */
  async tell(progress: PlanProgress): Promise<boolean> {
    const isNewStep = progress.step !== this.last?.step;
    this.last = progress;
    if (!isNewStep && this.clock.monotonicMs() - this.toldMs < TELL_EVERY_MS) return false;
    await this.write(progress);
    return true;
  }

  stop(): void {
    this.clock.clearTimeout(this.timer);
  }

  private later(): ReturnType<Clock['setTimeout']> {
    return this.clock.setTimeout(() => {
      this.timer = this.later();
      const failed = (error: unknown) => this.logger.warn('plan.beat_failed', 'A check could not say that it lives; the next sign comes soon.', { planId: this.plan.id, error });
      if (this.last) this.write(this.last).catch(failed);
    }, BEAT_EVERY_MS);
  }

  private async write(progress: PlanProgress): Promise<void> {
    this.toldMs = this.clock.monotonicMs();
    if (!(await this.repository.beat(this.plan, this.holder, progress))) this.unwanted.abort(new AppError('STALE_EPOCH', 'This check is not wanted any more.'));
  }
}
