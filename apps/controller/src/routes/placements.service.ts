import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { PlacementConnectionObject, PlacementFilter, PlacementObject, PlacementReplayObject } from './placement.graphql.js';

@Injectable()
export class PlacementsService {
  declare page: (actor: Actor, filter: PlacementFilter | null | undefined, first: number, after: string | null | undefined) => Promise<PlacementConnectionObject>;
  declare one: (actor: Actor, id: string) => Promise<PlacementObject>;
  declare replay: (actor: Actor, id: string) => Promise<PlacementReplayObject>;
  declare watch: (actor: Actor) => AsyncIterableIterator<PlacementObject>;
}
