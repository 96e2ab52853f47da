import { Inject, Injectable } from '@nestjs/common';
import type { PlanProgress, RunProgress } from '@usher/contracts';
import { BoundedCache, type Clock } from '@usher/resilience';
import type { Actor } from '../auth/actor.js';
import { LatestByKey } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import { requireId } from './migration-request.js';

/** How far checks and runs are, as the migration service tells every controller. The latest wins; nothing is kept beyond a day. */
@Injectable()
export class MigrationProgress {
  private readonly plans: Latest<PlanProgress>;
  private readonly runs: Latest<RunProgress>;

  constructor(@Inject(CLOCK) clock: Clock) {
    this.plans = new Latest(clock);
    this.runs = new Latest(clock);
  }

  receivePlan(progress: PlanProgress): void {
    this.plans.receive(progress.planId, progress);
  }

  receiveRun(progress: RunProgress): void {
    this.runs.receive(progress.runId, progress);
  }

  latestOfPlan(planId: string): PlanProgress | null {
    return this.plans.get(planId);
  }

  latestOfRun(runId: string): RunProgress | null {
    return this.runs.get(runId);
  }

  /** @throws FORBIDDEN, VALIDATION_FAILED */
  watchPlan(actor: Actor, id: string): AsyncIterableIterator<PlanProgress> {
    actor.require('superadmin');
    return this.plans.watch(requireId(id, 'plan'));
  }

  /** @throws FORBIDDEN, VALIDATION_FAILED */
  watchRun(actor: Actor, id: string): AsyncIterableIterator<RunProgress> {
    actor.require('superadmin');
    return this.runs.watch(requireId(id, 'run'));
  }
}

/** The newest message of each id, and those who wait for the next. */
class Latest<T extends { readonly at: string }> {
  private readonly known: BoundedCache<string, T>;
  private readonly watchers = new Map<string, Set<LatestByKey<string, T>>>();

  constructor(clock: Clock) {
    this.known = new BoundedCache({ max: 1_000, ttlMs: 24 * 3_600_000 }, clock);
  }

  get(id: string): T | null {
    return this.known.get(id) ?? null;
  }

  /** One that was overtaken on its way is dropped. */
  receive(id: string, progress: T): void {
    const before = this.known.get(id);
    if (before && before.at > progress.at) return;
    this.known.set(id, progress);
    for (const queue of this.watchers.get(id) ?? []) queue.push(id, progress);
  }

  watch(id: string): AsyncIterableIterator<T> {
    const watchers = this.watchers.get(id) ?? new Set<LatestByKey<string, T>>();
    this.watchers.set(id, watchers);
    const queue = new LatestByKey<string, T>(() => {
      watchers.delete(queue);
      if (watchers.size === 0 && this.watchers.get(id) === watchers) this.watchers.delete(id);
    });
    watchers.add(queue);
    const latest = this.known.get(id);
    if (latest) queue.push(id, latest);
    return queue;
  }
}
