import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { ServerEfficiencyObject } from './efficiency.graphql.js';
import { EfficiencyService } from './efficiency.service.js';

@Resolver()
export class EfficiencyResolver {
  constructor(private readonly service: EfficiencyService) {}

  @Query(() => ServerEfficiencyObject, { description: 'What the picture of one server costs it. Asks the media server nothing.' })
  serverEfficiency(@CurrentActor() actor: Actor, @Args('serverId', { type: () => ID }) serverId: string): Promise<ServerEfficiencyObject> {
    return this.service.one(actor, serverId);
  }

  @Query(() => [ServerEfficiencyObject], { description: 'All servers at once, by alias; those whose agent does not answer come with an error.' })
  efficiency(@CurrentActor() actor: Actor, @Args('serverIds', { type: () => [ID], nullable: true }) serverIds?: string[] | null): Promise<ServerEfficiencyObject[]> {
    return this.service.all(actor, serverIds);
  }
}
