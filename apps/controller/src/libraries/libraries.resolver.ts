import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor, loaderOf, type GraphqlContext } from '../graphql/context.js';
import { ServerObject } from '../servers/server.graphql.js';
import type { LibraryRow } from './libraries.repository.js';
import { LibrariesService } from './libraries.service.js';
import { LibraryObject } from './library.graphql.js';

@Resolver(() => ServerObject)
export class LibrariesResolver {
  constructor(private readonly service: LibrariesService) {}

  @Query(() => [LibraryObject])
  libraries(
    @CurrentActor() actor: Actor,
    @Args('serverIds', { type: () => [ID], nullable: true }) serverIds?: string[] | null,
  ): Promise<LibraryRow[]> {
    return this.service.list(actor, serverIds);
  }

  @ResolveField('libraries', () => [LibraryObject])
  librariesOfServer(@Parent() server: { id: string }, @Context() context: GraphqlContext): Promise<LibraryRow[]> {
    return loaderOf<string, LibraryRow[]>(context, 'libraries', (ids) => this.service.byServer(ids)).load(server.id);
  }
}
