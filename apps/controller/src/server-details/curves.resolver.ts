import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { CurveRange } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { CurveRangeEnum, ServerCurvesObject } from './curves.graphql.js';
import { CurvesService } from './curves.service.js';

@Resolver()
export class CurvesResolver {
  constructor(private readonly service: CurvesService) {}

  @Query(() => ServerCurvesObject, { description: 'What the calls to one server and its machine did. Asks the media server nothing.' })
  serverCurves(@CurrentActor() actor: Actor, @Args('serverId', { type: () => ID }) serverId: string, @Args('range', { type: () => CurveRangeEnum }) range: CurveRange): Promise<ServerCurvesObject> {
    return this.service.one(actor, serverId, range);
  }

  @Query(() => [ServerCurvesObject], { description: 'All servers at once, by alias; those whose agent does not answer come with an error.' })
  curves(@CurrentActor() actor: Actor, @Args('range', { type: () => CurveRangeEnum }) range: CurveRange, @Args('serverIds', { type: () => [ID], nullable: true }) serverIds?: string[] | null): Promise<ServerCurvesObject[]> {
    return this.service.all(actor, range, serverIds);
  }
}
