import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { DrainMove, Reservation, RouteRecord, RouteState, ServerUse } from '../model/route.js';
import { MediaSource, PlacementInputs, PlacementKind, PlacementRecord, PlacementRequest } from '../model/routing.js';
import { ServerKind } from '../model/server.js';
import { TrustedKey } from './agent.messages.js';
import { defineCommand, defineServiceCommand, defineServiceState } from './define.js';

const IsoTime = z.iso.datetime();
const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** Asked of the chosen server's agent: may this account play the item now, and under which address. */
export const preparePlayback = defineCommand({
  name: 'playback.prepare',
  version: 1,
  issuers: ['router'],
  timeoutMs: 2_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({ itemId: z.string().min(1).max(200), userId: z.string().min(1).max(200), positionMs: z.number().int().nonnegative() }),
  reply: z.strictObject({
    /** The vendor's own page of the item, below the address of the server; holds no key. */
    address: z.string().min(1).max(2000),
    source: MediaSource,
  }),
});

/** Everything that the router has to know of the registry. */
export const FleetServer = z.object({
  serverId: Uuid7,
  agentId: Uuid7.nullable(),
  acctPub: z.string().max(100).nullable(),
  kind: ServerKind.nullable(),
  alias: z.string().max(200),
  /** Where viewers reach it; its own paths are below. */
  viewerUrl: z.string().max(2000),
  region: z.string().max(100).nullable(),
  weight: z.number().min(0.1).max(10),
  /** What the operator typed; null = not known. */
  cores: z.number().positive().nullable(),
  uplinkKbps: z.number().int().positive().nullable(),
  transcodeLimit: z.number().int().positive().nullable(),
  hardware: z.boolean(),
  machine: z.string().max(100).nullable(),
  drain: z.object({ since: IsoTime, until: IsoTime.nullable(), move: DrainMove }).nullable(),
});
export type FleetServer = z.infer<typeof FleetServer>;

/** Asked at start, after every change of a server, and every 30 s. */
export const describeFleet = defineServiceCommand({
  name: 'fleet.describe',
  version: 1,
  receiver: 'controller',
  timeoutMs: 5_000,
  request: z.strictObject({}),
  reply: z.strictObject({ fleetEpoch: z.number().int(), keys: z.array(TrustedKey), servers: z.array(FleetServer).max(400) }),
});

/** What a choice was based on: lets the database refuse one that did not know of another. */
export const Booking = z.object({
  reservation: Reservation,
  /** Placements of this machine that the choice has counted, as reservations or inside a report. */
  counted: z.array(Uuid7).max(2_000),
  /** What was left below the gate before this choice; null = without limit. */
  room: z.object({ cost: z.number().nullable(), wanKbps: z.number().nullable(), encoderSessions: z.number().nullable(), transcodes: z.number().nullable() }),
});
export type Booking = z.infer<typeof Booking>;

/** One decision, and the route that it made or changed. A link is handed out only after this was answered. */
export const storeRoute = defineServiceCommand({
  name: 'route.store',
  version: 1,
  receiver: 'controller',
  timeoutMs: 3_000,
  request: z.strictObject({
    placement: PlacementRecord,
    route: RouteRecord.nullable(),
    booking: Booking.nullable(),
    /** The placement that the route had when this was decided; null for a new route. */
    replaces: Uuid7.nullable(),
    /** Of moves under the lease `failover`. */
    fence: z.strictObject({ holder: Uuid7, epoch: z.number().int() }).nullable(),
  }),
  reply: z.discriminatedUnion('stored', [
    z.strictObject({ stored: z.literal(true) }),
    z.strictObject({
      stored: z.literal(false),
      /** `booked`: others came first; `draining`: no new starts there; `moved`: the route has another placement by now; `stale`: the lease is lost. */
      conflict: z.enum(['booked', 'draining', 'moved', 'stale']),
      reservations: z.array(Reservation).max(2_000),
    }),
  ]),
});

/** Positions and states as sessions show them; a lost one is repeated by the next. */
export const noteRoutes = defineServiceCommand({
  name: 'route.note',
  version: 1,
  receiver: 'controller',
  timeoutMs: 3_000,
  request: z.strictObject({
    routes: z.array(z.strictObject({ routeId: Uuid7, state: RouteState, positionMs: z.number().int().nonnegative(), positionAt: IsoTime, expiresAt: IsoTime })).min(1).max(200),
  }),
  reply: z.strictObject({}),
});

/** What a router that just started needs: living routes, and reservations that have not ended. */
export const listRoutes = defineServiceCommand({
  name: 'route.list',
  version: 1,
  receiver: 'controller',
  timeoutMs: 5_000,
  request: z.strictObject({ after: Uuid7.nullable() }),
  reply: z.strictObject({ routes: z.array(RouteRecord), next: Uuid7.nullable() }),
});

export const listReservations = defineServiceCommand({
  name: 'reservation.list',
  version: 1,
  receiver: 'controller',
  timeoutMs: 5_000,
  request: z.strictObject({}),
  reply: z.strictObject({ reservations: z.array(Reservation).max(2_000) }),
});

/** A link or a route that this router has not seen. */
export const findRoute = defineServiceCommand({
  name: 'route.find',
  version: 1,
  receiver: 'controller',
  timeoutMs: 3_000,
  request: z.union([z.strictObject({ linkSha256: Sha256Hex }), z.strictObject({ routeId: Uuid7 })]),
  reply: z.strictObject({ route: RouteRecord.nullable() }),
});

/** Single-writer work of the router: the database's clock decides. */
export const acquireLease = defineServiceCommand({
  name: 'lease.acquire',
  version: 1,
  receiver: 'controller',
  timeoutMs: 3_000,
  request: z.strictObject({ name: z.enum(['failover']), holder: Uuid7 }),
  reply: z.strictObject({ epoch: z.number().int().nullable() }),
});

/** Decides, confirms, stores. Repeated with the same `routeId` it answers what is stored. The rows say the rest. */
export const createRoute = defineServiceCommand({
  name: 'route.create',
  version: 1,
  receiver: 'router',
  timeoutMs: 9_000,
  request: z.strictObject({ routeId: Uuid7, linkSha256: Sha256Hex, request: PlacementRequest }),
  reply: z.strictObject({ placed: z.boolean(), placementId: Uuid7 }),
});

/** The same decision without reservation, confirmation or row. */
export const simulatePlacement = defineServiceCommand({
  name: 'placement.simulate',
  version: 1,
  receiver: 'router',
  timeoutMs: 3_000,
  request: z.strictObject({ request: PlacementRequest }),
  reply: z.strictObject({ placement: PlacementRecord }),
});

/** Decides stored inputs again. */
export const replayPlacement = defineServiceCommand({
  name: 'placement.replay',
  version: 1,
  receiver: 'router',
  timeoutMs: 3_000,
  request: z.strictObject({ kind: PlacementKind, inputs: PlacementInputs }),
  reply: z.strictObject({ serverId: Uuid7.nullable() }),
});

/** Every 5 s and on change, at most once a second. */
export const routerLoads = defineServiceState({
  name: 'loads',
  version: 1,
  sender: 'router',
  body: z.object({
    routerId: Uuid7,
    seq: z.number().int(),
    at: IsoTime,
    servers: z.array(ServerUse).max(400),
    /** Of the last 1,000 decisions. */
    decisionMs: z.object({ median: z.number(), p99: z.number() }).nullable(),
    waiting: z.number().int().nonnegative(),
  }),
});
export type RouterLoads = z.infer<typeof routerLoads.body>;

/** The whole set of one router: on change, at most 20 times a second, and every 5 s. */
export const routerReservations = defineServiceState({
  name: 'reservations',
  version: 1,
  sender: 'router',
  body: z.object({ routerId: Uuid7, seq: z.number().int(), reservations: z.array(Reservation).max(500) }),
});
export type RouterReservations = z.infer<typeof routerReservations.body>;
