import type { ServerKind } from '@usher/contracts';

/** What a batch may take of its target. */
export interface Allowance {
  readonly atOnce: number;
  /** Null = as fast as the server answers. */
  readonly maxPerSecond: number | null;
  readonly rows: number;
}

export interface ThrottleTerms {
  readonly kind: ServerKind;
  /** The plan's own limit; it only lowers. */
  readonly maxConnections: number;
  readonly maxRows: number;
}

/** How many writes at once a server of a kind takes without people noticing. */
const WIDTH: Readonly<Record<ServerKind, number>> = { jellyfin: 2, plex: 4, emby: 8 };
/** One writer locks the whole database of a Jellyfin: while somebody watches it gets this many and no more. */
const WATCHED_JELLYFIN_PER_SECOND = 10;
const TRANSCODING_WIDTH = 2;
/** A batch is over within this, so that a pause is. */
const BATCH_MS = 8_000;
const SMALLEST_BATCH = 8;
/** A write that takes this much longer than the usual one is the server saying that it has enough. */
const SLOW_FACTOR = 2;
/** Below this a server is not slow, whatever it did before. */
const FAST_MS = 50;
/** Share of a new measurement in what is usual. */
const WEIGHT = 0.2;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 900_000;

/**
 * How fast a run may write: as wide as the server's kind bears, half of it while people watch, half again after every sign of
 * too much, and one wider after every batch that went well. Nothing of it needs a clock: the caller tells what happened.
 */
export class Throttle {
  private width: number;
  private streams = 0;
  private transcodes = 0;
  private usualMs: number | null = null;
  private perRowMs: number | null = null;

  constructor(private readonly terms: ThrottleTerms) {
    this.width = this.widest();
  }

  /** Whoever watches on the target now. */
  watched(streams: number, transcodes = 0): void {
    this.streams = streams;
    this.transcodes = transcodes;
  }

  /** A batch of `writes` took `tookMs` and went through. */
  wrote(writes: number, tookMs: number): void {
    if (writes === 0) return;
    this.perRowMs = smooth(this.perRowMs, tookMs / writes);
    const eachMs = (tookMs / writes) * Math.min(this.allowed(), writes);
    const isSlow = this.usualMs !== null && eachMs > FAST_MS && eachMs > this.usualMs * SLOW_FACTOR;
    // While it is held back by viewers the time of a write says nothing.
    if (isSlow && this.perSecond() === null) this.narrow();
    else this.width = Math.min(this.widest(), this.width + 1);
    this.usualMs = smooth(this.usualMs, eachMs);
  }

  /** The server said "too much", or could not answer. How long to leave it alone. */
  refused(retryAfterMs: number | null, failuresInARow: number): number {
    this.narrow();
    const wished = retryAfterMs !== null && Number.isFinite(retryAfterMs) ? retryAfterMs : MIN_PAUSE_MS * 2 ** Math.min(failuresInARow, 10);
    return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, wished));
  }

  allowance(): Allowance {
    const maxPerSecond = this.perSecond();
    const perRowMs = Math.max(this.perRowMs ?? 0, maxPerSecond === null ? 0 : 1_000 / maxPerSecond);
    const rows = perRowMs === 0 ? this.terms.maxRows : Math.floor(BATCH_MS / perRowMs);
    return { atOnce: this.allowed(), maxPerSecond, rows: Math.min(this.terms.maxRows, Math.max(SMALLEST_BATCH, rows)) };
  }

  /** Why it goes slower than it could. */
  get reason(): 'none' | 'viewers' | 'server' {
    if (this.streams > 0) return 'viewers';
    return this.width < this.widest() ? 'server' : 'none';
  }

  private widest(): number {
    return Math.min(this.terms.maxConnections, WIDTH[this.terms.kind]);
  }

  private narrow(): void {
    this.width = Math.max(1, Math.floor(this.width / 2));
  }

  private allowed(): number {
    if (this.streams === 0) return this.width;
    if (this.terms.kind === 'jellyfin') return 1;
    const half = Math.max(1, Math.floor(this.width / 2));
    return this.transcodes > 0 ? Math.min(TRANSCODING_WIDTH, half) : half;
  }

  private perSecond(): number | null {
    return this.streams > 0 && this.terms.kind === 'jellyfin' ? WATCHED_JELLYFIN_PER_SECOND : null;
  }
}

function smooth(before: number | null, now: number): number {
  return before === null ? now : before * (1 - WEIGHT) + now * WEIGHT;
}
