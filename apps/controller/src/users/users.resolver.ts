import { Args, Context, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor, loaderOf, type GraphqlContext } from '../graphql/context.js';
import { ServerObject } from '../servers/server.graphql.js';
import { MediaUserObject } from './users.graphql.js';
import type { MediaUserRow } from './users.repository.js';
import { UsersService } from './users.service.js';

@Resolver(() => ServerObject)
export class UsersResolver {
  constructor(private readonly service: UsersService) {}

  @Query(() => [MediaUserObject])
  users(@CurrentActor() actor: Actor, @Args('serverId', { type: () => ID }) serverId: string): Promise<MediaUserRow[]> {
    return this.service.list(actor, serverId);
  }

  @ResolveField(() => Int, { nullable: true })
  userCount(@Parent() server: { id: string }, @Context() context: GraphqlContext): Promise<number | null> {
    return loaderOf<string, number | null>(context, 'userCount', (ids) => this.service.counts(ids)).load(server.id);
  }
}
