import { Args, ID, Int, Query, Resolver } from '@nestjs/graphql';
import type { PlanTab, RowState } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { MigrationDecisionPageObject, MigrationRowConnectionObject } from './migration-row.graphql.js';
import { MigrationRowsService } from './migration-rows.service.js';
import { MigrationRowStateEnum, MigrationTabEnum } from './migration.enums.js';

/** The rows of a plan, one by one. */
@Resolver()
export class MigrationRowsResolver {
  constructor(private readonly rows: MigrationRowsService) {}

  @Query(() => MigrationRowConnectionObject, { description: 'In the order in which they are carried out.' })
  migrationPlanRows(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID }) id: string,
    @Args('tab', { type: () => MigrationTabEnum, nullable: true }) tab: PlanTab | null | undefined,
    @Args('user', { type: () => Int, nullable: true, description: 'Index in the users of the plan.' }) user: number | null | undefined,
    @Args('states', { type: () => [MigrationRowStateEnum], nullable: true }) states: RowState[] | null | undefined,
    @Args('search', { type: () => String, nullable: true, description: 'Part of a title.' }) search: string | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<MigrationRowConnectionObject> {
    return this.rows.page(actor, { id, tab: tab ?? null, user: user ?? null, states: states ?? [], search: search ?? null, first: first ?? 50, after: after ?? null });
  }

  @Query(() => MigrationDecisionPageObject, { description: 'Everything that a person may decide about, for the decisions file; 100 lines a page.' })
  migrationDecisions(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID }) id: string,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<MigrationDecisionPageObject> {
    return this.rows.decisions(actor, id, after ?? null);
  }
}
