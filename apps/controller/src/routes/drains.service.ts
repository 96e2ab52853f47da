import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { DrainServerInput, ServerDrainObject } from './route.graphql.js';

@Injectable()
export class DrainsService {
  declare drain: (actor: Actor, input: DrainServerInput) => Promise<ServerDrainObject>;
  declare undrain: (actor: Actor, serverId: string) => Promise<boolean>;
}
