import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { MismatchComparisonObject } from './comparison.graphql.js';
import { ComparisonService } from './comparison.service.js';

@Resolver()
export class ComparisonResolver {
  constructor(private readonly service: ComparisonService) {}

  @Query(() => MismatchComparisonObject)
  mismatchComparison(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<MismatchComparisonObject> {
    return this.service.compare(actor, id);
  }

  @Mutation(() => Boolean, { description: 'The person is asked about this pair of networks again.' })
  forgetMismatchAllowance(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<boolean> {
    return this.service.forget(actor, id);
  }
}
