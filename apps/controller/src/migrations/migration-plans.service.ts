import { Injectable } from '@nestjs/common';
import { AppError, checkPlan, createPlan, decidePlan, discardPlan, freezePlan, listPlans, MAX_PLAN_PAGE, readPlan, updatePlan, uuidv7, type PlanRequest, type PlanSummary, type PlanView } from '@usher/contracts';
import { decodeCursor, encodeCursor, transaction } from '@usher/database';
import { Pool } from 'pg';
import type { Actor, SignedIn } from '../auth/actor.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { MigrationDoor } from './migration-door.js';
import type { CreateMigrationPlanInput, DecideMigrationPlanInput, FreezeMigrationPlanInput, MigrationFilter, UpdateMigrationPlanInput } from './migration-inputs.graphql.js';
import { MigrationOrders } from './migration-orders.js';
import type { MigrationConnectionObject, MigrationPlanObject } from './migration-plan.graphql.js';
import { decisionsOf, requestOf, requireId } from './migration-request.js';
import { showPlan, showSummary } from './migration-view.js';

/** So many plans are looked through for one page of a filtered list. */
const MAX_LOOKED_THROUGH = 2_000;

/** Plans of user migrations: who may, what was written, and that it is written down. The service does the rest. */
@Injectable()
export class MigrationPlansService {
  constructor(
    private readonly door: MigrationDoor,
    private readonly orders: MigrationOrders,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
  ) {}

  /** @throws VALIDATION_FAILED, MIGRATION_OFFLINE; so do the others */
  async page(actor: Actor, filter: MigrationFilter, first: number, after: string | null): Promise<MigrationConnectionObject> {
    actor.require('superadmin');
    requirePage(first);
    if (filter.serverId != null) requireId(filter.serverId, 'plan', 'filter.serverId');
    let next = after === null ? null : requireId(String(decodeCursor(after.slice(0, 500), 1)[0]), 'plan', 'after');
    const found: PlanSummary[] = [];
    for (let looked = 0; looked < MAX_LOOKED_THROUGH; looked += MAX_PLAN_PAGE) {
      const page = await this.door.ask(listPlans, { after: next, limit: MAX_PLAN_PAGE });
      found.push(...page.plans.filter((plan) => fits(plan, filter)));
      next = page.next;
      if (found.length > first || next === null) break;
    }
    const edges = found.slice(0, first).map((plan) => ({ node: showSummary(plan), cursor: encodeCursor([plan.planId]) }));
    const hasNextPage = found.length > first || next !== null;
    const endCursor = found.length > first || next === null ? edges.at(-1)?.cursor : encodeCursor([next]);
    return { edges, pageInfo: { hasNextPage, endCursor: endCursor ?? null } };
  }

  /** @throws NOT_FOUND */
  async one(actor: Actor, id: string): Promise<MigrationPlanObject> {
    actor.require('superadmin');
    return showPlan(await this.door.ask(readPlan, { planId: requireId(id, 'plan') }));
  }

  /** A repeat with the same key gives the same plan. The id is written down first, so that a crash makes no second one. */
  async create(actor: Actor, { idempotencyKey, request: asked }: CreateMigrationPlanInput): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'plan.create');
    const request = requestOf(asked);
    let isNew = false;
    const planId = await this.idempotency.once<string>({ operator, key: idempotencyKey, op: 'createMigrationPlan', request }, async (save) => {
      const id = uuidv7();
      await transaction(this.pool, (tx) => save(tx, id));
      isNew = true;
      return id;
    });
    const known = isNew ? null : await this.find(planId);
    if (known) return showPlan(known);
    const { sourceServerId, targetServerId, users } = request;
    const order = { verb: 'plan.create', past: 'plan.created', concerned: { planId }, payload: { users: users.length }, servers: { serverId: targetServerId, peerServerId: sourceServerId } };
    return showPlan(await this.orders.carryOut(actor, order, () => this.door.ask(createPlan, { planId, request, ...by(operator) })));
  }

  /** @throws PLAN_STALE when it is another version by now */
  async update(actor: Actor, { id, version, request: asked }: UpdateMigrationPlanInput): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'plan.update');
    const planId = requireId(id, 'plan');
    const request: PlanRequest = requestOf(asked);
    return this.carryOut(actor, planId, ['plan.update', 'plan.updated'], { version }, () => this.door.ask(updatePlan, { planId, version, request, ...by(operator) }));
  }

  async check(actor: Actor, id: string): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'plan.check');
    const planId = requireId(id, 'plan');
    return this.carryOut(actor, planId, ['plan.check', 'plan.check_begun'], {}, () => this.door.ask(checkPlan, { planId, ...by(operator) }));
  }

  /** @throws PLAN_BLOCKED with the blockers, PLAN_STALE */
  async freeze(actor: Actor, { id, version }: FreezeMigrationPlanInput): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'plan.freeze');
    const planId = requireId(id, 'plan');
    return this.carryOut(actor, planId, ['plan.freeze', 'plan.frozen'], { version }, () => this.door.ask(freezePlan, { planId, version, ...by(operator) }));
  }

  async discard(actor: Actor, id: string): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'plan.discard');
    const planId = requireId(id, 'plan');
    return this.carryOut(actor, planId, ['plan.discard', 'plan.discarded'], {}, () => this.door.ask(discardPlan, { planId, ...by(operator) }));
  }

  /** @throws DECISION_INVALID with every bad decision, PLAN_STALE; a trial changes nothing and is not written down */
  async decide(actor: Actor, input: DecideMigrationPlanInput): Promise<MigrationPlanObject> {
    const operator = await this.orders.superadmin(actor, 'plan.decide');
    const planId = requireId(input.id, 'plan');
    const { version } = input;
    const decisions = decisionsOf(input);
    const dryRun = input.dryRun === true;
    const send = () => this.door.ask(decidePlan, { planId, version, dryRun, decisions, ...by(operator) });
    if (dryRun) return showPlan(await send());
    return this.carryOut(actor, planId, ['plan.decide', 'decisions.imported'], { version, decisions: decisions.length }, send);
  }

  private async carryOut(actor: Actor, planId: string, [verb, past]: readonly [string, string], payload: Record<string, unknown>, send: () => Promise<PlanView>): Promise<MigrationPlanObject> {
    return showPlan(await this.orders.carryOut(actor, { verb, past, concerned: { planId }, payload }, send));
  }

  private async find(planId: string): Promise<PlanView | null> {
    try {
      return await this.door.ask(readPlan, { planId });
    } catch (error) {
      if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }
}

/** In whose name the service acts. */
export function by({ operatorId, name }: SignedIn): { operatorId: string; operatorName: string } {
  return { operatorId, operatorName: name };
}

export function requirePage(first: number): void {
  if (first < 1 || first > MAX_PLAN_PAGE) throw new AppError('VALIDATION_FAILED', `A page has 1 to ${MAX_PLAN_PAGE} rows.`, { field: 'first' });
}

function fits({ state, kind, source, target, run }: PlanSummary, filter: MigrationFilter): boolean {
  if (filter.states && !filter.states.includes(state)) return false;
  if (filter.runStates && !(run && filter.runStates.includes(run.state))) return false;
  if (filter.kind && filter.kind !== kind) return false;
  return filter.serverId == null || source.serverId === filter.serverId || target.serverId === filter.serverId;
}
