import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import type { CreateRouteInput, PlacementObject, SimulatePlacementInput } from './placement.graphql.js';
import type { CreateRouteResult, RouteObject } from './route.graphql.js';

@Injectable()
export class RoutesService {
  declare list: (actor: Actor, first: number) => Promise<RouteObject[]>;
  declare one: (actor: Actor, id: string) => Promise<RouteObject>;
  declare create: (actor: Actor, input: CreateRouteInput) => Promise<CreateRouteResult>;
  declare simulate: (actor: Actor, input: SimulatePlacementInput) => Promise<PlacementObject>;
}
