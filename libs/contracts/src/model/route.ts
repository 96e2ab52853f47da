import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { Confidence, LoadPart, PartScore, PlacementRequest, Standing } from './routing.js';

const Share = z.number().nonnegative();
const Kbps = z.number().int().nonnegative().max(1_000_000_000);

/** A choice that no report has shown by then holds nothing any more. */
export const RESERVATION_MS = 30_000;
/** A link lives so long after its last use. */
export const ROUTE_TTL_MS = 12 * 3_600_000;
/** A report older than this is no ground for a choice. */
export const LOAD_STALE_MS = 15_000;

/** Load that a choice takes until a report shows it. */
export const Reservation = z.object({
  placementId: Uuid7,
  serverId: Uuid7,
  machineId: z.string().max(100),
  title: z.string().max(1000),
  itemId: z.string().max(200),
  userId: z.string().max(200).nullable(),
  cost: Share,
  wanKbps: Share,
  lanKbps: Share,
  encoderSessions: z.number().int().nonnegative(),
  transcodes: z.number().int().nonnegative(),
  endsAt: z.iso.datetime(),
});
export type Reservation = z.infer<typeof Reservation>;

export const ROUTE_STATES = ['placed', 'open', 'moving', 'ended', 'expired'] as const;
export const RouteState = z.enum(ROUTE_STATES);
export type RouteState = z.infer<typeof RouteState>;

/** A stable link and where it leads. The link itself is nowhere stored: only its hash. */
export const RouteRecord = z.object({
  routeId: Uuid7,
  /** SHA-256 of the link's secret part, hex. */
  linkSha256: z.string().regex(/^[0-9a-f]{64}$/),
  state: RouteState,
  request: PlacementRequest,
  placementId: Uuid7,
  serverId: Uuid7.nullable(),
  positionMs: z.number().int().nonnegative(),
  positionAt: z.iso.datetime(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  moves: z.number().int().nonnegative(),
});
export type RouteRecord = z.infer<typeof RouteRecord>;

export const DRAIN_MOVES = ['next', 'now'] as const;
export const DrainMove = z.enum(DRAIN_MOVES);
export type DrainMove = z.infer<typeof DrainMove>;

/** The load of one server as the router counts it. */
export const ServerUse = z.object({
  serverId: Uuid7,
  machineId: z.string().max(100),
  standing: Standing,
  /** ISO; null = no report yet. */
  reportedAt: z.iso.datetime().nullable(),
  ageMs: z.number().nonnegative().nullable(),
  confidence: Confidence,
  cores: z.number().positive(),
  coresAssumed: z.boolean(),
  uplinkKbps: Kbps,
  uplinkAssumed: z.boolean(),
  demand: Share,
  reservedDemand: Share,
  streams: z.number().int().nonnegative(),
  transcodes: z.number().int().nonnegative(),
  parts: z.array(PartScore.omit({ after: true })),
  utilization: Share.nullable(),
  deciding: LoadPart.nullable(),
  gate: z.number(),
});
export type ServerUse = z.infer<typeof ServerUse>;
