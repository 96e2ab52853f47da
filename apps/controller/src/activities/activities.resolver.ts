import { Args, ID, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { ServerActivitiesObject } from './activities.graphql.js';
import { ActivitiesService } from './activities.service.js';

const SERVER_IDS = { type: () => [ID], nullable: true } as const;

@Resolver()
export class ActivitiesResolver {
  constructor(private readonly service: ActivitiesService) {}

  @Query(() => [ServerActivitiesObject], { description: 'Running work besides streams, one list per server that told.' })
  activities(@CurrentActor() actor: Actor, @Args('serverIds', SERVER_IDS) serverIds?: string[] | null): ServerActivitiesObject[] {
    return this.service.list(actor, serverIds);
  }

  @Subscription(() => ServerActivitiesObject, { description: 'Whole lists; the first ones come at once.', resolve: (list: ServerActivitiesObject) => list })
  activitiesChanged(@CurrentActor() actor: Actor, @Args('serverIds', SERVER_IDS) serverIds?: string[] | null): AsyncIterableIterator<ServerActivitiesObject> {
    return this.service.watch(actor, serverIds);
  }
}
