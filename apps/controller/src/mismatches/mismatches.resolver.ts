import { Args, ID, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { IgnoreMismatchInput, MismatchFilter, MismatchListObject, MismatchObject, ResolveMismatchInput } from './mismatches.graphql.js';
import { MismatchesService } from './mismatches.service.js';
import { WatchLooksService } from './watch-looks.service.js';

/** One account after the other. */
const LOOK_MS = 120_000;

@Resolver()
export class MismatchesResolver {
  constructor(
    private readonly service: MismatchesService,
    private readonly looks: WatchLooksService,
  ) {}

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

  @Mutation(() => Int, { description: 'Reads now what this person watched on their servers, whatever the turn of the hour: up to four calls to each. Answers how many accounts were looked at.' })
  @Takes(LOOK_MS)
  checkWatchStates(@CurrentActor() actor: Actor, @Args('identityId', { type: () => ID }) identityId: string): Promise<number> {
    return this.looks.check(actor, identityId);
  }
}
