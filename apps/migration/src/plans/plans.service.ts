import { Injectable } from '@nestjs/common';
import { AppError, type PlanRequest, type PlanView } from '@usher/contracts';
import { PlanRunner } from './checking/plan-runner.service.js';
import { PlanFreezing } from './plan-freezing.service.js';
import { PlanProgressPublisher } from './plan-progress.publisher.js';
import type { PlanRecord } from './plan-record.js';
import { PlanViews } from './plan-views.service.js';
import { PlansRepository } from './plans.repository.js';
import { RegistryRepository } from './registry.repository.js';
import { canonicalJson } from './rules/canonical-json.js';
import { checkRequest } from './rules/request-rules.js';

export interface ByOperator {
  readonly operatorId: string;
  readonly operatorName: string;
}

/** From a draft to the frozen document. Who may do what is decided by the controller, which alone can call. */
@Injectable()
export class PlansService {
  constructor(
    private readonly plans: PlansRepository,
    private readonly registry: RegistryRepository,
    private readonly views: PlanViews,
    private readonly runner: PlanRunner,
    private readonly freezing: PlanFreezing,
    private readonly progress: PlanProgressPublisher,
  ) {}

  /** A repeated call answers the plan that is there. @throws AppError `VALIDATION_FAILED`, `IDEMPOTENCY_CONFLICT` */
  async create({ planId, request, ...by }: { planId: string; request: PlanRequest } & ByOperator): Promise<PlanView> {
    await this.validate(request);
    if (!(await this.plans.insert({ planId, request, ...by }))) {
      const known = await this.require(planId);
      if (canonicalJson(known.request) !== canonicalJson(request)) throw new AppError('IDEMPOTENCY_CONFLICT', 'There is another plan of this id.', { planId });
    }
    return await this.views.view(planId);
  }

  /** @throws AppError `VALIDATION_FAILED`, `PLAN_STALE` for another version, `RUN_CONFLICT` */
  async update({ planId, version, request }: { planId: string; version: number; request: PlanRequest }): Promise<PlanView> {
    const plan = await this.requireChangeable(planId);
    this.requireVersion(plan, version);
    await this.validate(request);
    const changed = await this.plans.replaceRequest({ planId, version }, request);
    if (!changed) throw staleVersion(planId);
    this.runner.cancel(planId);
    this.progress.tell(changed, 'draft', null);
    return await this.views.view(planId);
  }

  /** Begins a check, or leaves the one that is under way alone. */
  async check(planId: string): Promise<PlanView> {
    const plan = await this.requireChangeable(planId);
    if (plan.state !== 'checking') {
      if (!(await this.plans.requestCheck(planId))) throw new AppError('RUN_CONFLICT', 'This plan cannot be checked any more.', { planId });
      this.progress.tell(plan, 'checking', null);
    }
    this.runner.begin(planId);
    return await this.views.view(planId);
  }

  /** @throws AppError `PLAN_STALE` for another version, `PLAN_BLOCKED` with the blockers, `VALIDATION_FAILED` before it was checked */
  async freeze(planId: string, version: number): Promise<PlanView> {
    const plan = await this.require(planId);
    this.requireVersion(plan, version);
    if (plan.state === 'frozen' || plan.state === 'approved') return await this.views.view(planId);
    const { checked } = plan;
    if (plan.state === 'stale') throw new AppError('PLAN_STALE', plan.message ?? 'A server changed since the plan was made.', { planId });
    if (plan.state !== 'checked' || !checked) throw new AppError('VALIDATION_FAILED', 'Check the plan first.', { planId, field: 'state' });
    const blockers = checked.findings.filter(({ severity }) => severity === 'blocker');
    if (blockers.length > 0) throw new AppError('PLAN_BLOCKED', blockers[0]!.message, { planId, blockers: blockers.slice(0, 50).map(({ id }) => id) });
    if (checked.users.length === 0) throw new AppError('PLAN_BLOCKED', 'No user is left in this plan.', { planId, blockers: [] });
    const sha256 = await this.freezing.freeze(
      {
        planId,
        version,
        kind: 'users',
        ofRun: null,
        madeAt: (plan.checkedAt ?? plan.createdAt).toISOString(),
        initiator: plan.initiatorId,
        source: checked.source,
        target: checked.target,
        users: checked.users,
        libraries: checked.libraries,
        paths: checked.paths,
        fields: plan.request.fields,
        options: plan.request.options,
      },
      'checked',
    );
    if (sha256 === null) throw staleVersion(planId);
    this.progress.tell(plan, 'frozen', null);
    return await this.views.view(planId);
  }

  /** @throws AppError `RUN_CONFLICT` for a plan that was carried out: it is part of the record */
  async discard(planId: string): Promise<PlanView> {
    const plan = await this.require(planId);
    if (!(await this.plans.discard(planId))) throw new AppError('RUN_CONFLICT', 'A run of this plan has begun; it is kept.', { planId });
    this.runner.cancel(planId);
    this.progress.tell(plan, 'void', null);
    return await this.views.view(planId);
  }

  private async validate(request: PlanRequest): Promise<void> {
    checkRequest(request);
    const [source, target] = [await this.registry.server(request.sourceServerId), await this.registry.server(request.targetServerId)];
    if (!source) throw new AppError('VALIDATION_FAILED', 'The source is not in the fleet, or was never reached.', { field: 'sourceServerId' });
    if (!target) throw new AppError('VALIDATION_FAILED', 'The target is not in the fleet, or was never reached.', { field: 'targetServerId' });
    if (source.machineId !== null && source.machineId === target.machineId) throw new AppError('VALIDATION_FAILED', 'Both addresses lead to the same media server.', { field: 'targetServerId' });
  }

  private async require(planId: string): Promise<PlanRecord> {
    const plan = await this.plans.find(planId);
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan.', { planId });
    return plan;
  }

  private async requireChangeable(planId: string): Promise<PlanRecord> {
    const plan = await this.require(planId);
    if (plan.kind !== 'users') throw new AppError('VALIDATION_FAILED', 'A plan that takes a run back cannot be changed; make a new one.', { planId });
    if (plan.state === 'void') throw new AppError('VALIDATION_FAILED', 'This plan was discarded.', { planId });
    if (plan.runId !== null) throw new AppError('RUN_CONFLICT', 'A run of this plan has begun; make a new plan.', { planId, runId: plan.runId });
    return plan;
  }

  private requireVersion({ id, version }: PlanRecord, seen: number): void {
    if (version !== seen) throw staleVersion(id);
  }
}

function staleVersion(planId: string): AppError {
  return new AppError('PLAN_STALE', 'The plan was changed meanwhile; look at its new version.', { planId });
}
