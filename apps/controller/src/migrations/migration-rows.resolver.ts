import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { MigrationRowArgs } from './migration-inputs.graphql.js';
import { MigrationDecisionPageObject, MigrationRowConnectionObject } from './migration-row.graphql.js';
import { MigrationRowsService } from './migration-rows.service.js';

/** The rows of a plan, one by one. */
@Resolver()
export class MigrationRowsResolver {
  constructor(private readonly rows: MigrationRowsService) {}

  @Query(() => MigrationRowConnectionObject, { description: 'In the order in which they are carried out.' })
  migrationPlanRows(@CurrentActor() actor: Actor, @Args() { tab, user, states, search, first, after, id }: MigrationRowArgs): Promise<MigrationRowConnectionObject> {
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
