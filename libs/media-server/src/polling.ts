import type { AppError, VendorSession } from '@usher/contracts';
import { TokenBucket, type Clock } from '@usher/resilience';
import { FrameFold } from './frame-fold.js';
import { connectionError, isStarting } from './http/vendor-errors.js';
import { isAnythingPlaying, listSignature } from './list-signature.js';
import { ListTimes } from './list-times.js';
import type { LiveStatus, SessionSnapshot, WatchHooks } from './media-server.js';
import { NewestOnly } from './newest-only.js';
import { paceOf, type Pace } from './poll-pace.js';
import { PushLoop, failureWaitMs } from './push-loop.js';
import type { PushMeter } from './push-meter.js';
import { PushTrust } from './push-trust.js';
import type { PushSource } from './push.js';

const FAILED_POLL = { baseMs: 2_000, capMs: 60_000 };
/** How long the first poll waits for push to bring the first list. */
const PUSH_PATIENCE_MS = 3_000;
const FOLD_MS = 100;
/** Changes that a push only announces: a few are read at once, a flood of them once a second. */
const HINTS = { ratePerS: 1, burst: 10 };
/** How often a wait looks whether somebody began to watch. */
const RECONSIDER_MS = 2_000;
/** A push that is not relied on counts as push for this long after its last frame. */
const PUSH_SEEN_MS = 120_000;
/** A server that asked for a pause is spared for this long after it. */
const SPARED_MS = 15 * 60_000;

export interface WatchSource {
  readonly clock: Clock;
  readonly list: () => Promise<VendorSession[]>;
  readonly push: PushSource | null;
  readonly isWatched: () => boolean;
  /** Seconds between polls while watched or playing without push. */
  readonly pollS: () => number;
  /** Resolves when a server that said it is starting is up; the vendor's own table of waits. */
  readonly untilReady: (error: AppError, signal: AbortSignal) => Promise<void>;
  /** Told when the server announces a restart: what follows is *starting*, not a failure. */
  readonly onRestarting?: () => void;
  readonly onLibrariesChanged?: () => void;
  /** Every list, and every failure to get one: what is known now. */
  readonly onList?: (known: readonly VendorSession[] | AppError) => void;
  readonly random?: () => number;
}

/** What a watch counts its channels with, and how long its lists take; both outlive it. */
export interface WatchMeters {
  readonly push: PushMeter;
  readonly times: ListTimes;
}

/** Follows the sessions of one server: push first, polls beside it as reconciliation, polls alone where push is missing. */
export class SessionWatch {
  readonly #source: WatchSource;
  readonly #meters: WatchMeters;
  readonly #trust: PushTrust;
  readonly #hooks: WatchHooks;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #newest = new NewestOnly<SessionSnapshot>();
  readonly #frames: FrameFold<() => VendorSession[]>;
  readonly #hints: FrameFold<true>;

  #last: VendorSession[] | null = null;
  #lastPollAt: string | null = null;
  #lastPush: { readonly at: string; readonly atMs: number } | null = null;
  #listedAtMs: number | null = null;
  #push: 'opening' | 'up' | 'down' = 'down';
  #failures = 0;
  #failure: { readonly waitMs: number; readonly isLimit: boolean } | null = null;
  #sparedUntilMs = Number.NEGATIVE_INFINITY;
  #pollNow = false;
  #hinted = false;
  #readsHint = false;
  #wake: () => void = () => undefined;

  constructor(source: WatchSource, signal: AbortSignal, meters: WatchMeters, hooks: WatchHooks = {}) {
    this.#source = source;
    this.#meters = meters;
    this.#trust = new PushTrust(source.push?.reliable ?? false);
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#signal.addEventListener('abort', () => this.#wake(), { once: true });
    this.#hooks = hooks;
    this.#frames = new FrameFold(source.clock, () => FOLD_MS, (read) => this.#applyFrame(read), () => meters.push.folded++);
    const hints = new TokenBucket(HINTS, source.clock);
    const hintSpacingMs = () => {
      hints.take();
      return Math.max(FOLD_MS, hints.retryAfterMs());
    };
    this.#hints = new FrameFold(source.clock, hintSpacingMs, () => void this.#refreshForHint());
  }

  async *run(): AsyncIterable<SessionSnapshot> {
    const ended = Promise.all([this.#pollLoop(), this.#pushLoop()]).finally(() => this.#newest.end());
    try {
      yield* this.#newest.values(this.#signal);
    } finally {
      this.#stop.abort();
      this.#frames.clear();
      this.#hints.clear();
      await ended;
    }
  }

  /** Reads the list now, for example because the server answers again. */
  pollNow(): void {
    this.#pollNow = true;
    this.#wake();
  }

  /** How often lists are read now, and why. */
  get pace(): Pace {
    const { isWatched, pollS, clock } = this.#source;
    if (this.#listedAtMs === null) return { pace: 'not-started', everyMs: 0 };
    return paceOf({
      failure: this.#failure,
      push: this.#trust.level(pollS() * 1000),
      isPlaying: this.isPlaying,
      isWatched: isWatched(),
      pollMs: pollS() * 1000,
      p95Ms: this.#meters.times.p95Ms,
      wasLimited: clock.monotonicMs() < this.#sparedUntilMs,
    });
  }

  get isPlaying(): boolean {
    return this.#last !== null && isAnythingPlaying(this.#last);
  }

  async #pollLoop(): Promise<void> {
    const firstAtMs = this.#source.clock.monotonicMs() + (this.#source.push ? PUSH_PATIENCE_MS : 0);
    while (!this.#signal.aborted) {
      const waitMs = this.#pollDueMs(firstAtMs) - this.#source.clock.monotonicMs();
      if (waitMs > 0) await this.#pause(Math.min(waitMs, RECONSIDER_MS));
      else await this.#refresh('poll');
    }
  }

  #pollDueMs(firstAtMs: number): number {
    if (this.#push === 'opening' && this.#source.clock.monotonicMs() < firstAtMs) return firstAtMs;
    if (this.#pollNow) return 0;
    if (this.#listedAtMs === null) return firstAtMs;
    return this.#listedAtMs + this.pace.everyMs;
  }

  /** One list by GET; answers the error or null. A failure sets the wait before the next one. */
  async #refresh(source: SessionSnapshot['source']): Promise<AppError | null> {
    this.#pollNow = false;
    try {
      const askedAtMs = this.#source.clock.monotonicMs();
      const sessions = await this.#source.list();
      this.#failures = 0;
      this.#failure = null;
      this.#meters.times.note(this.#source.clock.monotonicMs() - askedAtMs);
      this.#listedAtMs = this.#source.clock.monotonicMs();
      this.#lastPollAt = this.#now();
      if (this.#push === 'up') this.#compareWithPush(source, sessions);
      this.#emit(source, sessions);
      return null;
    } catch (error) {
      const failure = connectionError(error);
      this.#listedAtMs = this.#source.clock.monotonicMs();
      this.#noteFailure(failure);
      this.#source.onList?.(failure);
      this.#tellLive();
      if (isStarting(failure)) await this.#waitUntilReady(failure);
      return failure;
    }
  }

  /** Never two lists at once: the older one could answer last. What is told during one is read after it. */
  async #refreshForHint(): Promise<void> {
    this.#hinted = true;
    if (this.#readsHint) return;
    this.#readsHint = true;
    while (this.#hinted && !this.#signal.aborted) {
      this.#hinted = false;
      await this.#refresh('push');
    }
    this.#readsHint = false;
  }

  #noteFailure(failure: AppError): void {
    const isLimit = failure.code === 'SERVER_RATE_LIMITED';
    const waitMs = failureWaitMs(failure, this.#failures++, FAILED_POLL, this.#source.random);
    this.#failure = { waitMs, isLimit };
    if (isLimit) this.#sparedUntilMs = this.#source.clock.monotonicMs() + waitMs + SPARED_MS;
  }

  /** A list that push asked for is its own news; one of the clock shows whether push kept something back. */
  #compareWithPush(source: SessionSnapshot['source'], sessions: VendorSession[]): void {
    const isNews = this.#isNews(sessions);
    if (source === 'push') this.#trust.told(isNews);
    else if (this.#trust.compared(isNews, this.#source.pollS() * 1000)) this.#meters.push.silentDeaths++;
  }

  #isNews(sessions: readonly VendorSession[]): boolean {
    return this.#last !== null && listSignature(this.#last) !== listSignature(sessions);
  }

  async #waitUntilReady(error: AppError): Promise<void> {
    try {
      await this.#source.untilReady(error, this.#signal);
      this.#failure = { waitMs: 0, isLimit: false };
    } catch (failure) {
      this.#noteFailure(connectionError(failure));
    }
  }

  async #pushLoop(): Promise<void> {
    if (!this.#source.push) return;
    const host = {
      clock: this.#source.clock,
      random: this.#source.random,
      isPlaying: () => this.isPlaying,
      firstList: () => this.#refresh('poll'),
      frame: (read: () => VendorSession[]) => this.#frames.push(read),
      changed: () => {
        this.#notePush();
        this.#meters.push.messages++;
        this.#hints.push(true);
      },
      librariesChanged: () => this.#source.onLibrariesChanged?.(),
      restarting: () => this.#source.onRestarting?.(),
      doubt: () => this.pollNow(),
      state: (state: 'opening' | 'up' | 'down') => this.#setPush(state),
      lost: (error: AppError) => this.#meters.push.failed(error),
      dropped: () => this.#meters.push.folded++,
      waitUntilReady: (error: AppError) => this.#waitUntilReady(error),
    };
    await new PushLoop(this.#source.push, host, this.#signal).run();
  }

  #applyFrame(read: () => VendorSession[]): void {
    this.#meters.push.messages++;
    try {
      const sessions = read();
      this.#notePush();
      this.#trust.told(this.#isNews(sessions));
      this.#emit('push', sessions);
    } catch {
      // a frame that cannot be read still says that something changed
      this.#hints.push(true);
    }
  }

  #notePush(): void {
    this.#lastPush = { at: this.#now(), atMs: this.#source.clock.monotonicMs() };
  }

  #setPush(state: 'opening' | 'up' | 'down'): void {
    if (state === 'down') this.#frames.clear();
    if (state === 'down' && this.#listedAtMs === null) this.#pollNow = true;
    if (state === 'up') {
      this.#trust.opened();
      this.#meters.push.opened();
    } else {
      this.#trust.closed();
      this.#meters.push.closed();
    }
    this.#push = state;
    this.#tellLive();
    this.#wake();
  }

  #emit(source: SessionSnapshot['source'], sessions: VendorSession[]): void {
    if (this.#signal.aborted) return;
    this.#last = sessions;
    this.#source.onList?.(sessions);
    this.#newest.put({ source, at: this.#now(), sessions });
    this.#tellLive();
    this.#wake();
  }

  #tellLive(): void {
    this.#hooks.onLive?.({ mode: this.#mode(), lastPollAt: this.#lastPollAt, lastPushAt: this.#lastPush?.at ?? null });
  }

  #mode(): LiveStatus['mode'] {
    const seen = this.#lastPush !== null && this.#source.clock.monotonicMs() - this.#lastPush.atMs < PUSH_SEEN_MS;
    const isTrusted = this.#trust.level(this.#source.pollS() * 1000) === 'trusted';
    if (this.#push === 'up' && (isTrusted || seen)) return 'push';
    return this.#lastPollAt !== null && this.#failures === 0 ? 'poll' : 'none';
  }

  async #pause(ms: number): Promise<void> {
    if (this.#signal.aborted) return;
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    await this.#source.clock.sleep(ms, waking.signal).catch(() => undefined);
    this.#wake = () => undefined;
  }

  #now(): string {
    return new Date(this.#source.clock.now()).toISOString();
  }
}
