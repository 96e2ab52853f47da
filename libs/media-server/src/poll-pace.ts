import type { PollPace } from '@usher/contracts';

/** The ladder of the guide, 4.2. */
const RECONCILE_MS = 60_000;
const RECONCILE_IDLE_MS = 300_000;
const IDLE_MS = 60_000;
/** Without a person who looks, not more often than this, whatever the setting. */
const UNWATCHED_MS = 10_000;
/** A server whose lists take longer is slow: it is busy with lists for this share of its time at most. */
const SLOW_LIST_MS = 500;
const LISTING_SHARE = 20;
/** However slow a server is, this often it is asked. */
const SLOWEST_MS = 300_000;
/** A server that once asked for a pause is asked half as often for a while. */
const AFTER_LIMIT = 2;

/** All that decides how often the session lists of a server are read. */
export interface Circumstances {
  /** After a failure: what it waits for, and whether the server asked for it. */
  readonly failure: { readonly waitMs: number; readonly isLimit: boolean } | null;
  /** `trusted`: polls only reconcile; a number: push told lies, and is checked this often; `none`: polls are all there is. */
  readonly push: 'trusted' | number | 'none';
  readonly isPlaying: boolean;
  readonly isWatched: boolean;
  /** The operator's setting. */
  readonly pollMs: number;
  /** How long a list takes at worst, 95 of 100 times. */
  readonly p95Ms: number;
  /** The server asked for a pause not long ago. */
  readonly wasLimited: boolean;
}

export interface Pace {
  readonly pace: PollPace;
  /** Between the end of one list and the next. */
  readonly everyMs: number;
}

/** Quick where somebody looks, slow where nothing happens, and slower for a server that is slow or says so. */
export function paceOf(now: Circumstances): Pace {
  if (now.failure) return { pace: now.failure.isLimit ? 'rate-limited' : 'failing', everyMs: now.failure.waitMs };
  const wanted = wantedPace(now);
  const bearableMs = now.p95Ms < SLOW_LIST_MS ? 0 : Math.min(SLOWEST_MS, Math.round(now.p95Ms * LISTING_SHARE));
  const spared: Pace = bearableMs > wanted.everyMs ? { pace: 'slow-server', everyMs: bearableMs } : wanted;
  if (!now.wasLimited || spared.everyMs >= SLOWEST_MS) return spared;
  return { pace: 'rate-limited', everyMs: Math.min(SLOWEST_MS, spared.everyMs * AFTER_LIMIT) };
}

function wantedPace({ push, isPlaying, isWatched, pollMs }: Circumstances): Pace {
  if (push === 'trusted') return { pace: 'reconcile', everyMs: isPlaying || isWatched ? RECONCILE_MS : RECONCILE_IDLE_MS };
  if (push !== 'none') return { pace: 'reconcile', everyMs: Math.min(push, RECONCILE_MS) };
  if (isWatched) return { pace: 'watched', everyMs: pollMs };
  return isPlaying ? { pace: 'playing', everyMs: Math.max(pollMs, UNWATCHED_MS) } : { pace: 'idle', everyMs: Math.max(pollMs, IDLE_MS) };
}
