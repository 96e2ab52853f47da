import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { MigrationApprovalsService } from './migration-approvals.service.js';
import {
  ApproveMigrationPlanInput,
  CreateMigrationPlanInput,
  DecideMigrationPlanInput,
  FreezeMigrationPlanInput,
  MigrationFilter,
  RevokeMigrationApprovalInput,
  UpdateMigrationPlanInput,
} from './migration-inputs.graphql.js';
import { MigrationConnectionObject, MigrationPlanObject, MigrationPlanProgressObject } from './migration-plan.graphql.js';
import { MigrationRunObject } from './migration-run.graphql.js';
import { MigrationPlansService } from './migration-plans.service.js';
import { MigrationProgress } from './migration-progress.js';
import { MigrationRunsService } from './migration-runs.service.js';

const PLAN_ID = { type: () => ID } as const;

/** Plans of user migrations, until they are approved. */
@Resolver(() => MigrationPlanObject)
export class MigrationPlansResolver {
  constructor(
    private readonly plans: MigrationPlansService,
    private readonly approvals: MigrationApprovalsService,
    private readonly runs: MigrationRunsService,
    private readonly progress: MigrationProgress,
  ) {}

  @Query(() => MigrationConnectionObject, { description: 'The newest first.' })
  migrations(
    @CurrentActor() actor: Actor,
    @Args('filter', { type: () => MigrationFilter, nullable: true }) filter: MigrationFilter | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<MigrationConnectionObject> {
    return this.plans.page(actor, filter ?? {}, first ?? 50, after ?? null);
  }

  @Query(() => MigrationPlanObject)
  migrationPlan(@CurrentActor() actor: Actor, @Args('id', PLAN_ID) id: string): Promise<MigrationPlanObject> {
    return this.plans.one(actor, id);
  }

  @ResolveField('progress', () => MigrationPlanProgressObject, { nullable: true, description: 'While it is checking: how far this controller heard that it is.' })
  progressOf(@Parent() plan: MigrationPlanObject): MigrationPlanProgressObject | null {
    return plan.state === 'checking' ? this.progress.latestOfPlan(plan.id) : null;
  }

  @ResolveField('run', () => MigrationRunObject, { nullable: true })
  runOf(@CurrentActor() actor: Actor, @Parent() plan: MigrationPlanObject): Promise<MigrationRunObject> | null {
    return plan.runId === null ? null : this.runs.one(actor, plan.runId);
  }

  @Mutation(() => MigrationPlanObject, { description: 'Writes a plan down. Nothing is read or changed on a media server yet.' })
  createMigrationPlan(@CurrentActor() actor: Actor, @Args('input') input: CreateMigrationPlanInput): Promise<MigrationPlanObject> {
    return this.plans.create(actor, input);
  }

  @Mutation(() => MigrationPlanObject, { description: 'A new version: it has to be checked anew, and approvals are void.' })
  updateMigrationPlan(@CurrentActor() actor: Actor, @Args('input') input: UpdateMigrationPlanInput): Promise<MigrationPlanObject> {
    return this.plans.update(actor, input);
  }

  @Mutation(() => MigrationPlanObject, { description: 'Begins the check and answers at once; planProgressChanged tells how far it is. Both servers are only read.' })
  checkMigrationPlan(@CurrentActor() actor: Actor, @Args('id', PLAN_ID) id: string): Promise<MigrationPlanObject> {
    return this.plans.check(actor, id);
  }

  @Mutation(() => MigrationPlanObject, { description: 'Writes the checked plan down byte by byte; its hash is what is approved.' })
  freezeMigrationPlan(@CurrentActor() actor: Actor, @Args('input') input: FreezeMigrationPlanInput): Promise<MigrationPlanObject> {
    return this.plans.freeze(actor, input);
  }

  @Mutation(() => MigrationPlanObject, { description: 'It cannot be taken back; a plan with a run stays.' })
  discardMigrationPlan(@CurrentActor() actor: Actor, @Args('id', PLAN_ID) id: string): Promise<MigrationPlanObject> {
    return this.plans.discard(actor, id);
  }

  @Mutation(() => MigrationPlanObject, { description: 'All decisions or none, against the version that was read; makes a new version.' })
  decideMigrationPlan(@CurrentActor() actor: Actor, @Args('input') input: DecideMigrationPlanInput): Promise<MigrationPlanObject> {
    return this.plans.decide(actor, input);
  }

  @Mutation(() => MigrationPlanObject, { description: 'Signs exactly this hash. Starts nothing. Asks for the password again.' })
  approveMigrationPlan(@CurrentActor() actor: Actor, @Args('input') input: ApproveMigrationPlanInput): Promise<MigrationPlanObject> {
    return this.approvals.approve(actor, input);
  }

  @Mutation(() => MigrationPlanObject, { description: 'Ends all writes under the plan, within a second where the agent is connected.' })
  revokeMigrationApproval(@CurrentActor() actor: Actor, @Args('input') input: RevokeMigrationApprovalInput): Promise<MigrationPlanObject> {
    return this.approvals.revoke(actor, input);
  }
}
