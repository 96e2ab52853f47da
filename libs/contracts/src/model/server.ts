import { z } from 'zod';

export const SERVER_KINDS = ['emby', 'jellyfin', 'plex'] as const;
export const ServerKind = z.enum(SERVER_KINDS);
export type ServerKind = z.infer<typeof ServerKind>;

/** Owned by the controller. Flags (stale, readOnly, draining, maintenance) stand beside it. */
export const SERVER_STATES = ['pending', 'online', 'degraded', 'offline', 'historical'] as const;
export const ServerState = z.enum(SERVER_STATES);
export type ServerState = z.infer<typeof ServerState>;

/** One server is primary; what is sent to the whole fleet goes to it and to the linked ones, and leaves out those that are unlinked. */
export const SERVER_ROLES = ['primary', 'linked', 'unlinked'] as const;
export const ServerRole = z.enum(SERVER_ROLES);
export type ServerRole = z.infer<typeof ServerRole>;

/** Why a server cannot be used; refines SERVER_UNREACHABLE, and the reason of a degraded or offline server. */
export const UNREACHABLE_REASONS = ['dns', 'refused', 'timeout', 'tls', 'starting', 'not-a-media-server'] as const;
export const UnreachableReason = z.enum(UNREACHABLE_REASONS);
export type UnreachableReason = z.infer<typeof UnreachableReason>;

/** Which part of a certificate check failed; refines reason `tls`. */
export const TLS_PROBLEMS = ['expired', 'not-yet-valid', 'self-signed', 'unknown-authority', 'wrong-host', 'not-tls', 'protocol', 'other'] as const;
export const TlsProblem = z.enum(TLS_PROBLEMS);
export type TlsProblem = z.infer<typeof TlsProblem>;

export const CAPABILITIES = [
  'sessions.push',
  'sessions.stop',
  'sessions.control',
  'sessions.message',
  'sessions.limitBitRate',
  'playback.remotePlay',
  'libraries.list',
  'libraries.scan',
  'metadata.refresh',
  'server.restart',
  'activities.list',
  'activities.cancel',
  'tasks.list',
  'tasks.start',
  'libraries.create',
  'metadata.health',
  'libraries.checkPaths',
  'libraries.space',
  'items.list',
  /** Items changed since a time can be listed. */
  'items.changedSince',
  'items.byProviderId',
  'items.recentlyAdded',
  'users.list',
  'users.create',
  'users.policy',
  'users.remove',
  'users.password',
  'users.discovery',
  'watchStates.read',
  'watchStates.write',
  /** The time of the last play can be set to a past one. */
  'watchStates.playedAt',
  'watchStates.playCount',
  'watchStates.favorite',
  'watchStates.rating',
  /** States can be read and written for those accounts only whose own token the server's owner gets. */
  'watchStates.ownTokenOnly',
  'playlists.read',
  'playlists.write',
  'collections.read',
  'collections.write',
  'devices.list',
  'devices.revoke',
  'history.read',
  'log.read',
  'subtitles.search',
  'backup.list',
  'backup.trigger',
  'load.host',
] as const;
export const Capability = z.enum(CAPABILITIES);
export type Capability = z.infer<typeof Capability>;

export const TlsOptions = z.strictObject({ verify: z.boolean().default(true), caPem: z.string().max(64_000).optional() });
export type TlsOptions = z.infer<typeof TlsOptions>;

/** Seconds, except where the name says otherwise. Bounds are those of the import file. */
export const PollSettings = z.strictObject({
  sessionsS: z.number().int().min(5).max(300).default(10),
  librariesS: z.number().int().min(3_600).max(86_400).default(21_600),
  serverS: z.number().int().min(300).max(3_600).default(300),
});
export type PollSettings = z.infer<typeof PollSettings>;

/** Devices that are dropped in the agent before anything is published. */
export const IgnoredDevice = z.strictObject({
  deviceId: z.string().min(1).max(200).optional(),
  /** `*` matches any run of characters, upper and lower case are equal. */
  namePattern: z.string().min(1).max(200).optional(),
  client: z.string().min(1).max(200).optional(),
});
export type IgnoredDevice = z.infer<typeof IgnoredDevice>;

/** A thing that a media server leaves open by itself; shown to the operator, never used. */
export const HardeningEntry = z.object({
  code: z.string().max(64),
  state: z.enum(['found', 'by-version', 'cannot-be-seen']),
  evidence: z.string().max(500),
  advice: z.string().max(500),
});
export type HardeningEntry = z.infer<typeof HardeningEntry>;

/** What `probe()` found out about a media server. */
export const ServerProfile = z.object({
  kind: ServerKind,
  /** The vendor's own id of the installation; a changed one means another server answers at this address. */
  machineId: z.string().min(1).max(200),
  name: z.string().max(200),
  version: z.string().max(100),
  versionTested: z.boolean(),
  platform: z.string().max(200).nullable(),
  /** True or false where the vendor tells, null where it does not. */
  updateAvailable: z.boolean().nullable(),
  capabilities: z.array(Capability),
  hardening: z.array(HardeningEntry).default([]),
});
export type ServerProfile = z.infer<typeof ServerProfile>;

export const Library = z.object({
  vendorId: z.string().min(1).max(200),
  name: z.string().max(500),
  type: z.enum(['movies', 'shows', 'music', 'photos', 'books', 'mixed', 'other']),
  /** Top-level titles (films, series, artists); null where the vendor does not tell. */
  itemCount: z.number().int().nonnegative().nullable(),
  /** Episodes or tracks below them; null where it does not apply or is not told. */
  childCount: z.number().int().nonnegative().nullable(),
  folders: z.array(z.string().max(2000)),
});
export type Library = z.infer<typeof Library>;

export const MediaUser = z.object({
  vendorId: z.string().min(1).max(200),
  name: z.string().max(500),
  email: z.string().max(320).nullable(),
  isAdministrator: z.boolean(),
  enabled: z.boolean(),
  lastSeenAt: z.string().nullable(),
  /** What the account may see: vendor ids of libraries, `all` also stands for those to come. Absent or null = the vendor's list of accounts does not tell. */
  libraries: z.union([z.literal('all'), z.array(z.string().min(1).max(200)).max(500)]).nullish(),
});
export type MediaUser = z.infer<typeof MediaUser>;

/** A moment's load of one media server, as far as the vendor tells; null = not reported. */
export const ServerLoad = z.object({
  streams: z.number().int().nonnegative(),
  transcodes: z.number().int().nonnegative(),
  /** Of the transcodes, those whose video is converted without hardware help. */
  softwareTranscodes: z.number().int().nonnegative(),
  egressKbps: z.number().nonnegative(),
  cpuPercent: z.number().min(0).max(100).nullable(),
  memoryPercent: z.number().min(0).max(100).nullable(),
});
export type ServerLoad = z.infer<typeof ServerLoad>;
