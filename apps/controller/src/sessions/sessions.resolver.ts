import { Args, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { SessionControlService } from './session-control.service.js';
import { ControlResultObject, ControlSessionInput, FleetOverviewObject, SendSessionNoticeInput, ServerSessionsObject, SessionObject, StopSessionInput } from './sessions.graphql.js';
import { SessionsService } from './sessions.service.js';

/** The command's own time, and what stands around it. */
const ONE_ORDER_MS = 15_000;
const SERVER_IDS = { type: () => [ID], nullable: true } as const;

@Resolver()
export class SessionsResolver {
  constructor(
    private readonly sessions: SessionsService,
    private readonly controls: SessionControlService,
  ) {}

  @Query(() => FleetOverviewObject)
  fleetOverview(@CurrentActor() actor: Actor, @Args('serverIds', SERVER_IDS) serverIds?: string[] | null): Promise<FleetOverviewObject> {
    return this.sessions.overview(actor, serverIds);
  }

  @Query(() => [ServerSessionsObject], { name: 'sessions', description: 'Snapshots of the live sessions, one per server.' })
  list(@CurrentActor() actor: Actor, @Args('serverIds', SERVER_IDS) serverIds?: string[] | null): ServerSessionsObject[] {
    return this.sessions.list(actor, serverIds);
  }

  @Subscription(() => ServerSessionsObject, {
    description: 'Whole snapshots; the first one comes at once. The highest `seq` of a server wins.',
    resolve: (snapshot: ServerSessionsObject) => snapshot,
  })
  sessionsChanged(@CurrentActor() actor: Actor, @Args('serverIds', SERVER_IDS) serverIds?: string[] | null): AsyncIterableIterator<ServerSessionsObject> {
    return this.sessions.watch(actor, serverIds);
  }

  @Query(() => SessionObject, { nullable: true, description: 'Null when it is not there any more.' })
  session(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): SessionObject | null {
    return this.sessions.one(actor, id);
  }

  @Mutation(() => ControlResultObject)
  @Takes(ONE_ORDER_MS)
  stopSession(@CurrentActor() actor: Actor, @Args('input') input: StopSessionInput): Promise<ControlResultObject> {
    return this.controls.stop(actor, input);
  }

  @Mutation(() => ControlResultObject)
  @Takes(ONE_ORDER_MS)
  controlSession(@CurrentActor() actor: Actor, @Args('input') input: ControlSessionInput): Promise<ControlResultObject> {
    return this.controls.control(actor, input);
  }

  @Mutation(() => Boolean)
  sendSessionNotice(@CurrentActor() actor: Actor, @Args('input') input: SendSessionNoticeInput): Promise<boolean> {
    return this.controls.notify(actor, input);
  }
}
