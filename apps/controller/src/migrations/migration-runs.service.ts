import { Injectable } from '@nestjs/common';
import { acceptExceptions, controlRun, createRollback, readReport, readRun, startRun, uuidv7, type PlanView, type RUN_ORDERS } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { MigrationDoor } from './migration-door.js';
import type { AcceptMigrationExceptionsInput, CreateMigrationRollbackInput } from './migration-inputs.graphql.js';
import { MigrationOrders } from './migration-orders.js';
import type { MigrationPlanObject } from './migration-plan.graphql.js';
import { by } from './migration-plans.service.js';
import { requireId } from './migration-request.js';
import type { MigrationReportObject, MigrationRunObject, MigrationRunTroubleObject, MigrationRunUserObject } from './migration-run.graphql.js';
import { MigrationRunsRepository } from './migration-runs.repository.js';
import { showPlan, showRun } from './migration-view.js';

export type RunOrder = (typeof RUN_ORDERS)[number];

const PAST: Readonly<Record<RunOrder, string>> = { pause: 'run.paused', resume: 'run.resumed', abort: 'run.aborted', 'retry-failed': 'run.retried', verify: 'run.verify_begun' };
const Reason = z.string().trim().min(3, 'must have at least 3 characters').max(500, 'must have at most 500 characters');
const Part = z.number().int().min(0).max(100_000);

/** Runs: starting needs the password again and a living approval; what a run does is up to the service and the agents. */
@Injectable()
export class MigrationRunsService {
  constructor(
    private readonly door: MigrationDoor,
    private readonly orders: MigrationOrders,
    private readonly repository: MigrationRunsRepository,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
  ) {}

  /** @throws VALIDATION_FAILED, NOT_FOUND, MIGRATION_OFFLINE; so do the others */
  async one(actor: Actor, id: string): Promise<MigrationRunObject> {
    actor.require('superadmin');
    return showRun(await this.door.ask(readRun, { runId: requireId(id, 'run') }));
  }

  users(planId: string): Promise<MigrationRunUserObject[]> {
    return this.repository.users(planId);
  }

  troubles(planId: string): Promise<MigrationRunTroubleObject[]> {
    return this.repository.troubles(planId);
  }

  async report(actor: Actor, runId: string, part: number): Promise<MigrationReportObject> {
    actor.require('superadmin');
    const request = { runId: requireId(runId, 'run', 'runId'), part: parseInput(Part, part, 'part') };
    const { of: parts, ...report } = await this.door.ask(readReport, request);
    return { runId, parts, ...report };
  }

  /** @throws STEP_UP_REQUIRED, PLAN_BLOCKED, PLAN_STALE, APPROVAL_MISSING, APPROVAL_EXPIRED, RUN_CONFLICT */
  async start(actor: Actor, id: string): Promise<MigrationRunObject> {
    const operator = await this.orders.superadmin(actor, 'run.start', { proof: true });
    const planId = requireId(id, 'plan', 'planId');
    const order = { verb: 'run.start', past: 'run.started', concerned: { planId } };
    return showRun(await this.orders.carryOut(actor, order, () => this.door.ask(startRun, { planId, ...by(operator) })));
  }

  /** @throws RUN_CONFLICT when the run is in no state for it, and those of `start` for going on */
  async control(actor: Actor, id: string, order: RunOrder): Promise<MigrationRunObject> {
    const verb = `run.${order.replace('-', '_')}`;
    const operator = await this.orders.superadmin(actor, verb);
    const runId = requireId(id, 'run');
    return showRun(await this.orders.carryOut(actor, { verb, past: PAST[order], concerned: { runId } }, () => this.door.ask(controlRun, { runId, order, ...by(operator) })));
  }

  async accept(actor: Actor, input: AcceptMigrationExceptionsInput): Promise<MigrationRunObject> {
    const operator = await this.orders.superadmin(actor, 'exceptions.accept');
    const runId = requireId(input.runId, 'run', 'runId');
    const reason = parseInput(Reason, input.reason, 'reason');
    const order = { verb: 'exceptions.accept', past: 'exceptions.accepted', concerned: { runId }, payload: { reason } };
    return showRun(await this.orders.carryOut(actor, order, () => this.door.ask(acceptExceptions, { runId, reason, ...by(operator) })));
  }

  /** Answers the plan that exists when one was made already. @throws STEP_UP_REQUIRED, ROLLBACK_WINDOW_CLOSED, RUN_CONFLICT */
  async rollback(actor: Actor, { idempotencyKey, runId: id }: CreateMigrationRollbackInput): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'rollback.create', { proof: true });
    const runId = requireId(id, 'run', 'runId');
    const planId = await this.idempotency.once<string>({ operator, key: idempotencyKey, op: 'createMigrationRollback', request: { runId } }, async (save) => {
      const made = uuidv7();
      await transaction(this.pool, (tx) => save(tx, made));
      return made;
    });
    const order = { verb: 'rollback.create', past: 'rollback.created', concerned: { runId }, payload: { planId } };
    const plan: PlanView = await this.orders.carryOut(actor, order, () => this.door.ask(createRollback, { runId, planId, ...by(operator) }));
    return showPlan(plan);
  }
}
