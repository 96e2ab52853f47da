import { Args, ID, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { CreateRouteInput, PlacementObject, SimulatePlacementInput } from './placement.graphql.js';
import { CreateRouteResult, RouteObject } from './route.graphql.js';
import { RoutesService } from './routes.service.js';

@Resolver()
export class RoutesResolver {
  constructor(private readonly service: RoutesService) {}

  @Query(() => [RouteObject], { description: 'Living routes, the newest first.' })
  routes(@CurrentActor() actor: Actor, @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null): Promise<RouteObject[]> {
    return this.service.list(actor, first ?? 50);
  }

  @Query(() => RouteObject)
  route(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<RouteObject> {
    return this.service.one(actor, id);
  }

  @Mutation(() => CreateRouteResult, { description: 'Chooses a server and makes a link that leads to it, and elsewhere when it fails.' })
  createRoute(@CurrentActor() actor: Actor, @Args('input') input: CreateRouteInput): Promise<CreateRouteResult> {
    return this.service.create(actor, input);
  }

  @Query(() => PlacementObject, { description: 'The decision that createRoute would make now; nothing is reserved or stored.' })
  simulatePlacement(@CurrentActor() actor: Actor, @Args('input') input: SimulatePlacementInput): Promise<PlacementObject> {
    return this.service.simulate(actor, input);
  }
}
