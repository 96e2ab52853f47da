import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, toWireError } from '@usher/contracts';
import { Logger } from '@usher/platform';
import { ConcurrencyLimit, type Clock, type TimerHandle } from '@usher/resilience';
import { CLOCK, PROCESS_ID } from '../../infrastructure.js';
import type { Checked, PlanRecord } from '../plan-record.js';
import { PlanProgressPublisher } from '../plan-progress.publisher.js';
import { PlansRepository } from '../plans.repository.js';
import { PlanCheckService, type CheckStep } from './plan-check.service.js';

const EVERY_MS = 30_000;
const AT_ONCE = { max: 2, queue: 200 };
/** Below the time after which a silent check is taken over. */
const BEAT_EVERY_MS = 15_000;

/** Makes the checks that plans wait for: here at once, and by any process when the one that began it has ended. */
@Injectable()
export class PlanRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly limit = new ConcurrencyLimit(AT_ONCE);
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private readonly unwanted = new Map<string, AbortController>();
  private timer: TimerHandle | null = null;

  constructor(
    private readonly plans: PlansRepository,
    private readonly check: PlanCheckService,
    private readonly progress: PlanProgressPublisher,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PROCESS_ID) private readonly processId: string,
  ) {}

  onApplicationBootstrap(): void {
    this.again(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    if (this.timer) this.clock.clearTimeout(this.timer);
    await Promise.allSettled(this.running.values());
  }

  /** Begins without waiting, after what runs of it here. A plan that somebody else checks is left to them. */
  begin(planId: string): void {
    const before = this.running.get(planId) ?? Promise.resolve();
    const work: Promise<void> = before
      .then(() => this.limit.run(() => this.run(planId)))
      .catch((error: unknown) => this.logger.warn('plan.not_checked', 'A plan was not checked; it is taken up again.', { planId, error }))
      .finally(() => {
        if (this.running.get(planId) === work) this.running.delete(planId);
      });
    this.running.set(planId, work);
  }

  /** The plan was changed: a check of its old version ends soon; one of another process at its next sign of life. */
  cancel(planId: string): void {
    this.unwanted.get(planId)?.abort(unwantedError());
  }

  /** What ended without a word begins again. */
  async takeUp(): Promise<void> {
    for (const id of await this.plans.open()) this.begin(id);
  }

  private again(afterMs: number): void {
    this.timer = this.clock.setTimeout(() => {
      this.takeUp()
        .catch((error: unknown) => this.logger.warn('plan.not_taken_up', 'Plans that wait for a check could not be looked for.', { error }))
        .finally(() => {
          if (!this.stopping.signal.aborted) this.again(EVERY_MS);
        });
    }, afterMs);
  }

  private async run(planId: string): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const plan = await this.plans.claim(planId, this.processId);
    if (!plan) return;
    const unwanted = new AbortController();
    this.unwanted.set(planId, unwanted);
    const signal = AbortSignal.any([this.stopping.signal, unwanted.signal]);
    const beating = this.beat(plan, unwanted, signal);
    try {
      const tell = async (step: CheckStep, done: number, total: number | null) => this.progress.tell(plan, 'checking', { step, done, total });
      await this.finish(plan, await this.check.run({ plan, holder: this.processId, signal, tell }));
      this.progress.tell(plan, 'checked', null);
    } catch (error) {
      await this.fail(plan, error, unwanted.signal);
    } finally {
      this.unwanted.delete(planId);
      unwanted.abort();
      await beating;
    }
  }

  private async finish(plan: PlanRecord, checked: Checked): Promise<void> {
    if (!(await this.plans.finish(plan, this.processId, checked))) throw unwantedError();
  }

  private async fail(plan: PlanRecord, error: unknown, unwanted: AbortSignal): Promise<void> {
    // Another version or another process: not ours to end.
    if (unwanted.aborted || (error instanceof AppError && error.code === 'STALE_EPOCH')) return;
    if (this.stopping.signal.aborted) return await this.plans.release(plan, this.processId);
    const { code, message } = error instanceof AppError ? error : { ...toWireError(error), code: 'INTERNAL' as const };
    this.logger[code === 'INTERNAL' ? 'error' : 'info']('plan.check_failed', 'A plan could not be checked.', { planId: plan.id, error });
    await this.plans.fail(plan, this.processId, { code, message });
    this.progress.tell(plan, 'draft', null, { code, message });
  }

  /** Says that this check lives, also while nothing moves, until the signal aborts; ends it when it is not wanted any more. */
  private async beat(plan: PlanRecord, unwanted: AbortController, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.clock.sleep(BEAT_EVERY_MS, signal);
        if (!(await this.plans.beat(plan, this.processId))) unwanted.abort(unwantedError());
      } catch (error) {
        if (!signal.aborted) this.logger.warn('plan.beat_failed', 'A check could not say that it lives; the next sign comes soon.', { planId: plan.id, error });
      }
    }
  }
}

function unwantedError(): AppError {
  return new AppError('STALE_EPOCH', 'This check is not wanted any more.');
}
