import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { AcceptMigrationExceptionsInput, CreateMigrationRollbackInput } from './migration-inputs.graphql.js';
import { MigrationPlanObject, MigrationPlanProgressObject } from './migration-plan.graphql.js';
import { MigrationReportObject, MigrationRunObject, MigrationRunProgressObject, MigrationRunTroubleObject, MigrationRunUserObject } from './migration-run.graphql.js';
import { MigrationProgress } from './migration-progress.js';
import { MigrationRunsService } from './migration-runs.service.js';

const RUN_ID = { type: () => ID } as const;

/** Runs of approved plans. */
@Resolver(() => MigrationRunObject)
export class MigrationRunsResolver {
  constructor(
    private readonly runs: MigrationRunsService,
    private readonly progress: MigrationProgress,
  ) {}

  @Query(() => MigrationRunObject)
  migrationRun(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): Promise<MigrationRunObject> {
    return this.runs.one(actor, id);
  }

  @ResolveField('users', () => [MigrationRunUserObject])
  usersOf(@Parent() run: MigrationRunObject): Promise<MigrationRunUserObject[]> {
    return this.runs.users(run.planId);
  }

  @ResolveField('troubles', () => [MigrationRunTroubleObject])
  troublesOf(@Parent() run: MigrationRunObject): Promise<MigrationRunTroubleObject[]> {
    return this.runs.troubles(run.planId);
  }

  @Query(() => MigrationReportObject)
  migrationReport(@CurrentActor() actor: Actor, @Args('runId', RUN_ID) runId: string, @Args('part', { type: () => Int, nullable: true, defaultValue: 0 }) part: number | null): Promise<MigrationReportObject> {
    return this.runs.report(actor, runId, part ?? 0);
  }

  @Mutation(() => MigrationRunObject, { description: 'Starts writing at the target. A repeat answers the run that exists. Asks for the password again.' })
  startMigrationRun(@CurrentActor() actor: Actor, @Args('planId', RUN_ID) planId: string): Promise<MigrationRunObject> {
    return this.runs.start(actor, planId);
  }

  @Mutation(() => MigrationRunObject, { description: 'Stops at the end of a batch; never amid a row.' })
  pauseMigrationRun(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): Promise<MigrationRunObject> {
    return this.runs.control(actor, id, 'pause');
  }

  @Mutation(() => MigrationRunObject, { description: 'Needs a living approval.' })
  resumeMigrationRun(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): Promise<MigrationRunObject> {
    return this.runs.control(actor, id, 'resume');
  }

  @Mutation(() => MigrationRunObject, { description: 'Ends it for good. What was written stays; a rollback takes it back.' })
  abortMigrationRun(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): Promise<MigrationRunObject> {
    return this.runs.control(actor, id, 'abort');
  }

  @Mutation(() => MigrationRunObject, { description: 'Tries the rows that failed once more.' })
  retryMigrationRun(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): Promise<MigrationRunObject> {
    return this.runs.control(actor, id, 'retry-failed');
  }

  @Mutation(() => MigrationRunObject, { description: 'Reads everything back once more. Nothing is written.' })
  verifyMigrationRun(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): Promise<MigrationRunObject> {
    return this.runs.control(actor, id, 'verify');
  }

  @Mutation(() => MigrationRunObject, { description: 'Ends a run whose read-back found differences.' })
  acceptMigrationExceptions(@CurrentActor() actor: Actor, @Args('input') input: AcceptMigrationExceptionsInput): Promise<MigrationRunObject> {
    return this.runs.accept(actor, input);
  }

  @Mutation(() => MigrationPlanObject, { description: 'Makes the plan that takes a run back, frozen. It is approved and started like any other. Asks for the password again.' })
  createMigrationRollback(@CurrentActor() actor: Actor, @Args('input') input: CreateMigrationRollbackInput): Promise<MigrationPlanObject> {
    return this.runs.rollback(actor, input);
  }

  @Subscription(() => MigrationPlanProgressObject, { description: 'What was heard last comes at once.', resolve: (progress: MigrationPlanProgressObject) => progress })
  planProgressChanged(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): AsyncIterableIterator<MigrationPlanProgressObject> {
    return this.progress.watchPlan(actor, id);
  }

  @Subscription(() => MigrationRunProgressObject, { description: 'What was heard last comes at once.', resolve: (progress: MigrationRunProgressObject) => progress })
  runProgressChanged(@CurrentActor() actor: Actor, @Args('id', RUN_ID) id: string): AsyncIterableIterator<MigrationRunProgressObject> {
    return this.progress.watchRun(actor, id);
  }
}
