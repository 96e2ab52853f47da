import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { RoutingOverviewObject, ServerLoadObject } from './server-load.graphql.js';

@Injectable()
export class ServerLoadsService {
  declare list: (actor: Actor, serverIds: string[] | null | undefined) => Promise<ServerLoadObject[]>;
  declare overview: (actor: Actor) => Promise<RoutingOverviewObject>;
  declare watch: (actor: Actor) => AsyncIterableIterator<ServerLoadObject[]>;
}
