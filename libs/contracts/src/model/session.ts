import { z } from 'zod';

/** How media reaches a client. A remux (another container, every track as it is) is a direct stream; converting any track is a transcode. */
export const DELIVERIES = ['direct-play', 'direct-stream', 'transcode', 'unknown'] as const;
export const Delivery = z.enum(DELIVERIES);
export type Delivery = z.infer<typeof Delivery>;

export const ItemType = z.enum(['movie', 'episode', 'track', 'live', 'clip', 'trailer', 'photo', 'book', 'other']);
export type ItemType = z.infer<typeof ItemType>;

/** Usher's own words for why a server converts; vendors' reasons are mapped to these. */
export const TRANSCODE_REASONS = [
  'container',
  'video-codec',
  'video-profile',
  'video-range',
  'video-resolution',
  'video-frame-rate',
  'bit-rate',
  'audio-codec',
  'audio-channels',
  'audio-bit-rate',
  'subtitle',
  'track-selection',
  'client',
  'unknown',
] as const;
export const TranscodeReason = z.enum(TRANSCODE_REASONS);
export type TranscodeReason = z.infer<typeof TranscodeReason>;

export const NowPlaying = z.object({
  itemId: z.string().max(200),
  type: ItemType,
  title: z.string().max(1000),
  seriesTitle: z.string().max(1000).nullable(),
  seasonNumber: z.number().int().nullable(),
  episodeNumber: z.number().int().nullable(),
  year: z.number().int().nullable(),
  durationMs: z.number().int().nonnegative().nullable(),
});
export type NowPlaying = z.infer<typeof NowPlaying>;

/** One elementary stream inside a session: what is in the file and what arrives. */
export const MediaTrack = z.object({
  delivery: Delivery,
  sourceCodec: z.string().max(50).nullable(),
  targetCodec: z.string().max(50).nullable(),
  language: z.string().max(50).nullable(),
});

export const VideoTrack = MediaTrack.extend({
  sourceWidth: z.number().int().nonnegative().nullable(),
  sourceHeight: z.number().int().nonnegative().nullable(),
  targetWidth: z.number().int().nonnegative().nullable(),
  targetHeight: z.number().int().nonnegative().nullable(),
  hdr: z.enum(['sdr', 'hdr10', 'hdr10-plus', 'dolby-vision', 'hlg', 'unknown']),
});
export type VideoTrack = z.infer<typeof VideoTrack>;

export const AudioTrack = MediaTrack.extend({
  sourceChannels: z.number().int().nonnegative().nullable(),
  targetChannels: z.number().int().nonnegative().nullable(),
});
export type AudioTrack = z.infer<typeof AudioTrack>;

export const SubtitleTrack = MediaTrack.extend({ burnedIn: z.boolean() });
export type SubtitleTrack = z.infer<typeof SubtitleTrack>;

export const Transcode = z.object({
  reasons: z.array(TranscodeReason),
  hardware: z.enum(['hardware', 'software', 'unknown']),
  /** 1.0 = real time; null where the vendor does not tell. */
  speed: z.number().nonnegative().nullable(),
  /** How far the transcoder is in the file, 0–100; null where not told. */
  progressPercent: z.number().min(0).max(100).nullable(),
  throttled: z.boolean().nullable(),
  /** Whether hardware reads the source and writes the result; null where not told. */
  hardwareDecode: z.boolean().nullable().default(null),
  hardwareEncode: z.boolean().nullable().default(null),
});
export type Transcode = z.infer<typeof Transcode>;

export const Stream = z.object({
  /** Minted by the agent when the item appears or changes; kept over restarts. */
  playbackId: z.string(),
  startedAt: z.string(),
  positionMs: z.number().int().nonnegative(),
  /** How far in the file the server has prepared for this client; null when it converts nothing or does not tell. */
  bufferPositionMs: z.number().int().nonnegative().nullable().default(null),
  state: z.enum(['playing', 'paused', 'buffering']),
  delivery: Delivery,
  container: z.string().max(100).nullable(),
  /** What leaves the server for this client. */
  bitRateKbps: z.number().int().nonnegative().nullable(),
  sourceBitRateKbps: z.number().int().nonnegative().nullable(),
  video: VideoTrack.nullable(),
  audio: AudioTrack.nullable(),
  subtitle: SubtitleTrack.nullable(),
  transcode: Transcode.nullable(),
});
export type Stream = z.infer<typeof Stream>;

/** What can be done to this client now; the vendor's and the client's own word together. */
export const SessionControls = z.object({
  stop: z.boolean(),
  pause: z.boolean(),
  seek: z.boolean(),
  message: z.boolean(),
  limitBitRate: z.boolean().default(false),
  play: z.boolean().default(false),
});
export type SessionControls = z.infer<typeof SessionControls>;

export const Session = z.object({
  /** The vendor's id; `serverId:vendorId` is the session's id in the fleet. */
  vendorId: z.string().min(1).max(300),
  userId: z.string().max(200).nullable(),
  userName: z.string().max(500).nullable(),
  deviceId: z.string().max(300).nullable(),
  deviceName: z.string().max(500).nullable(),
  client: z.string().max(500).nullable(),
  clientVersion: z.string().max(100).nullable(),
  address: z.string().max(100).nullable(),
  network: z.enum(['lan', 'wan', 'relay', 'unknown']),
  lastSeenAt: z.string().nullable(),
  controls: SessionControls,
  item: NowPlaying.nullable(),
  stream: Stream.nullable(),
  /** Still listed by the vendor although nothing was heard of it for 90 s. */
  ghost: z.boolean(),
});
export type Session = z.infer<typeof Session>;

/** What an adapter reports: playbacks get their ids from the agent. */
export type VendorStream = Omit<Stream, 'playbackId' | 'startedAt'>;
export type VendorSession = Omit<Session, 'stream' | 'ghost'> & { stream: VendorStream | null };

export const SessionCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('resume') }),
  z.strictObject({ type: z.literal('seek'), positionMs: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('play'), itemId: z.string().min(1).max(200), positionMs: z.number().int().nonnegative() }),
  /** null lifts the limit. */
  z.strictObject({ type: z.literal('limit-bit-rate'), kbps: z.number().int().min(64).max(1_000_000).nullable() }),
]);
export type SessionCommand = z.infer<typeof SessionCommand>;

/** What became of an order: seen in the next lists, not seen although they were read, or beyond what can be seen. */
export const CONTROL_OUTCOMES = ['done', 'no-effect', 'sent'] as const;
export const ControlOutcome = z.enum(CONTROL_OUTCOMES);
export type ControlOutcome = z.infer<typeof ControlOutcome>;
