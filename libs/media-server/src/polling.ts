import type { AppError, VendorSession } from '@usher/contracts';
import { TokenBucket, type Clock } from '@usher/resilience';
import { FrameFold } from './frame-fold.js';
import { connectionError, isStarting } from './http/vendor-errors.js';
import { isAnythingPlaying, listSignature } from './list-signature.js';
import type { LiveStatus, SessionSnapshot, WatchHooks } from './media-server.js';
import { NewestOnly } from './newest-only.js';
import { PushLoop, failureWaitMs } from './push-loop.js';
import type { PushSource } from './push.js';

/** The ladder of the guide, 4.2. */
const PUSH_PLAYING_MS = 60_000;
const PUSH_IDLE_MS = 300_000;
const POLL_IDLE_MS = 60_000;
const FAILED_POLL = { baseMs: 2_000, capMs: 60_000 };
/** How long the first poll waits for push to bring the first list. */
const PUSH_PATIENCE_MS = 3_000;
const FOLD_MS = 100;
/** Changes that a push only announces: a few are read at once, a flood of them once a second. */
const HINTS = { ratePerS: 1, burst: 10 };
/** How often a wait looks whether somebody began to watch. */
const RECONSIDER_MS = 2_000;
/** After a poll found what push missed, this many polls have to agree with push before the slow pace returns. */
const POLLS_TO_TRUST = 5;
/** A push that is not reliable counts as push for this long after its last frame. */
const PUSH_SEEN_MS = 120_000;

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
  /** Every list, and every failure to get one: what is known now. */
  readonly onList?: (known: readonly VendorSession[] | AppError) => void;
  readonly random?: () => number;
}

/** Follows the sessions of one server: push first, polls beside it as reconciliation, polls alone where push is missing. */
export class SessionWatch {
  readonly #source: WatchSource;
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
  #distrust = 0;
  #failures = 0;
  #failureWaitMs = 0;
  #pollNow = false;
  #hinted = false;
  #readsHint = false;
  #wake: () => void = () => undefined;

  constructor(source: WatchSource, signal: AbortSignal, hooks: WatchHooks = {}) {
    this.#source = source;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#signal.addEventListener('abort', () => this.#wake(), { once: true });
    this.#hooks = hooks;
    this.#frames = new FrameFold(source.clock, () => FOLD_MS, (read) => this.#applyFrame(read));
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
    return this.#listedAtMs + (this.#failures > 0 ? this.#failureWaitMs : this.#intervalMs());
  }

  #intervalMs(): number {
    if (this.#push === 'up' && this.#source.push?.reliable) {
      return this.isPlaying || this.#distrust > 0 ? PUSH_PLAYING_MS : PUSH_IDLE_MS;
    }
    return this.isPlaying || this.#source.isWatched() ? this.#source.pollS() * 1000 : POLL_IDLE_MS;
  }

  /** One list by GET; answers the error or null. A failure sets the wait before the next one. */
  async #refresh(source: SessionSnapshot['source']): Promise<AppError | null> {
    this.#pollNow = false;
    try {
      const sessions = await this.#source.list();
      this.#failures = 0;
      this.#listedAtMs = this.#source.clock.monotonicMs();
      this.#lastPollAt = this.#now();
      if (source === 'poll' && this.#push === 'up') this.#compareWithPush(sessions);
      this.#emit(source, sessions);
      return null;
    } catch (error) {
      const failure = connectionError(error);
      this.#listedAtMs = this.#source.clock.monotonicMs();
      this.#failureWaitMs = failureWaitMs(failure, this.#failures++, FAILED_POLL, this.#source.random);
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

  #compareWithPush(sessions: VendorSession[]): void {
    const missed = this.#last !== null && listSignature(this.#last) !== listSignature(sessions);
    this.#distrust = missed ? POLLS_TO_TRUST : Math.max(0, this.#distrust - 1);
  }

  async #waitUntilReady(error: AppError): Promise<void> {
    try {
      await this.#source.untilReady(error, this.#signal);
      this.#failureWaitMs = 0;
    } catch (failure) {
      this.#failureWaitMs = failureWaitMs(connectionError(failure), this.#failures++, FAILED_POLL, this.#source.random);
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
        this.#hints.push(true);
      },
      restarting: () => this.#source.onRestarting?.(),
      doubt: () => this.pollNow(),
      state: (state: 'opening' | 'up' | 'down') => this.#setPush(state),
      waitUntilReady: (error: AppError) => this.#waitUntilReady(error),
    };
    await new PushLoop(this.#source.push, host, this.#signal).run();
  }

  #applyFrame(read: () => VendorSession[]): void {
    try {
      const sessions = read();
      this.#notePush();
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
    if (state !== 'opening') this.#distrust = 0;
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
    if (this.#push === 'up' && (this.#source.push?.reliable === true || seen)) return 'push';
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
