import { Args, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { IgnoreMismatchInput, MismatchFilter, MismatchListObject, MismatchObject, ResolveMismatchInput } from './mismatches.graphql.js';
import { MismatchesService } from './mismatches.service.js';

@Resolver()
export class MismatchesResolver {
  constructor(private readonly service: MismatchesService) {}

  @Query(() => MismatchListObject)
  mismatches(@CurrentActor() actor: Actor, @Args('filter', { type: () => MismatchFilter, nullable: true }) filter?: MismatchFilter | null): Promise<MismatchListObject> {
    return this.service.list(actor, filter ?? {});
  }

  @Subscription(() => MismatchListObject, { description: 'The open ones: at once, then after every check that changed them.', resolve: (list: MismatchListObject) => list })
  mismatchesChanged(@CurrentActor() actor: Actor): AsyncIterableIterator<MismatchListObject> {
    return this.service.watch(actor);
  }

  @Mutation(() => MismatchObject)
  resolveMismatch(@CurrentActor() actor: Actor, @Args('input') input: ResolveMismatchInput): Promise<MismatchObject> {
    return this.service.resolve(actor, input);
  }

  @Mutation(() => MismatchObject, { description: 'Hides it and its flags for a time; afterwards it is open again if it still holds.' })
  ignoreMismatch(@CurrentActor() actor: Actor, @Args('input') input: IgnoreMismatchInput): Promise<MismatchObject> {
    return this.service.ignore(actor, input);
  }
}
