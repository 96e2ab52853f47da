import { Delivery, NowPlaying, Session, Stream, TranscodeReason, type PlaybackQuality, type VendorSession } from '@usher/contracts';
import { z } from 'zod';

/** One viewing that has begun and not ended, as it is kept on disk. */
export const TrackedPlayback = z.strictObject({
  playbackId: z.string(),
  sessionVendorId: z.string(),
  userId: z.string().nullable(),
  deviceId: z.string().nullable(),
  item: NowPlaying,
  /** ISO, UTC. */
  startedAt: z.string(),
  state: z.enum(['playing', 'paused', 'buffering']),
  positionMs: z.number(),
  /** Time spent playing, without pauses, as far as it was seen. */
  watchedMs: z.number(),
  quality: z.strictObject({
    delivery: Delivery,
    reasons: z.array(TranscodeReason),
    bitRateKbps: z.number().nullable(),
    videoHeight: z.number().nullable(),
  }),
  /** Wall clock of the newest list that held it, epoch ms. */
  seenAtMs: z.number(),
  /** The same moment on the clock that never goes back; means nothing to another process. */
  seenAtMonotonicMs: z.number(),
  /** The vendor's last check-in as it was told, and when this agent saw it change: vendors' clocks are not trusted. */
  checkIn: z.string().nullable(),
  checkInSeenAtMonotonicMs: z.number(),
});
export type TrackedPlayback = z.infer<typeof TrackedPlayback>;

const VendorRow = Session.omit({ ghost: true }).extend({ stream: Stream.omit({ playbackId: true, startedAt: true }).nullable() });

/** Parts a vendor's list into the rows that fit the contract and the number of those that do not: one bad row must not hide the others. */
export function checkedRows(rows: readonly VendorSession[]): { sessions: VendorSession[]; refused: number } {
  const sessions = rows.flatMap((row) => VendorRow.safeParse(row).data ?? []);
  return { sessions, refused: rows.length - sessions.length };
}

/** A vendor's row that plays something. */
export type PlayingSession = VendorSession & { item: NonNullable<VendorSession['item']>; stream: NonNullable<VendorSession['stream']> };

export function isPlaying(session: VendorSession): session is PlayingSession {
  return session.item !== null && session.stream !== null;
}

/** Another person, device or item in the same session is another playback. */
export function isSamePlayback(known: TrackedPlayback, session: PlayingSession): boolean {
  return known.item.itemId === session.item.itemId && known.userId === session.userId && known.deviceId === session.deviceId;
}

export function qualityOf({ stream }: PlayingSession): PlaybackQuality {
  return {
    delivery: stream.delivery,
    reasons: stream.transcode?.reasons ?? [],
    bitRateKbps: stream.bitRateKbps,
    videoHeight: stream.video ? (stream.video.targetHeight ?? stream.video.sourceHeight) : null,
  };
}
