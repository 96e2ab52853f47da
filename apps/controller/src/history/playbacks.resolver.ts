import { Args, Context, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor, loaderOf, type GraphqlContext } from '../graphql/context.js';
import { DateTime } from '../graphql/scalars.js';
import { ServerObject } from '../servers/server.graphql.js';
import { PlaybackConnectionObject, PlaybackFilter } from './history.graphql.js';
import { PlaybacksService } from './playbacks.service.js';

@Resolver(() => ServerObject)
export class PlaybacksResolver {
  constructor(private readonly service: PlaybacksService) {}

  @Query(() => PlaybackConnectionObject)
  playbacks(
    @CurrentActor() actor: Actor,
    @Args('filter', { type: () => PlaybackFilter, nullable: true }) filter: PlaybackFilter | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<PlaybackConnectionObject> {
    return this.service.page(actor, filter, first ?? 50, after);
  }

  @ResolveField(() => DateTime, { nullable: true })
  lastPlaybackAt(@Parent() server: { id: string }, @Context() context: GraphqlContext): Promise<Date | null> {
    return loaderOf<string, Date | null>(context, 'lastPlaybackAt', (ids) => this.service.lastAt(ids)).load(server.id);
  }
}
