import { Args, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { DrainsService } from './drains.service.js';
import { DrainServerInput, ServerDrainObject } from './route.graphql.js';
import { ServerCapacityService } from './server-capacity.service.js';
import { RoutingOverviewObject, ServerCapacityObject, ServerLoadObject, UpdateServerCapacityInput } from './server-load.graphql.js';
import { ServerLoadsService } from './server-loads.service.js';

const SERVER_IDS = { type: () => [ID], nullable: true } as const;
const ID_ARG = { type: () => ID } as const;

@Resolver()
export class ServerLoadsResolver {
  constructor(
    private readonly loads: ServerLoadsService,
    private readonly drains: DrainsService,
    private readonly capacity: ServerCapacityService,
  ) {}

  @Query(() => [ServerLoadObject], { description: 'Loads as the router counts them; empty without a router.' })
  serverLoads(@CurrentActor() actor: Actor, @Args('serverIds', SERVER_IDS) serverIds?: string[] | null): Promise<ServerLoadObject[]> {
    return this.loads.list(actor, serverIds);
  }

  @Query(() => RoutingOverviewObject)
  routingOverview(@CurrentActor() actor: Actor): Promise<RoutingOverviewObject> {
    return this.loads.overview(actor);
  }

  @Subscription(() => [ServerLoadObject], { description: 'All of them, at most once a second; the first ones come at once.', resolve: (loads: ServerLoadObject[]) => loads })
  serverLoadsChanged(@CurrentActor() actor: Actor): AsyncIterableIterator<ServerLoadObject[]> {
    return this.loads.watch(actor);
  }

  @Mutation(() => ServerDrainObject, { description: 'No new starts from now on. Repeating it changes `until`, `move` and `reason`.' })
  drainServer(@CurrentActor() actor: Actor, @Args('input') input: DrainServerInput): Promise<ServerDrainObject> {
    return this.drains.drain(actor, input);
  }

  @Mutation(() => Boolean, { description: 'False when it was not drained.' })
  undrainServer(@CurrentActor() actor: Actor, @Args('serverId', ID_ARG) serverId: string): Promise<boolean> {
    return this.drains.undrain(actor, serverId);
  }

  @Query(() => ServerCapacityObject)
  serverCapacity(@CurrentActor() actor: Actor, @Args('serverId', ID_ARG) serverId: string): Promise<ServerCapacityObject> {
    return this.capacity.one(actor, serverId);
  }

  @Mutation(() => ServerCapacityObject)
  updateServerCapacity(@CurrentActor() actor: Actor, @Args('input') input: UpdateServerCapacityInput): Promise<ServerCapacityObject> {
    return this.capacity.update(actor, input);
  }
}
