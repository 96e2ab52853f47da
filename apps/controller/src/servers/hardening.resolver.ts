import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { HardeningEntry } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import { CurrentActor, loaderOf, type GraphqlContext } from '../graphql/context.js';
import type { JudgedEntry } from './hardening.js';
import { AcceptHardeningInput, HardeningEntryObject, RevokeHardeningInput } from './hardening.graphql.js';
import { HardeningService } from './hardening.service.js';
import { ServerObject } from './server.graphql.js';
import { serverView } from './server-view.js';
import { ServersService } from './servers.service.js';

interface Server {
  readonly id: string;
  readonly hardening: readonly HardeningEntry[];
}

@Resolver(() => ServerObject)
export class HardeningResolver {
  constructor(
    private readonly service: HardeningService,
    private readonly servers: ServersService,
  ) {}

  @ResolveField('hardening', () => [HardeningEntryObject], { description: 'What the server leaves open by itself. Empty for role viewer.' })
  hardening(@Parent() server: Server, @Context() context: GraphqlContext): Promise<JudgedEntry[]> {
    return loaderOf<Server, JudgedEntry[]>(context, 'hardening', (servers) => this.service.judged(servers)).load(server);
  }

  @Mutation(() => ServerObject, { description: 'Moves an entry of the hardening list to what is accepted, as it reads now: when it changes, it is open again.' })
  async acceptHardening(@CurrentActor() actor: Actor, @Args('input') input: AcceptHardeningInput): Promise<ServerObject> {
    await this.service.accept(actor, input);
    return serverView(await this.servers.living(input.serverId), actor);
  }

  @Mutation(() => ServerObject, { description: 'The entry is open again.' })
  async revokeHardening(@CurrentActor() actor: Actor, @Args('input') input: RevokeHardeningInput): Promise<ServerObject> {
    await this.service.revoke(actor, input);
    return serverView(await this.servers.living(input.serverId), actor);
  }
}
