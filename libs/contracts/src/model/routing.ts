import { z } from 'zod';
import { Uuid7 } from '../ids.js';

const Share = z.number().nonnegative();
const Kbps = z.number().int().nonnegative().max(1_000_000_000);

/** What a placement asks of a machine: a viewer's playback, or an FFmpeg job of an agent. */
export const DEMAND_KINDS = ['playback', 'conversion'] as const;
export const DemandKind = z.enum(DEMAND_KINDS);
export type DemandKind = z.infer<typeof DemandKind>;

/** How a server would deliver: as the file is, in another container, or converted. */
export const PLANNED_DELIVERIES = ['direct-play', 'remux', 'transcode'] as const;
export const PlannedDelivery = z.enum(PLANNED_DELIVERIES);
export type PlannedDelivery = z.infer<typeof PlannedDelivery>;

/** What is known of a file; null = not told, and then an ordinary 1080p film is assumed. */
export const MediaSource = z.object({
  height: z.number().int().positive().max(20_000).nullable(),
  videoCodec: z.string().max(50).nullable(),
  tenBit: z.boolean().nullable(),
  hdr: z.boolean().nullable(),
  framesPerSecond: z.number().positive().max(1_000).nullable(),
  bitRateKbps: Kbps.nullable(),
  durationMs: z.number().int().nonnegative().nullable(),
});
export type MediaSource = z.infer<typeof MediaSource>;

/** The device that asks, as far as the caller tells. */
export const RouteClient = z.strictObject({
  kind: z.string().min(1).max(50),
  network: z.enum(['lan', 'wan']),
  region: z.string().min(1).max(100).nullable().default(null),
  /** Greatest picture height that it shows. */
  maxHeight: z.number().int().min(144).max(10_000).nullable().default(null),
  maxKbps: z.number().int().min(100).max(1_000_000).nullable().default(null),
  /** Video codecs that it plays as they are; null = the widespread ones. */
  videoCodecs: z.array(z.string().min(1).max(50)).max(20).nullable().default(null),
  hdr: z.boolean().nullable().default(null),
});
export type RouteClient = z.infer<typeof RouteClient>;

/** A server that holds the item. */
export const ItemHolder = z.object({ serverId: Uuid7, itemId: z.string().min(1).max(200), source: MediaSource });
export type ItemHolder = z.infer<typeof ItemHolder>;

/** An account of the same person, and why it counts as theirs. */
export const RouteAccount = z.object({
  serverId: Uuid7,
  userId: z.string().min(1).max(200),
  name: z.string().max(500),
  enabled: z.boolean(),
  evidence: z.enum(['given', 'identity', 'email', 'name']),
});
export type RouteAccount = z.infer<typeof RouteAccount>;

export const PlacementRequest = z.object({
  demand: DemandKind,
  itemKey: z.string().min(1).max(200),
  title: z.string().max(1000),
  userName: z.string().max(500).nullable(),
  client: RouteClient,
  positionMs: z.number().int().nonnegative(),
  holders: z.array(ItemHolder).max(200),
  accounts: z.array(RouteAccount).max(200),
  /** Server that played this person's earlier episode, or this item, in the last 24 hours. */
  earlierServerId: Uuid7.nullable(),
  /** Of a conversion: heights of the renditions that one run makes. */
  renditions: z.array(z.number().int().min(144).max(10_000)).max(8).default([]),
});
export type PlacementRequest = z.infer<typeof PlacementRequest>;

/** A server as the router sees it. Its own words: never shown as the state of the server. */
export const STANDINGS = ['ready', 'slow-start', 'suspect', 'blind', 'down', 'offline', 'draining', 'maintenance'] as const;
export const Standing = z.enum(STANDINGS);
export type Standing = z.infer<typeof Standing>;

/** Where the numbers of a load report come from. */
export const CONFIDENCES = ['host', 'vendor', 'assumed'] as const;
export const Confidence = z.enum(CONFIDENCES);
export type Confidence = z.infer<typeof Confidence>;

/** Everything that the decision looks at for one server; stored, so that it can be decided again. */
export const CandidateInput = z.object({
  serverId: Uuid7,
  machineId: z.string().max(100),
  standing: Standing,
  /** Since it became ready; counts during the first minute. */
  readyForMs: z.number().nonnegative(),
  holder: ItemHolder.omit({ serverId: true }).nullable(),
  account: RouteAccount.omit({ serverId: true, name: true }).nullable(),
  load: z.object({ seq: z.number().int(), ageMs: z.number().nonnegative(), confidence: Confidence }).nullable(),
  /** False when the last report could not be true. */
  loadIsValid: z.boolean(),
  cores: z.number().positive(),
  coresAssumed: z.boolean(),
  background: z.number().min(0).max(1),
  /** How much more a conversion costs here than on the machine of the table. */
  machineFactor: z.number().positive(),
  /** Measured by predicted cost of this item here; null = never measured. */
  costRatio: z.number().positive().nullable(),
  /** CPU-seconds per second of media: committed, and reserved by choices that no report shows yet. */
  demand: Share,
  reservedDemand: Share,
  uplinkKbps: Kbps,
  uplinkAssumed: z.boolean(),
  egressWanKbps: Share,
  egressLanKbps: Share,
  reservedWanKbps: Share,
  reservedLanKbps: Share,
  nicKbps: Kbps.nullable(),
  hardware: z.boolean(),
  encoder: z.object({ sessions: z.number().int().nonnegative(), limit: z.number().int().positive(), reserved: z.number().int().nonnegative() }).nullable(),
  memoryShare: Share.nullable(),
  ioPressure: Share.nullable(),
  transcodes: z.number().int().nonnegative(),
  reservedTranscodes: z.number().int().nonnegative(),
  transcodeLimit: z.number().int().positive().nullable(),
  weight: z.number().min(0.1).max(10),
  region: z.string().max(100).nullable(),
  /** Share of the last days' demand that only this server could serve. */
  scarcity: z.number().min(0).max(1),
  /** Code of a confirmation that failed within the last 30 s. */
  prepareFailed: z.string().max(64).nullable(),
});
export type CandidateInput = z.infer<typeof CandidateInput>;

/** One conversion that runs for a viewer. */
export const TranscodeLoad = z.object({
  sessionVendorId: z.string().max(300),
  itemId: z.string().max(200).nullable(),
  userId: z.string().max(200).nullable(),
  /** `finished`: the rest of the file is made already; `ghost`: listed, but nobody was heard of for 90 s. */
  state: z.enum(['running', 'throttled', 'finished', 'ghost']),
  sourceHeight: z.number().int().nonnegative().nullable(),
  sourceCodec: z.string().max(50).nullable(),
  hdr: z.boolean().nullable(),
  /** Null when the video goes as it is and only sound or container change. */
  targetHeight: z.number().int().nonnegative().nullable(),
  hardware: z.boolean(),
  burnIn: z.boolean(),
  /** CPU-seconds per second of media as the host measured them; null where nobody can. */
  costMeasured: z.number().nonnegative().max(1_000).nullable(),
});
export type TranscodeLoad = z.infer<typeof TranscodeLoad>;

/** What a router needs of a server's load beside the counts. The agent tells facts; only the router predicts. */
export const LoadDetail = z.object({
  /** Agents of one machine name it alike; null when the agent is not on the server's machine. */
  machineId: z.string().max(100).nullable(),
  confidence: Confidence,
  usableCores: z.number().positive().max(10_000).nullable(),
  backgroundShare: z.number().min(0).max(1).nullable(),
  transcodes: z.array(TranscodeLoad).max(300),
  directStreams: z.number().int().nonnegative(),
  remuxes: z.number().int().nonnegative(),
  egressKbps: z.object({ lan: z.number().nonnegative().max(1e9), wan: z.number().nonnegative().max(1e9) }),
  uplinkKbps: z.number().positive().max(1e9).nullable(),
  memoryShare: z.number().min(0).max(1).nullable(),
  ioPressure: z.number().min(0).max(1).nullable(),
});
export type LoadDetail = z.infer<typeof LoadDetail>;

export const PlacementInputs = z.object({
  placementId: Uuid7,
  request: PlacementRequest,
  overloaded: z.boolean(),
  /** No rendition is offered below this height. */
  floorHeight: z.number().int(),
  servers: z.array(CandidateInput).max(200),
});
export type PlacementInputs = z.infer<typeof PlacementInputs>;

/** Why a server was not taken, in the order in which it is looked at; the last is told after the score. */
export const REFUSAL_REASONS = [
  'offline',
  'blind',
  'down',
  'maintenance',
  'draining',
  'item-missing',
  'user-missing',
  'user-not-allowed',
  'client-incompatible',
  'load-stale',
  'load-invalid',
  'prepare-failed',
  'over-gate',
] as const;
export const RefusalReason = z.enum(REFUSAL_REASONS);
export type RefusalReason = z.infer<typeof RefusalReason>;

export const LOAD_PARTS = ['cpu', 'uplink', 'nic', 'encoder', 'memory', 'io', 'limit'] as const;
export const LoadPart = z.enum(LOAD_PARTS);
export type LoadPart = z.infer<typeof LoadPart>;

/** One part of a load as a share of what the machine has: 1 = full. */
export const PartScore = z.object({ part: LoadPart, now: Share, reserved: Share, after: Share });
export type PartScore = z.infer<typeof PartScore>;

export const ADJUSTMENTS = ['affinity', 'locality', 'cost', 'load-age', 'confidence', 'scarcity', 'slow-start', 'suspect'] as const;

/** One server in a decision. */
export const Candidate = z.object({
  serverId: Uuid7,
  eligible: z.boolean(),
  reason: RefusalReason.nullable(),
  /** Refines `prepare-failed`. */
  code: z.string().max(64).nullable(),
  delivery: PlannedDelivery.nullable(),
  hardware: z.boolean(),
  sourceHeight: z.number().int().nullable(),
  targetHeight: z.number().int().nullable(),
  /** CPU-seconds per second of media. */
  cost: Share,
  bitRateKbps: Share,
  parts: z.array(PartScore),
  /** Parts of which nothing is known: left out of the score. */
  unknownParts: z.array(LoadPart),
  utilization: Share.nullable(),
  deciding: LoadPart.nullable(),
  gate: z.number(),
  adjustments: z.array(z.object({ name: z.enum(ADJUSTMENTS), value: z.number() })),
  rank: z.number().nullable(),
  loadAgeMs: z.number().nullable(),
  confidence: Confidence.nullable(),
  assumed: z.array(z.enum(['cores', 'uplink'])),
});
export type Candidate = z.infer<typeof Candidate>;

export const PLACEMENT_KINDS = ['create', 'open', 'failover', 'drain', 'conversion', 'simulate'] as const;
export const PlacementKind = z.enum(PLACEMENT_KINDS);
export type PlacementKind = z.infer<typeof PlacementKind>;

export const PLACEMENT_VERDICTS = ['placed', 'smaller', 'refused'] as const;
export const PlacementVerdict = z.enum(PLACEMENT_VERDICTS);
export type PlacementVerdict = z.infer<typeof PlacementVerdict>;

/** A decision with everything it was made of. */
export const PlacementRecord = z.object({
  placementId: Uuid7,
  at: z.iso.datetime(),
  kind: PlacementKind,
  routeId: Uuid7.nullable(),
  previousServerId: Uuid7.nullable(),
  verdict: PlacementVerdict,
  /** Of a refusal: NO_SERVER_AVAILABLE or FLEET_SATURATED. */
  code: z.string().max(64).nullable(),
  serverId: Uuid7.nullable(),
  /** How far the next one was behind; null without a next one. */
  margin: z.number().nullable(),
  queuedMs: z.number().nonnegative(),
  decidedMs: z.number().nonnegative(),
  confirmedMs: z.number().nonnegative().nullable(),
  /** The ten best in full, then every other server with its reason. */
  candidates: z.array(Candidate).max(200),
  /** Null for a simulation. What is decided again gives the same server. */
  inputs: PlacementInputs,
});
export type PlacementRecord = z.infer<typeof PlacementRecord>;
