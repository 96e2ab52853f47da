import { Injectable } from '@nestjs/common';
import { AppError, createRoute, simulatePlacement, Uuid7, type PlacementRecord, type RouteRecord } from '@usher/contracts';
import { z } from 'zod';
import type { Actor } from '../auth/actor.js';
import { parseInput } from '../graphql/parse-input.js';
import type { CreateRouteInput, PlacementObject, SimulatePlacementInput } from './placement.graphql.js';
import { PlacementRequestsService } from './placement-requests.service.js';
import { refusalsOf, showPlacement } from './placement-text.js';
import { PlacementsRepository } from './placements.repository.js';
import { RouteIntents } from './route-intents.js';
import { RouteLinks } from './route-links.js';
import type { CreateRouteResult, RouteObject } from './route.graphql.js';
import { RouterDoor } from './router-door.js';
import { RoutesRepository } from './routes.repository.js';
import { ServerNames } from './server-names.js';

const Position = z.number().int().nonnegative().max(7 * 24 * 3_600_000);
const MAX_PAGE = 200;
const RETRY_FULL_MS = 30_000;

/** Makes links that lead a viewer to the server with room. The router decides and writes; the rows say what it decided. */
@Injectable()
export class RoutesService {
  constructor(
    private readonly requests: PlacementRequestsService,
    private readonly intents: RouteIntents,
    private readonly links: RouteLinks,
    private readonly router: RouterDoor,
    private readonly routes: RoutesRepository,
    private readonly placements: PlacementsRepository,
    private readonly names: ServerNames,
  ) {}

  /**
   * A repeat with the same idempotency key gives the same route, or tries again what was refused.
   * @throws NO_SERVER_AVAILABLE and FLEET_SATURATED with one reason per server in `details.candidates`; ROUTER_OFFLINE
   */
  async create(actor: Actor, input: CreateRouteInput): Promise<CreateRouteResult> {
    const operator = actor.require('operator');
    const request = await this.requests.of(input, parseInput(Position, input.positionMs ?? 0, 'positionMs'));
    const routeId = await this.intents.routeIdFor(actor, operator, input, request);
    const { placed, placementId } = await this.router.ask(createRoute, { routeId, linkSha256: this.links.sha256(routeId), request });
    const [placement, names] = await Promise.all([this.placements.byId(placementId), this.names.all()]);
    if (!placement) throw new AppError('NOT_FOUND', 'The decision is not there any more.', { placementId });
    if (!placed) throw refusal(placement, names);
    const route = await this.routes.byId(routeId);
    if (!route) throw new AppError('NOT_FOUND', 'The route is not there any more.', { routeId });
    return { route: showRoute(route), url: this.links.url(routeId), placement: showPlacement(placement, names) };
  }

  /** For everybody who is signed in. */
  async simulate(actor: Actor, input: SimulatePlacementInput): Promise<PlacementObject> {
    actor.require('viewer');
    const request = await this.requests.of(input, 0);
    const { placement } = await this.router.ask(simulatePlacement, { request });
    return showPlacement(placement, await this.names.all());
  }

  async list(actor: Actor, first: number): Promise<RouteObject[]> {
    actor.require('viewer');
    if (first < 1 || first > MAX_PAGE) throw new AppError('VALIDATION_FAILED', `A list has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
    return (await this.routes.newest(first)).map(showRoute);
  }

  /** Without its link: whoever has that is led to the item. @throws VALIDATION_FAILED, NOT_FOUND */
  async one(actor: Actor, id: string): Promise<RouteObject> {
    actor.require('viewer');
    if (!Uuid7.safeParse(id).success) throw new AppError('VALIDATION_FAILED', 'This is not the id of a route.', { field: 'id' });
    const route = await this.routes.byId(id);
    if (!route) throw new AppError('NOT_FOUND', 'There is no such route.', { field: 'id' });
    return showRoute(route);
  }
}

function refusal(placement: PlacementRecord, names: ReadonlyMap<string, string>): AppError {
  const isFull = placement.code === 'FLEET_SATURATED';
  const details = { placementId: placement.placementId, candidates: refusalsOf(placement, names), ...(isFull && { retryAfterMs: RETRY_FULL_MS }) };
  return isFull
    ? new AppError('FLEET_SATURATED', 'Every server that could play it is full.', details)
    : new AppError('NO_SERVER_AVAILABLE', 'No server can play it now.', details);
}

function showRoute(route: RouteRecord): RouteObject {
  const { itemKey, title, userName } = route.request;
  const isOver = Date.parse(route.expiresAt) <= Date.now() && route.state !== 'ended';
  return {
    id: route.routeId,
    state: isOver ? 'expired' : route.state,
    itemKey,
    title,
    userName,
    serverId: route.serverId,
    placementId: route.placementId,
    positionMs: route.positionMs,
    positionAt: new Date(route.positionAt),
    moves: route.moves,
    createdAt: new Date(route.createdAt),
    expiresAt: new Date(route.expiresAt),
  };
}
