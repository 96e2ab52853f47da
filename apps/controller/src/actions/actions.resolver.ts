import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { RefreshItemInput, RefreshLibraryInput, RemoteActionResultObject, RestartServerInput, ScanLibraryInput } from './actions.graphql.js';
import { ActionsService } from './actions.service.js';

/** The longest of the commands, and what stands around it. */
const ONE_ACTION_MS = 30_000;

@Resolver()
export class ActionsResolver {
  constructor(private readonly service: ActionsService) {}

  @Mutation(() => RemoteActionResultObject)
  @Takes(ONE_ACTION_MS)
  scanLibrary(@CurrentActor() actor: Actor, @Args('input') input: ScanLibraryInput): Promise<RemoteActionResultObject> {
    return this.service.scanLibrary(actor, input);
  }

  @Mutation(() => RemoteActionResultObject)
  @Takes(ONE_ACTION_MS)
  refreshLibrary(@CurrentActor() actor: Actor, @Args('input') input: RefreshLibraryInput): Promise<RemoteActionResultObject> {
    return this.service.refreshLibrary(actor, input);
  }

  @Mutation(() => RemoteActionResultObject)
  @Takes(ONE_ACTION_MS)
  refreshItem(@CurrentActor() actor: Actor, @Args('input') input: RefreshItemInput): Promise<RemoteActionResultObject> {
    return this.service.refreshItem(actor, input);
  }

  @Mutation(() => RemoteActionResultObject, { description: 'Restarts the media server itself; Plex has no such order.' })
  @Takes(ONE_ACTION_MS)
  restartServer(@CurrentActor() actor: Actor, @Args('input') input: RestartServerInput): Promise<RemoteActionResultObject> {
    return this.service.restartServer(actor, input);
  }
}
