import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { IgnoredDevice, PollSettings, ServerKind, TlsOptions, UnreachableReason, ServerProfile } from '../model/server.js';
import { defineAsk, defineCommand, defineFact, defineServiceCommand, defineServiceState, defineState } from './define.js';

const IsoTime = z.iso.datetime();

/** What an agent is told about its server, besides the credential. */
export const AgentConfig = z.strictObject({
  rev: z.number().int().nonnegative(),
  readOnly: z.boolean(),
  poll: PollSettings,
  ignoredDevices: z.array(IgnoredDevice).max(200),
  /** Who stands for plex.tv to this server; absent = the one of the agent's own settings. */
  plexTvUrl: z.url({ protocol: /^https?$/ }).max(2000).optional(),
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** What is inside a sealed credential. A changed address is a new `rev`. */
export const CredentialPlain = z.strictObject({
  origin: z.string().max(2000),
  token: z.string().min(1).max(4096),
  kind: ServerKind,
  tls: TlsOptions,
  rev: z.number().int().nonnegative(),
});
export type CredentialPlain = z.infer<typeof CredentialPlain>;

/** Public keys that agents trust: `kid` → key and what it may sign. */
export const TrustedKey = z.strictObject({
  kid: z.string().max(64),
  issuer: z.enum(['controller', 'migration', 'router']),
  jwk: z.record(z.string(), z.string()),
});
export type TrustedKey = z.infer<typeof TrustedKey>;

/** Asked after every connect. The answer holds all that an agent may have missed. */
export const agentHello = defineAsk({
  name: 'agent.hello',
  version: 1,
  timeoutMs: 5_000,
  request: z.strictObject({
    agentId: Uuid7,
    protocol: z.strictObject({ min: z.number().int(), max: z.number().int() }),
    agentVersion: z.string().max(50),
    configRev: z.number().int(),
    credentialRev: z.number().int(),
    sentAt: IsoTime,
  }),
  reply: z.strictObject({
    protocol: z.number().int(),
    controllerTime: IsoTime,
    fleetEpoch: z.number().int(),
    /** Part of the issuer's name on tickets. */
    fleetId: z.uuid(),
    config: AgentConfig,
    /** JWE to the agent's box key; null when the agent's revision is current. */
    credential: z.string().nullable(),
    keys: z.array(TrustedKey),
  }),
});

export const VendorStatus = z.object({
  status: z.enum(['online', 'starting', 'degraded', 'unreachable', 'rejected-key', 'unknown']),
  reason: UnreachableReason.nullable(),
  /** The stable code of what went wrong; null while all is well. */
  code: z.string().max(64).nullable(),
  since: IsoTime,
  latencyMs: z.number().nonnegative().nullable(),
});
export type VendorStatus = z.infer<typeof VendorStatus>;

export const LiveMode = z.object({
  mode: z.enum(['push', 'poll', 'none']),
  lastPollAt: IsoTime.nullable(),
  lastPushAt: IsoTime.nullable(),
  /** Calls to the media server in the last 60 minutes: those that read sessions, and all others. */
  sessionCallsLastHour: z.number().int().nonnegative(),
  otherCallsLastHour: z.number().int().nonnegative(),
});
export type LiveMode = z.infer<typeof LiveMode>;

/** Every 10 s and whenever the status changes. */
export const heartbeatState = defineState({
  name: 'heartbeat',
  version: 1,
  body: z.object({
    seq: z.number().int(),
    at: IsoTime,
    agentId: Uuid7,
    agentVersion: z.string().max(50),
    configRev: z.number().int(),
    credentialRev: z.number().int(),
    vendor: VendorStatus,
    live: LiveMode,
    spoolPending: z.number().int().nonnegative(),
  }),
});
export type Heartbeat = z.infer<typeof heartbeatState.body>;

/** Facts that an agent had to drop because its disk allowance or their age was over: loss is visible, never silent. */
export const spoolGap = defineFact({
  name: 'spool.gap',
  version: 1,
  class: 'result',
  body: z.object({ class: z.enum(['tick', 'metric']), from: z.number().int(), to: z.number().int(), count: z.number().int().positive() }),
});

/** Durable: settings and, when it changed, the credential. Repeating it changes nothing. */
export const configureServer = defineCommand({
  name: 'server.configure',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 5_000,
  effect: 'configure',
  onCrash: 'redo',
  request: z.strictObject({ config: AgentConfig, credential: z.string().nullable() }),
  reply: z.strictObject({ configRev: z.number().int(), credentialRev: z.number().int() }),
});

/** Probe now and send the fact `server.probed`. */
export const probeServer = defineCommand({
  name: 'server.probe',
  version: 1,
  issuers: ['controller'],
  timeoutMs: 20_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({}),
  reply: ServerProfile,
});

/** Who the bundled agent host is: asked before a key is sealed to it. */
export const describeHost = defineServiceCommand({
  name: 'host.describe',
  version: 1,
  receiver: 'agent-host',
  timeoutMs: 2_000,
  request: z.strictObject({}),
  reply: z.strictObject({
    protocol: z.strictObject({ min: z.number().int(), max: z.number().int() }),
    boxKey: z.record(z.string(), z.string()),
    agents: z.array(z.strictObject({ agentId: Uuid7, serverId: Uuid7 })),
  }),
});

export const ConnectionTestResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), profile: ServerProfile, latencyMs: z.number().nonnegative(), warnings: z.array(z.string().max(500)) }),
  z.strictObject({
    ok: z.literal(false),
    code: z.enum(['SERVER_UNREACHABLE', 'SERVER_REJECTED_KEY', 'SERVER_RATE_LIMITED', 'VENDOR_ANSWER_INVALID', 'EGRESS_BLOCKED']),
    message: z.string().max(500),
    /** An `UnreachableReason`, or for a refused key `unknown-key` or `not-administrator`. */
    reason: z.string().max(64).nullable(),
    tlsProblem: z.string().max(64).nullable(),
    kind: ServerKind.nullable(),
    retryAfterMs: z.number().int().nonnegative().nullable(),
  }),
]);
export type ConnectionTestResult = z.infer<typeof ConnectionTestResult>;

/** What `server.test` carries, sealed to the host's box key. `vendor` null = find out. */
export const ConnectionTestPlain = z.strictObject({
  url: z.string().max(2000),
  token: z.string().min(1).max(4096),
  vendor: ServerKind.nullable(),
  tls: TlsOptions,
});
export type ConnectionTestPlain = z.infer<typeof ConnectionTestPlain>;

/** The only command that carries an address; never journalled. */
export const testServer = defineServiceCommand({
  name: 'server.test',
  version: 1,
  receiver: 'agent-host',
  timeoutMs: 20_000,
  request: z.strictObject({ sealed: z.string().max(64_000) }),
  reply: ConnectionTestResult,
});

/** Take over a direct server: redeem the enrollment token and speak for it. Repeating it changes nothing. */
export const adoptAgent = defineServiceCommand({
  name: 'agent.adopt',
  version: 1,
  receiver: 'agent-host',
  timeoutMs: 15_000,
  request: z.strictObject({ serverId: Uuid7, enrollmentToken: z.string().max(2000) }),
  reply: z.strictObject({ agentId: Uuid7 }),
});

/** Stop speaking for a server and remove what the agent kept. */
export const retireAgent = defineServiceCommand({
  name: 'agent.retire',
  version: 1,
  receiver: 'agent-host',
  timeoutMs: 5_000,
  request: z.strictObject({ serverId: Uuid7 }),
  reply: z.strictObject({ retired: z.boolean() }),
});

/** After a commit: which rows other controllers have to read again. */
export const controllerChanged = defineServiceState({
  name: 'changed',
  version: 1,
  sender: 'controller',
  body: z.object({ kind: z.enum(['server', 'agent', 'playback', 'operator', 'library', 'user', 'notice', 'maintenance', 'route', 'placement', 'library-plan', 'identity', 'mismatch', 'watch-state']), ids: z.array(z.string().max(100)).max(1000) }),
});
