import { z } from 'zod';
import { IndexedType, MediaItem } from './item.js';

const IsoTime = z.iso.datetime();
const Percent = z.number().min(0).max(100);
const Bytes = z.number().int().nonnegative();
const Count = z.number().int().nonnegative();
const VendorId = z.string().min(1).max(300);

/** A task that a media server runs by its own timetable or when it is told to. */
export const ServerTask = z.object({
  vendorId: VendorId,
  name: z.string().max(500),
  category: z.string().max(200).nullable(),
  state: z.enum(['idle', 'running', 'cancelling']),
  progressPercent: Percent.nullable(),
  lastEndedAt: IsoTime.nullable(),
  lastDurationMs: Count.nullable(),
  lastResult: z.enum(['completed', 'failed', 'cancelled', 'aborted', 'unknown']).nullable(),
  canStart: z.boolean(),
  canCancel: z.boolean(),
});
export type ServerTask = z.infer<typeof ServerTask>;

/** A device that has signed in at a media server. */
export const Device = z.object({
  vendorId: VendorId,
  /** What the client calls itself in sessions; null where the vendor does not tell. */
  deviceId: z.string().max(300).nullable(),
  name: z.string().max(500),
  client: z.string().max(500).nullable(),
  clientVersion: z.string().max(100).nullable(),
  platform: z.string().max(200).nullable(),
  lastUserName: z.string().max(500).nullable(),
  lastSeenAt: IsoTime.nullable(),
});
export type Device = z.infer<typeof Device>;

/** One line of a media server's own log of events. */
export const LogEntry = z.object({
  vendorId: VendorId,
  at: IsoTime,
  severity: z.enum(['info', 'warning', 'error']),
  /** The vendor's own word, e.g. `VideoPlayback`, `playback.start`. */
  kind: z.string().max(200),
  text: z.string().max(2000),
  userName: z.string().max(500).nullable(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** One playback as the media server's own history tells it. */
export const HistoryEntry = z.object({
  vendorId: VendorId,
  at: IsoTime,
  userId: z.string().max(200).nullable(),
  userName: z.string().max(500).nullable(),
  itemId: z.string().max(200).nullable(),
  title: z.string().max(1000),
  seriesTitle: z.string().max(1000).nullable(),
  seasonNumber: z.number().int().nullable(),
  episodeNumber: z.number().int().nullable(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** An item with the time that puts it into a list: added, or last played. */
export const ListedItem = z.object({ item: MediaItem, at: IsoTime.nullable(), positionMs: Count.nullable() });
export type ListedItem = z.infer<typeof ListedItem>;

/** What a media server shows one person on its first page. */
export const Discovery = z.object({
  latest: z.array(ListedItem).max(100),
  resume: z.array(ListedItem).max(100),
  nextUp: z.array(ListedItem).max(100),
  /** By type; empty where the vendor has no favorites. */
  favorites: z.array(z.object({ type: IndexedType, count: Count })).max(10),
});
export type Discovery = z.infer<typeof Discovery>;

export const Playlist = z.object({
  vendorId: VendorId,
  name: z.string().max(500),
  /** Owner; null for a playlist of the server. */
  userId: z.string().max(200).nullable(),
  mediaType: z.enum(['video', 'audio', 'photo', 'unknown']),
  itemCount: Count.nullable(),
  durationMs: Count.nullable(),
  /** Filled by rules of the server: cannot be written item by item. */
  smart: z.boolean(),
});
export type Playlist = z.infer<typeof Playlist>;

export const Collection = z.object({ vendorId: VendorId, name: z.string().max(500), libraryVendorId: z.string().max(200).nullable(), itemCount: Count.nullable(), smart: z.boolean() });
export type Collection = z.infer<typeof Collection>;

/** What a playlist or collection shall hold, in this order. */
export const ItemListSpec = z.strictObject({ name: z.string().trim().min(1).max(500), itemIds: z.array(z.string().min(1).max(200)).min(1).max(5_000) });
export type ItemListSpec = z.infer<typeof ItemListSpec>;

export const SubtitleCandidate = z.object({
  vendorId: z.string().min(1).max(2000),
  title: z.string().max(1000),
  provider: z.string().max(200).nullable(),
  language: z.string().max(50).nullable(),
  format: z.string().max(50).nullable(),
  hearingImpaired: z.boolean().nullable(),
  forced: z.boolean().nullable(),
  downloads: Count.nullable(),
});
export type SubtitleCandidate = z.infer<typeof SubtitleCandidate>;

export const Backup = z.object({ name: z.string().min(1).max(1000), at: IsoTime.nullable(), serverVersion: z.string().max(100).nullable(), sizeBytes: Bytes.nullable() });
export type Backup = z.infer<typeof Backup>;

/** How well the titles of a library are described; null = the vendor cannot tell at a bearable price. */
export const MetadataHealth = z.object({
  libraryVendorId: z.string().max(200),
  items: Count,
  missingPoster: Count.nullable(),
  missingOverview: Count.nullable(),
  missingIds: Count.nullable(),
  missingSubtitles: Count.nullable(),
  /** Some of the worst, for a start. */
  examples: z.array(z.object({ itemId: z.string().max(200), title: z.string().max(1000), missing: z.array(z.enum(['poster', 'overview', 'ids', 'subtitles'])) })).max(50),
});
export type MetadataHealth = z.infer<typeof MetadataHealth>;

export const NewLibrary = z.strictObject({
  name: z.string().trim().min(1).max(200),
  type: z.enum(['movies', 'shows', 'music', 'photos']),
  folders: z.array(z.string().min(1).max(2000)).min(1).max(50),
});
export type NewLibrary = z.infer<typeof NewLibrary>;

/** Why there are no figures of the machine. */
export const NO_HOST_REASONS = ['not-beside', 'platform'] as const;

/** Why nothing is known of a graphics card: its tool is not installed, may not read the counters, or writes something else. */
export const GPU_PROBLEMS = ['tool-missing', 'tool-refused', 'not-understood'] as const;

export const HostGpu = z.object({
  name: z.string().max(200),
  busyPercent: Percent.nullable(),
  encoderPercent: Percent.nullable(),
  decoderPercent: Percent.nullable(),
  memoryUsedBytes: Bytes.nullable(),
  memoryTotalBytes: Bytes.nullable(),
  problem: z.enum(GPU_PROBLEMS).nullable().default(null),
});
export type HostGpu = z.infer<typeof HostGpu>;

/** Figures of the machine that a media server runs on, read by an agent that stands beside it. */
export const HostMetrics = z.object({
  cores: z.number().positive(),
  cpuPercent: Percent.nullable(),
  loadAverage: z.number().nonnegative().nullable(),
  memoryUsedBytes: Bytes,
  memoryTotalBytes: Bytes,
  disks: z.array(z.object({ path: z.string().max(4000), totalBytes: Bytes, freeBytes: Bytes })).max(50),
  gpus: z.array(HostGpu).max(16),
});
export type HostMetrics = z.infer<typeof HostMetrics>;

export const HostReport = z.object({
  at: IsoTime,
  /** null when the agent cannot see the server's machine. */
  metrics: HostMetrics.nullable(),
  unavailable: z.enum(NO_HOST_REASONS).nullable(),
  /** What the media server itself says of its machine. */
  told: z.object({ cpuPercent: Percent.nullable(), memoryPercent: Percent.nullable() }),
});
export type HostReport = z.infer<typeof HostReport>;
