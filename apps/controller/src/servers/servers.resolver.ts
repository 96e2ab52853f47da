import { Args, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { Actor } from '../auth/actor.js';
import { ChangeHub, mapped } from '../graphql/changes.js';
import { CurrentActor } from '../graphql/context.js';
import { Takes } from '../graphql/deadline.interceptor.js';
import { ImportService } from './import.service.js';
import { RegistrationService } from './registration.service.js';
import { ServerFilter, ServerObject } from './server.graphql.js';
import { ImportServersInput, RegisterServerInput, RemoveServerInput, TestServerConnectionInput, UpdateServerInput } from './server-inputs.graphql.js';
import { ImportServersResultObject, RegisterServerResultObject, ServerConnectionTestObject } from './server-results.graphql.js';
import { serverView } from './server-view.js';
import { ServersService } from './servers.service.js';

/** A test may use the whole time of `server.test` and of asking the host for its key. */
const ONE_TEST_MS = 30_000;
/** A thousand rows, four at a time, most of them answering at once. */
const IMPORT_MS = 15 * 60_000;

@Resolver(() => ServerObject)
export class ServersResolver {
  constructor(
    private readonly service: ServersService,
    private readonly registration: RegistrationService,
    private readonly imports: ImportService,
    private readonly changes: ChangeHub,
  ) {}

  @Query(() => [ServerObject])
  async servers(@CurrentActor() actor: Actor, @Args('filter', { type: () => ServerFilter, nullable: true }) filter?: ServerFilter | null): Promise<ServerObject[]> {
    return (await this.service.list(actor, filter ?? {})).map((row) => serverView(row, actor));
  }

  @Query(() => ServerObject)
  async server(
    @CurrentActor() actor: Actor,
    @Args('id', { type: () => ID, nullable: true }) id?: string | null,
    @Args('alias', { type: () => String, nullable: true }) alias?: string | null,
  ): Promise<ServerObject> {
    return serverView(await this.service.find(actor, { id, alias }), actor);
  }

  @Mutation(() => ServerConnectionTestObject)
  @Takes(ONE_TEST_MS)
  testServerConnection(@CurrentActor() actor: Actor, @Args('input') input: TestServerConnectionInput): Promise<ServerConnectionTestObject> {
    return this.registration.test(actor, input);
  }

  @Mutation(() => RegisterServerResultObject)
  @Takes(ONE_TEST_MS)
  async registerServer(@CurrentActor() actor: Actor, @Args('input') input: RegisterServerInput): Promise<RegisterServerResultObject> {
    const { server, test } = await this.registration.register(actor, input);
    return { server: serverView(server, actor), test };
  }

  @Mutation(() => ServerObject)
  @Takes(ONE_TEST_MS)
  async updateServer(@CurrentActor() actor: Actor, @Args('input') input: UpdateServerInput): Promise<ServerObject> {
    return serverView(await this.registration.update(actor, input), actor);
  }

  @Mutation(() => ServerObject)
  async removeServer(@CurrentActor() actor: Actor, @Args('input') input: RemoveServerInput): Promise<ServerObject> {
    return serverView(await this.service.remove(actor, input.id, input.confirmAlias), actor);
  }

  @Mutation(() => ImportServersResultObject)
  @Takes(IMPORT_MS)
  importServers(@CurrentActor() actor: Actor, @Args('input') input: ImportServersInput): Promise<ImportServersResultObject> {
    return this.imports.importServers(actor, input);
  }

  @Mutation(() => ServerObject)
  @Takes(ONE_TEST_MS)
  async refreshServer(@CurrentActor() actor: Actor, @Args('id', { type: () => ID }) id: string): Promise<ServerObject> {
    return serverView(await this.service.refresh(actor, id), actor);
  }

  @Subscription(() => ServerObject, { description: 'Servers whose row changed; also for those that were added or removed.', resolve: (server: ServerObject) => server })
  serversChanged(@CurrentActor() actor: Actor): AsyncIterable<ServerObject> {
    actor.allow('viewer');
    return mapped(this.changes.ids('server'), async (id) => {
      const row = await this.service.changed(actor, id);
      return row && serverView(row, actor);
    });
  }
}
