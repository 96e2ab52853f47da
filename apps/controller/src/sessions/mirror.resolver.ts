import { Args, ID, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { SessionMirrorObject } from './mirror.graphql.js';
import { MirrorsService } from './mirrors.service.js';

@Resolver()
export class MirrorResolver {
  constructor(private readonly mirrors: MirrorsService) {}

  @Query(() => SessionMirrorObject)
  sessionMirror(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): SessionMirrorObject {
    return this.mirrors.one(actor, id);
  }

  @Subscription(() => SessionMirrorObject, {
    description: 'At once, then whenever anything of it changes; while somebody listens the agent sends positions too.',
    resolve: (mirror: SessionMirrorObject) => mirror,
  })
  sessionMirrorChanged(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): AsyncIterableIterator<SessionMirrorObject> {
    return this.mirrors.watch(actor, id);
  }
}
