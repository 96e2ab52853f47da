import type { AppError, VendorSession } from '@usher/contracts';
import { fullJitter, withTimeout, type Clock } from '@usher/resilience';
import { connectionError, isStarting, unreachable, waitOf } from './http/vendor-errors.js';
import type { PushConnection, PushSource } from './push.js';

/** Keep-alive and reconnect of the security design, 3.13. */
const KEEP_ALIVE_PLAYING_MS = 10_000;
/** Idle: every third one, 30 s. */
const IDLE_BEATS = 3;
const KEEP_ALIVE_ANSWER_MS = 5_000;
const RECONNECT = { baseMs: 1_000, capMs: 60_000 };
const REFUSED_KEY_MS = 300_000;

/** What a loop waits after its `attempt`-th failure in a row: what the server asks for, else full jitter. */
export function failureWaitMs(error: AppError, attempt: number, bounds: { baseMs: number; capMs: number }, random?: () => number): number {
  if (error.code === 'SERVER_REJECTED_KEY') return REFUSED_KEY_MS;
  return Math.max(waitOf(error) ?? 0, fullJitter(attempt, bounds, random), bounds.baseMs / 4);
}

export interface PushLoopHost {
  readonly clock: Clock;
  readonly random: (() => number) | undefined;
  isPlaying(): boolean;
  /** The one GET after each open; answers the error or null. */
  firstList(): Promise<AppError | null>;
  frame(read: () => VendorSession[]): void;
  changed(): void;
  librariesChanged(): void;
  restarting(): void;
  /** The channel was refused in a way that a list has to confirm: the key may be gone. */
  doubt(): void;
  /** `opening`: polls have to wait for the first list; `up`: subscribed and listed; `down`: closed or refused. */
  state(state: 'opening' | 'up' | 'down'): void;
  /** The channel did not open, or is gone. */
  lost(error: AppError): void;
  /** A frame was made needless by a newer one. */
  dropped(): void;
  waitUntilReady(error: AppError): Promise<void>;
}

/** Keeps one push channel open: open, subscribe, list, keep alive, and again. */
export class PushLoop {
  /** Frames that came while the first list was on its way are newer than that list, so they are applied after it. */
  #held: (() => VendorSession[]) | null = null;
  #holding = false;

  constructor(
    private readonly push: PushSource,
    private readonly host: PushLoopHost,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    let attempt = 0;
    while (!this.signal.aborted) {
      const openedAtMs = this.host.clock.monotonicMs();
      const error = await this.#one();
      if (this.signal.aborted) return;
      this.host.lost(error);
      attempt = this.host.clock.monotonicMs() - openedAtMs > RECONNECT.capMs ? 0 : attempt;
      if (error.code === 'SERVER_REJECTED_KEY') this.host.doubt();
      if (isStarting(error)) await this.host.waitUntilReady(error);
      else await this.host.clock.sleep(failureWaitMs(error, attempt++, RECONNECT, this.host.random), this.signal).catch(() => undefined);
    }
  }

  /** Opens the channel and stays until it is gone. The answer says why. */
  async #one(): Promise<AppError> {
    const closing = new AbortController();
    const gone = new Promise<AppError>((resolve) => closing.signal.addEventListener('abort', () => resolve(closing.signal.reason as AppError), { once: true }));
    let connection: PushConnection | null = null;
    try {
      this.#holding = true;
      this.host.state('opening');
      connection = await this.push.open(
        {
          sessions: (read) => this.#take(read),
          changed: () => this.host.changed(),
          librariesChanged: () => this.host.librariesChanged(),
          restarting: () => {
            this.host.restarting();
            closing.abort(unreachable('starting', { phase: 'closed', retryAfterMs: 1_000 }));
          },
          closed: (reason) => closing.abort(reason),
        },
        this.signal,
      );
      const failure = await this.host.firstList();
      if (failure) return failure;
      this.host.state('up');
      this.#release();
      return await Promise.race([gone, this.#keepAlive(connection, closing.signal)]);
    } catch (error) {
      return connectionError(error);
    } finally {
      this.#holding = false;
      this.#held = null;
      connection?.close();
      closing.abort(unreachable('refused', { closed: true }));
      this.host.state('down');
    }
  }

  async #keepAlive(connection: PushConnection, closing: AbortSignal): Promise<AppError> {
    const stopping = AbortSignal.any([this.signal, closing]);
    try {
      for (let beat = 1; ; beat++) {
        await this.host.clock.sleep(KEEP_ALIVE_PLAYING_MS, stopping);
        if (!this.host.isPlaying() && beat % IDLE_BEATS !== 0) continue;
        await withTimeout(() => connection.check(), KEEP_ALIVE_ANSWER_MS, () => unreachable('timeout', { socket: 'silent' }), this.host.clock);
      }
    } catch (error) {
      return connectionError(stopping.aborted ? stopping.reason : error);
    }
  }

  #take(read: () => VendorSession[]): void {
    if (!this.#holding) return this.host.frame(read);
    if (this.#held) this.host.dropped();
    this.#held = read;
  }

  #release(): void {
    this.#holding = false;
    const held = this.#held;
    this.#held = null;
    if (held) this.host.frame(held);
  }
}
