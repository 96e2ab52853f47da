import { Args, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../../auth/actor.js';
import { ChangeHub, mapped } from '../../graphql/changes.js';
import { CurrentActor } from '../../graphql/context.js';
import { LibraryPlanObject, PlanLibraryInput, UpdatePathMapInput } from './library-plan.graphql.js';
import { LibraryPlansService } from './library-plans.service.js';

@Resolver(() => LibraryPlanObject)
export class LibraryPlansResolver {
  constructor(
    private readonly service: LibraryPlansService,
    private readonly changes: ChangeHub,
  ) {}

  @Query(() => LibraryPlanObject)
  libraryPlan(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<LibraryPlanObject> {
    return this.service.find(actor, id);
  }

  @Mutation(() => LibraryPlanObject, { description: 'Begins a precheck; read its progress by libraryPlan or libraryPlanChanged.' })
  planLibrary(@CurrentActor() actor: Actor, @Args('input') input: PlanLibraryInput): Promise<LibraryPlanObject> {
    return this.service.plan(actor, input);
  }

  @Mutation(() => LibraryPlanObject, { description: 'Replaces the path map and checks again.' })
  updatePathMap(@CurrentActor() actor: Actor, @Args('input') input: UpdatePathMapInput): Promise<LibraryPlanObject> {
    return this.service.updatePathMap(actor, input);
  }

  @Subscription(() => LibraryPlanObject, { resolve: (plan: LibraryPlanObject) => plan })
  libraryPlanChanged(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): AsyncIterable<LibraryPlanObject> {
    actor.allow('operator');
    return mapped(this.changes.ids('library-plan'), (changed) => (changed === id ? this.service.changed(actor, id) : Promise.resolve(null)));
  }
}
