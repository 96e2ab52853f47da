import { playbackChanged, playbackEnded, playbackStarted, type Session, type VendorSession } from '@usher/contracts';
import type { z } from 'zod';
import { isPlaying, isSamePlayback, qualityOf, type PlayingSession, type TrackedPlayback } from './playback.js';

/** Listed by the vendor without a check-in for this long: a ghost. */
export const GHOST_AFTER_MS = 90_000;
/** Between two lists further apart than this, only what the position tells counts as watched. */
const UNSEEN_AFTER_MS = 120_000;
/** Clients report late and servers extrapolate: smaller jumps are no seek. */
const SEEK_TOLERANCE_MS = 8_000;
/** Fast players: a position may rise by twice the time that has passed. */
const FASTEST_PLAYER = 2;

export type PlaybackFact =
  | { readonly contract: typeof playbackStarted; readonly body: z.infer<typeof playbackStarted.body> }
  | { readonly contract: typeof playbackChanged; readonly body: z.infer<typeof playbackChanged.body> }
  | { readonly contract: typeof playbackEnded; readonly body: z.infer<typeof playbackEnded.body> };

export interface CompleteList {
  readonly source: 'push' | 'poll';
  readonly sessions: readonly VendorSession[];
}

export interface Tracking {
  /** By the vendor's session id. */
  readonly playbacks: ReadonlyMap<string, TrackedPlayback>;
  /** True until the first list after the start of this process: nobody looked before it. */
  readonly resumed: boolean;
}

export interface Progress {
  readonly tracking: Tracking;
  /** In order: what ended stands before what started. */
  readonly facts: PlaybackFact[];
  readonly sessions: Session[];
}

/** Timestamps come from the wall clock, durations from the one that never goes back. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * Compares what was known with one complete list: what started, changed and ended. Each playback that starts ends
 * exactly once: when its session is absent from one complete list, or plays another item, or another person's.
 * @param now when the list was received
 */
export function follow(tracking: Tracking, list: CompleteList, now: Moment, mintId: () => string): Progress {
  const playbacks = new Map<string, TrackedPlayback>();
  const ended: PlaybackFact[] = [];
  const begun: PlaybackFact[] = [];
  const sessions: Session[] = [];
  const endSeen = (known: TrackedPlayback, reason: 'gone' | 'item-changed') =>
    // After a restart nobody saw the end: the last sight is the nearest time that is known.
    tracking.resumed ? endOf(known, known.seenAtMs, 'agent-stopped') : endOf(watchedUntilEnd(known, list.source, now), now.wallMs, reason);

  for (const session of distinct(list.sessions)) {
    if (!isPlaying(session)) {
      sessions.push({ ...session, stream: null, ghost: false });
      continue;
    }
    const known = tracking.playbacks.get(session.vendorId);
    const continues = known !== undefined && isSamePlayback(known, session);
    if (known && !continues) ended.push(endSeen(known, 'item-changed'));
    const playback = continues ? progressed(known, session, tracking, now) : started(session, now, mintId());
    begun.push(...(continues ? changesOf(known, playback, elapsedSince(known, tracking, now)) : [startOf(playback, session)]));
    playbacks.set(session.vendorId, playback);
    sessions.push(withPlayback(session, playback, now));
  }
  for (const known of tracking.playbacks.values()) {
    if (!playbacks.has(known.sessionVendorId)) ended.push(endSeen(known, 'gone'));
  }
  return { tracking: { playbacks, resumed: false }, facts: [...ended, ...begun], sessions };
}

/** One row per session: a vendor that lists an id twice is taken at its first word. */
function distinct(list: readonly VendorSession[]): VendorSession[] {
  return [...new Map([...list].reverse().map((session) => [session.vendorId, session])).values()].reverse();
}

function started(session: PlayingSession, now: Moment, playbackId: string): TrackedPlayback {
  return {
    playbackId,
    sessionVendorId: session.vendorId,
    userId: session.userId,
    deviceId: session.deviceId,
    item: session.item,
    startedAt: new Date(now.wallMs).toISOString(),
    state: session.stream.state,
    positionMs: session.stream.positionMs,
    watchedMs: 0,
    quality: qualityOf(session),
    seenAtMs: now.wallMs,
    seenAtMonotonicMs: now.monotonicMs,
    checkIn: session.lastSeenAt,
    checkInSeenAtMonotonicMs: now.monotonicMs,
  };
}

function progressed(known: TrackedPlayback, session: PlayingSession, tracking: Tracking, now: Moment): TrackedPlayback {
  const checkedIn = session.lastSeenAt !== known.checkIn;
  return {
    ...known,
    item: session.item,
    state: session.stream.state,
    positionMs: session.stream.positionMs,
    watchedMs: known.watchedMs + watchedBetween(known, session.stream.positionMs, tracking, now),
    quality: qualityOf(session),
    seenAtMs: now.wallMs,
    seenAtMonotonicMs: now.monotonicMs,
    checkIn: session.lastSeenAt,
    checkInSeenAtMonotonicMs: checkedIn || tracking.resumed ? now.monotonicMs : known.checkInSeenAtMonotonicMs,
  };
}

/** Since the last list that held it. Another process only left its wall clock. */
function elapsedSince(known: TrackedPlayback, { resumed }: Tracking, now: Moment): number {
  return Math.max(0, resumed ? now.wallMs - known.seenAtMs : now.monotonicMs - known.seenAtMonotonicMs);
}

/** Playing time since the last list. What nobody saw counts only as far as the position moved. */
function watchedBetween(known: TrackedPlayback, positionMs: number, tracking: Tracking, now: Moment): number {
  if (known.state !== 'playing' || isGhost(known, known.seenAtMonotonicMs)) return 0;
  const elapsed = elapsedSince(known, tracking, now);
  if (!tracking.resumed && elapsed <= UNSEEN_AFTER_MS) return Math.round(elapsed);
  return Math.round(Math.min(elapsed, Math.max(0, positionMs - known.positionMs)));
}

/** A push tells the end as it happens, so the playing time until now was seen; a poll finds it some time later. */
function watchedUntilEnd(known: TrackedPlayback, source: CompleteList['source'], now: Moment): TrackedPlayback {
  const elapsed = now.monotonicMs - known.seenAtMonotonicMs;
  if (source === 'poll' || known.state !== 'playing' || elapsed > UNSEEN_AFTER_MS || isGhost(known, known.seenAtMonotonicMs)) return known;
  return { ...known, watchedMs: known.watchedMs + Math.round(elapsed) };
}

function changesOf(before: TrackedPlayback, after: TrackedPlayback, elapsedMs: number): PlaybackFact[] {
  const changes: z.infer<typeof playbackChanged.body>['change'][] = [];
  const wasPaused = before.state === 'paused';
  const isPaused = after.state === 'paused';
  if (!wasPaused && isPaused) changes.push('paused');
  if (wasPaused && !isPaused) changes.push('resumed');
  if (hasSeeked(before, after, elapsedMs)) changes.push('seeked');
  if (hasOtherDelivery(before, after)) changes.push('delivery');
  return changes.map((change) => ({ contract: playbackChanged, body: { ...baseOf(after, after.seenAtMs), change, watchedMs: after.watchedMs, quality: after.quality } }));
}

function hasSeeked(before: TrackedPlayback, after: TrackedPlayback, elapsedMs: number): boolean {
  const playedMs = before.state === 'paused' && after.state === 'paused' ? 0 : elapsedMs;
  const moved = after.positionMs - before.positionMs;
  return moved < -SEEK_TOLERANCE_MS || moved > playedMs * FASTEST_PLAYER + SEEK_TOLERANCE_MS;
}

function hasOtherDelivery({ quality: before }: TrackedPlayback, { quality: after }: TrackedPlayback): boolean {
  const reasons = (list: readonly string[]) => [...list].sort().join();
  return before.delivery !== after.delivery || before.videoHeight !== after.videoHeight || reasons(before.reasons) !== reasons(after.reasons);
}

function baseOf(playback: TrackedPlayback, atMs: number) {
  return {
    playbackId: playback.playbackId,
    sessionVendorId: playback.sessionVendorId,
    at: new Date(atMs).toISOString(),
    positionMs: playback.positionMs,
  };
}

function startOf(playback: TrackedPlayback, session: PlayingSession): PlaybackFact {
  const { userId, userName, deviceName, client, address, network, item } = session;
  return {
    contract: playbackStarted,
    body: { ...baseOf(playback, playback.seenAtMs), userId, userName, deviceName, client, address, network, item, quality: playback.quality },
  };
}

function endOf(playback: TrackedPlayback, atMs: number, reason: z.infer<typeof playbackEnded.body>['reason']): PlaybackFact {
  return { contract: playbackEnded, body: { ...baseOf(playback, atMs), watchedMs: playback.watchedMs, reason } };
}

/** Vendors that tell no check-in (null) have no ghosts. */
function isGhost(playback: TrackedPlayback, atMonotonicMs: number): boolean {
  return playback.checkIn !== null && atMonotonicMs - playback.checkInSeenAtMonotonicMs >= GHOST_AFTER_MS;
}

function withPlayback(session: PlayingSession, playback: TrackedPlayback, now: Moment): Session {
  const { playbackId, startedAt } = playback;
  return { ...session, stream: { ...session.stream, playbackId, startedAt }, ghost: isGhost(playback, now.monotonicMs) };
}
