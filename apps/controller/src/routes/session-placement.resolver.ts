import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { loaderOf, type GraphqlContext } from '../graphql/context.js';
import { SessionObject } from '../sessions/sessions.graphql.js';
import { PlacementObject } from './placement.graphql.js';
import { PlacementsService } from './placements.service.js';

/** Why a session plays where it does. */
@Resolver(() => SessionObject)
export class SessionPlacementResolver {
  constructor(private readonly service: PlacementsService) {}

  @ResolveField(() => PlacementObject, { nullable: true, description: 'The decision of the route that led it here; null when it came by itself.' })
  placement(@Parent() session: SessionObject, @Context() context: GraphqlContext): Promise<PlacementObject | null> {
    return loaderOf<SessionObject, PlacementObject | null>(context, 'placement', (sessions) => this.service.ofSessions(context.actor, sessions)).load(session);
  }
}
