import { Injectable } from '@nestjs/common';
import { AppError, Uuid7, uuidv7 } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import { AuditService } from '../../audit/audit.service.js';
import type { Actor } from '../../auth/actor.js';
import { ChangeHub } from '../../graphql/changes.js';
import { IdempotencyService } from '../../idempotency/idempotency.service.js';
import { requireServerId } from '../../servers/server-ids.js';
import type { LibraryPlanObject, PlanLibraryInput, UpdatePathMapInput } from './library-plan.graphql.js';
import { LibraryPlansRepository, type PlanRow, type PlanServer } from './library-plans.repository.js';
import { PlanRunner } from './plan-runner.service.js';
import { requestOf, rowsOf, type PlanRequest } from './plan-request.js';
import { planView } from './plan-view.js';

/** Prechecks of library migrations. They change nothing, so role operator may make them. */
@Injectable()
export class LibraryPlansService {
  constructor(
    private readonly repository: LibraryPlansRepository,
    private readonly runner: PlanRunner,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly changes: ChangeHub,
    private readonly pool: Pool,
  ) {}

  /** @throws AppError VALIDATION_FAILED, NOT_FOUND */
  async find(actor: Actor, id: string): Promise<LibraryPlanObject> {
    actor.require('operator');
    return this.view(await this.planOf(id));
  }

  /** Null for a plan that expired meanwhile. */
  async changed(actor: Actor, id: string): Promise<LibraryPlanObject | null> {
    actor.require('operator');
    const plan = await this.repository.find(id);
    return plan && this.view(plan);
  }

  /** Begins a check. @throws AppError VALIDATION_FAILED, NOT_FOUND, IDEMPOTENCY_CONFLICT */
  async plan(actor: Actor, input: PlanLibraryInput): Promise<LibraryPlanObject> {
    const operator = actor.require('operator');
    const { idempotencyKey, ...asked } = input;
    const sourceServerId = requireServerId(input.sourceServerId, 'input.sourceServerId');
    const targetServerId = requireServerId(input.targetServerId, 'input.targetServerId');
    if (sourceServerId === targetServerId) throw new AppError('VALIDATION_FAILED', 'Source and target are the same server.', { field: 'input.targetServerId' });
    const request = requestOf(input);
    const call = { operator, key: idempotencyKey, op: 'planLibrary', request: asked };
    const { id } = await this.idempotency.once<{ id: string }>(call, async (save) => {
      await this.requireLibraries(sourceServerId, targetServerId, request);
      const made = { id: uuidv7() };
      await transaction(this.pool, async (tx) => {
        await this.repository.insert(tx, { ...made, sourceServerId, targetServerId, request, createdBy: actor.name });
        await this.audit.append(tx, actor, { action: 'library.planned', serverId: sourceServerId, payload: { planId: made.id, targetServerId, libraries: request.libraries } });
        await save(tx, made);
      });
      return made;
    });
    this.runner.begin(id);
    return this.view(await this.planOf(id));
  }

  /** The next revision of the map; the same rows again only check again. @throws AppError VALIDATION_FAILED, NOT_FOUND */
  async updatePathMap(actor: Actor, { planId, rev, rows }: UpdatePathMapInput): Promise<LibraryPlanObject> {
    actor.require('operator');
    const before = await this.planOf(planId, 'input.planId');
    const pathMap = rowsOf(rows, 'input.rows');
    const plan = await transaction(this.pool, async (tx) => {
      const changed = await this.repository.replaceMap(tx, planId, rev, pathMap);
      if (!changed) throw new AppError('VALIDATION_FAILED', `This plan was changed meanwhile: its revision is ${before.rev}.`, { field: 'input.rev', reason: 'stale', rev: before.rev });
      await this.audit.append(tx, actor, { action: 'library.plan_mapped', serverId: before.sourceServerId, payload: { planId, rev: changed.rev, rows: pathMap.length } });
      return changed;
    });
    this.changes.publish('library-plan', [planId]);
    this.runner.begin(planId);
    return this.view(plan);
  }

  private async planOf(id: string, field = 'id'): Promise<PlanRow> {
    if (!Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a plan.', { field });
    const plan = await this.repository.find(id);
    if (!plan) throw new AppError('NOT_FOUND', 'No plan has this id; plans are forgotten after a day.', { planId: id });
    return plan;
  }

  private async requireLibraries(sourceServerId: string, targetServerId: string, request: PlanRequest): Promise<void> {
    const [source, target] = await Promise.all([this.repository.server(sourceServerId), this.repository.server(targetServerId)]);
    if (!source || !target) throw new AppError('NOT_FOUND', 'No server has this id.', { serverId: source ? targetServerId : sourceServerId });
    const has = ({ libraries }: PlanServer, id: string | null) => id === null || libraries.some(({ vendorId }) => vendorId === id);
    for (const [at, { sourceVendorId, targetVendorId }] of request.libraries.entries()) {
      const field = `input.libraries.${at}`;
      if (!has(source, sourceVendorId)) throw new AppError('NOT_FOUND', `${source.alias} has no such library.`, { field: `${field}.sourceVendorId` });
      if (!has(target, targetVendorId)) throw new AppError('NOT_FOUND', `${target.alias} has no such library.`, { field: `${field}.targetVendorId` });
    }
  }

  private async view(plan: PlanRow): Promise<LibraryPlanObject> {
    return planView(plan, await this.repository.signature([plan.sourceServerId, plan.targetServerId]));
  }
}
