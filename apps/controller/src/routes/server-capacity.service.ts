import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { ServerCapacityObject, UpdateServerCapacityInput } from './server-load.graphql.js';

@Injectable()
export class ServerCapacityService {
  declare one: (actor: Actor, serverId: string) => Promise<ServerCapacityObject>;
  declare update: (actor: Actor, input: UpdateServerCapacityInput) => Promise<ServerCapacityObject>;
}
