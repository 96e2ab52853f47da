import { Args, ID, Int, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { PlacementConnectionObject, PlacementFilter, PlacementObject, PlacementReplayObject } from './placement.graphql.js';
import { PlacementsService } from './placements.service.js';

const ID_ARG = { type: () => ID } as const;

@Resolver()
export class PlacementsResolver {
  constructor(private readonly service: PlacementsService) {}

  @Query(() => PlacementConnectionObject, { description: 'Decisions, the newest first.' })
  placements(
    @CurrentActor() actor: Actor,
    @Args('filter', { type: () => PlacementFilter, nullable: true }) filter: PlacementFilter | null | undefined,
    @Args('first', { type: () => Int, nullable: true, defaultValue: 50 }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
  ): Promise<PlacementConnectionObject> {
    return this.service.page(actor, filter, first ?? 50, after);
  }

  @Query(() => PlacementObject)
  placement(@CurrentActor() actor: Actor, @Args('id', ID_ARG) id: string): Promise<PlacementObject> {
    return this.service.one(actor, id);
  }

  @Query(() => PlacementReplayObject, { description: 'Decides the stored inputs again.' })
  replayPlacement(@CurrentActor() actor: Actor, @Args('id', ID_ARG) id: string): Promise<PlacementReplayObject> {
    return this.service.replay(actor, id);
  }

  @Subscription(() => PlacementObject, { description: 'Every decision, as it is stored.', resolve: (placement: PlacementObject) => placement })
  placementsChanged(@CurrentActor() actor: Actor): AsyncIterableIterator<PlacementObject> {
    return this.service.watch(actor);
  }
}
