import { Args, ID, Mutation, Resolver } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { CurrentActor } from '../graphql/context.js';
import { ServerObject } from '../servers/server.graphql.js';
import { SetPrimaryServerInput } from './linking.graphql.js';
import { LinkingService } from './linking.service.js';

@Resolver()
export class LinkingResolver {
  constructor(private readonly service: LinkingService) {}

  @Mutation(() => ServerObject, { description: 'The server that was primary until now becomes a linked one. Asks for the password again.' })
  setPrimaryServer(@CurrentActor() actor: Actor, @Args('input') input: SetPrimaryServerInput): Promise<ServerObject> {
    return this.service.setPrimary(actor, input);
  }

  @Mutation(() => ServerObject, { description: 'What is sent to the whole fleet goes to this server too.' })
  linkServer(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<ServerObject> {
    return this.service.link(actor, id);
  }

  @Mutation(() => ServerObject, { description: 'What is sent to the whole fleet leaves this server out. Not for the primary server.' })
  unlinkServer(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<ServerObject> {
    return this.service.unlink(actor, id);
  }
}
