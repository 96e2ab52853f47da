import type { ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';

export interface RoutesWorld {
  readonly serverId: string;
  readonly itemKey: string;
  /** `<server id>:<user id>` */
  readonly userId: string;
  readonly placementId: string;
  readonly routeId: string;
  /** An id of nothing. */
  readonly foreignId: string;
}

export interface RoutesBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: RoutesWorld) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator';
  readonly code: ErrorCode;
}

/** How each operation is called; the variables come from the row. */
export const ROUTES_DOCUMENTS: Readonly<Record<string, string>> = {
  createRoute: 'mutation ($input: CreateRouteInput!) { createRoute(input: $input) { url } }',
  simulatePlacement: 'query ($input: SimulatePlacementInput!) { simulatePlacement(input: $input) { verdict } }',
  routes: 'query ($first: Int) { routes(first: $first) { id } }',
  route: 'query ($id: ID!) { route(id: $id) { id } }',
  placements: 'query ($filter: PlacementFilter, $first: Int, $after: String) { placements(filter: $filter, first: $first, after: $after) { totalCount } }',
  placement: 'query ($id: ID!) { placement(id: $id) { id } }',
  replayPlacement: 'query ($id: ID!) { replayPlacement(id: $id) { same } }',
  serverLoads: 'query ($serverIds: [ID!]) { serverLoads(serverIds: $serverIds) { serverId } }',
  routingOverview: '{ routingOverview { routers } }',
  drainServer: 'mutation ($input: DrainServerInput!) { drainServer(input: $input) { serverId } }',
  undrainServer: 'mutation ($serverId: ID!) { undrainServer(serverId: $serverId) }',
  serverCapacity: 'query ($serverId: ID!) { serverCapacity(serverId: $serverId) { weight } }',
  updateServerCapacity: 'mutation ($input: UpdateServerCapacityInput!) { updateServerCapacity(input: $input) { weight } }',
};

const client = { kind: 'Browser', network: 'WAN' };
const asked = (world: RoutesWorld, given: Record<string, unknown> = {}) => ({ input: { itemKey: world.itemKey, userId: world.userId, client, ...given } });
const toCreate = (world: RoutesWorld, given: Record<string, unknown> = {}) => asked(world, { idempotencyKey: `key ${Math.random()}`, ...given });
const drain = (world: RoutesWorld, given: Record<string, unknown> = {}) => ({ input: { serverId: world.serverId, idempotencyKey: 'k', ...given } });
const capacity = (world: RoutesWorld, given: Record<string, unknown>) => ({ input: { serverId: world.serverId, ...given } });

/** Good variables of every operation. */
export const ROUTES_GOOD: Readonly<Record<string, { needs: 'viewer' | 'operator'; variables: (world: RoutesWorld) => Record<string, unknown> }>> = {
  createRoute: { needs: 'operator', variables: toCreate },
  simulatePlacement: { needs: 'viewer', variables: asked },
  routes: { needs: 'viewer', variables: () => ({ first: 10 }) },
  route: { needs: 'viewer', variables: ({ routeId }) => ({ id: routeId }) },
  placements: { needs: 'viewer', variables: () => ({ first: 10 }) },
  placement: { needs: 'viewer', variables: ({ placementId }) => ({ id: placementId }) },
  replayPlacement: { needs: 'viewer', variables: ({ placementId }) => ({ id: placementId }) },
  serverLoads: { needs: 'viewer', variables: () => ({}) },
  routingOverview: { needs: 'viewer', variables: () => ({}) },
  drainServer: { needs: 'operator', variables: drain },
  undrainServer: { needs: 'operator', variables: ({ serverId }) => ({ serverId }) },
  serverCapacity: { needs: 'viewer', variables: ({ serverId }) => ({ serverId }) },
  updateServerCapacity: { needs: 'operator', variables: (world) => capacity(world, { weight: 2 }) },
};

type Case = readonly [mistake: Mistake, given: string, variables: RoutesBadInput['variables'], code: ErrorCode];

function rows(operation: string, as: RoutesBadInput['as'], cases: readonly Case[]): RoutesBadInput[] {
  return cases.map(([mistake, given, variables, code]) => ({ operation, mistake, given, variables, as, code }));
}

const wrongRoles: RoutesBadInput[] = Object.entries(ROUTES_GOOD).flatMap(([operation, { needs, variables }]) => [
  { operation, mistake: 'wrong role', given: 'nobody signed in', variables, as: 'anonymous', code: 'UNAUTHENTICATED' },
  ...(needs === 'operator' ? [{ operation, mistake: 'wrong role', given: 'role viewer', variables, as: 'viewer', code: 'FORBIDDEN' } as const] : []),
]);

/** What both ways to ask for a placement refuse. */
function onAsking(operation: string, as: RoutesBadInput['as'], make: typeof toCreate): RoutesBadInput[] {
  return rows(operation, as, [
    ['missing', 'no item', (world) => make(world, { itemKey: undefined }), 'VALIDATION_FAILED'],
    ['missing', 'an empty item', (world) => make(world, { itemKey: '' }), 'VALIDATION_FAILED'],
    ['oversized', 'an item of 201 characters', (world) => make(world, { itemKey: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
    ['foreign id', 'an item of nobody', (world) => make(world, { itemKey: world.foreignId }), 'NOT_FOUND'],
    ['malformed', 'an item that is no id', (world) => make(world, { itemKey: "1' OR 1=1" }), 'NOT_FOUND'],
    ['malformed', 'a user without a server', (world) => make(world, { userId: 'ana' }), 'VALIDATION_FAILED'],
    ['oversized', 'a user of 300 characters', (world) => make(world, { userId: `${world.serverId}:${'x'.repeat(263)}` }), 'VALIDATION_FAILED'],
    ['foreign id', 'a user of nobody', (world) => make(world, { userId: `${world.serverId}:nobody` }), 'NOT_FOUND'],
    ['foreign id', 'a user of an unknown server', (world) => make(world, { userId: `${world.foreignId}:ana` }), 'NOT_FOUND'],
    ['missing', 'a client without network', (world) => make(world, { client: { kind: 'Browser' } }), 'VALIDATION_FAILED'],
    ['malformed', 'a client by relay', (world) => make(world, { client: { ...client, network: 'RELAY' } }), 'VALIDATION_FAILED'],
    ['malformed', 'a client of no rate', (world) => make(world, { client: { ...client, maxKbps: 0 } }), 'VALIDATION_FAILED'],
    ['malformed', 'a client of negative height', (world) => make(world, { client: { ...client, maxHeight: -720 } }), 'VALIDATION_FAILED'],
    ['oversized', 'a client with 21 codecs', (world) => make(world, { client: { ...client, videoCodecs: Array.from({ length: 21 }, () => 'h264') } }), 'VALIDATION_FAILED'],
    ['oversized', 'a client name of 51 characters', (world) => make(world, { client: { ...client, kind: 'x'.repeat(51) } }), 'VALIDATION_FAILED'],
    ['wrong type', 'a word as height', (world) => make(world, { client: { ...client, maxHeight: 'tall' } }), 'VALIDATION_FAILED'],
  ]);
}

const byId = (operation: string): RoutesBadInput[] =>
  rows(operation, 'viewer', [
    ['missing', 'no id', () => ({}), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ id: "1' OR 1=1" }), 'VALIDATION_FAILED'],
    ['foreign id', 'an id of nothing', (world) => ({ id: world.foreignId }), 'NOT_FOUND'],
  ]);

/** Every operation of routing against bad input: each row is a test. */
export const ROUTES_BAD_INPUTS: readonly RoutesBadInput[] = [
  ...wrongRoles,
  ...onAsking('createRoute', 'operator', toCreate),
  ...onAsking('simulatePlacement', 'viewer', asked),
  ...rows('createRoute', 'operator', [
    ['missing', 'no idempotency key', (world) => asked(world), 'VALIDATION_FAILED'],
    ['oversized', 'an idempotency key of 201 characters', (world) => toCreate(world, { idempotencyKey: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
    ['malformed', 'a negative position', (world) => toCreate(world, { positionMs: -1 }), 'VALIDATION_FAILED'],
    ['wrong type', 'a fraction as position', (world) => toCreate(world, { positionMs: 1.5 }), 'VALIDATION_FAILED'],
    ['oversized', 'a position beyond a week', (world) => toCreate(world, { positionMs: 700_000_000 }), 'VALIDATION_FAILED'],
  ]),
  ...byId('route'),
  ...byId('placement'),
  ...byId('replayPlacement'),
  ...rows('routes', 'viewer', [
    ['malformed', 'a list of none', () => ({ first: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'a list of 201 rows', () => ({ first: 201 }), 'VALIDATION_FAILED'],
  ]),
  ...rows('placements', 'viewer', [
    ['malformed', 'a page of none', () => ({ first: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'a page of 101 rows', () => ({ first: 101 }), 'VALIDATION_FAILED'],
    ['malformed', 'a cursor that is not ours', () => ({ after: 'nonsense' }), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', () => ({ filter: { serverIds: ['attic'] } }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown verdict', () => ({ filter: { verdicts: ['PERHAPS'] } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('serverLoads', 'viewer', [['malformed', 'an id that is none', () => ({ serverIds: ['attic'] }), 'VALIDATION_FAILED']]),
  ...rows('routingOverview', 'viewer', []),
  ...rows('drainServer', 'operator', [
    ['malformed', 'an id that is none', (world) => drain(world, { serverId: 'attic' }), 'VALIDATION_FAILED'],
    ['foreign id', 'a server of nobody', (world) => drain(world, { serverId: world.foreignId }), 'NOT_FOUND'],
    ['malformed', 'an end in the past', (world) => drain(world, { until: '2020-01-01T00:00:00Z' }), 'VALIDATION_FAILED'],
    ['wrong type', 'an end that is no time', (world) => drain(world, { until: 'tomorrow' }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown way to move', (world) => drain(world, { move: 'LATER' }), 'VALIDATION_FAILED'],
    ['oversized', 'a reason of 201 characters', (world) => drain(world, { reason: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
    ['oversized', 'an idempotency key of 201 characters', (world) => drain(world, { idempotencyKey: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
  ]),
  ...['undrainServer', 'serverCapacity'].flatMap((operation) =>
    rows(operation, 'operator', [
      ['malformed', 'an id that is none', () => ({ serverId: 'attic' }), 'VALIDATION_FAILED'],
      ['foreign id', 'a server of nobody', (world) => ({ serverId: world.foreignId }), 'NOT_FOUND'],
    ]),
  ),
  ...rows('updateServerCapacity', 'operator', [
    ['foreign id', 'a server of nobody', (world) => capacity(world, { serverId: world.foreignId, cores: 4 }), 'NOT_FOUND'],
    ['malformed', 'no cores', (world) => capacity(world, { cores: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'cores of a city', (world) => capacity(world, { cores: 1_025 }), 'VALIDATION_FAILED'],
    ['malformed', 'a line that carries nothing', (world) => capacity(world, { uplinkKbps: 0 }), 'VALIDATION_FAILED'],
    ['malformed', 'a weight of 0', (world) => capacity(world, { weight: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'a weight of 11', (world) => capacity(world, { weight: 11 }), 'VALIDATION_FAILED'],
    ['malformed', 'a machine with a line break', (world) => capacity(world, { machine: 'a\nb' }), 'VALIDATION_FAILED'],
    ['malformed', 'an address of another scheme', (world) => capacity(world, { viewerUrl: 'ftp://media.example' }), 'VALIDATION_FAILED'],
    ['malformed', 'an address with a name in it', (world) => capacity(world, { viewerUrl: 'https://me:secret@media.example' }), 'VALIDATION_FAILED'],
    ['wrong type', 'a word as cores', (world) => capacity(world, { cores: 'many' }), 'VALIDATION_FAILED'],
  ]),
];
