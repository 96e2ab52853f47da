import { AppError, type ServerLoad, type VendorSession } from '@usher/contracts';
import { starting } from './http/vendor-errors.js';
import { loadOf } from './load.js';
import { ListTimes } from './list-times.js';
import { watchLiveness } from './liveness.js';
import type { AdapterUsage, SessionSnapshot, WatchHooks } from './media-server.js';
import { SessionWatch, type WatchMeters, type WatchSource } from './polling.js';
import { PushMeter } from './push-meter.js';
import type { PushEvents, PushSource } from './push.js';

/** So long after the order to restart it is asked for the first time whether it is ready. */
const FIRST_LOOK_MS = 1_000;

export interface LiveSessionsSource extends Omit<WatchSource, 'onList'> {
  /** A bare TCP connect. @throws AppError */
  readonly knock: () => Promise<void>;
  /** Nobody answers at the address any more. */
  readonly onGone: (error: AppError) => void;
}

/** The sessions of one server as an adapter needs them: lists, one watch, and what was last known. */
export class LiveSessions {
  readonly #source: LiveSessionsSource;
  #watch: SessionWatch | null = null;
  /** The newest list of the running watch, or why there is none. */
  #known: readonly VendorSession[] | AppError | null = null;
  readonly #closing = new AbortController();
  readonly #meters: WatchMeters;
  /** Of the channel that is open or opening. */
  #channel: PushEvents | null = null;

  constructor(source: LiveSessionsSource) {
    this.#source = { ...source, push: source.push && this.#followed(source.push) };
    this.#meters = { push: new PushMeter(source.clock), times: new ListTimes() };
  }

  /** Who watches gets a list as new as this one: both are one request. */
  list(): Promise<VendorSession[]> {
    const list = this.#source.list();
    this.#watch?.pollNow();
    return list;
  }

  usage(): Pick<AdapterUsage, 'pollEveryMs' | 'pace' | 'push'> {
    const { pace, everyMs } = this.#watch?.pace ?? { pace: 'not-started', everyMs: 0 };
    return { pace, pollEveryMs: pace === 'not-started' ? null : everyMs, push: this.#meters.push.read() };
  }

  async *watch(signal: AbortSignal, hooks?: WatchHooks): AsyncIterable<SessionSnapshot> {
    if (this.#watch) throw new AppError('INTERNAL', 'These sessions are being watched already.');
    const stop = new AbortController();
    const until = AbortSignal.any([signal, stop.signal, this.#closing.signal]);
    const watch = new SessionWatch({ ...this.#source, onList: (known) => (this.#known = known) }, until, this.#meters, hooks);
    this.#watch = watch;
    const liveness = watchLiveness(
      {
        clock: this.#source.clock,
        knock: this.#source.knock,
        isPlaying: () => watch.isPlaying,
        onGone: this.#source.onGone,
        onBack: () => watch.pollNow(),
      },
      until,
    );
    try {
      yield* watch.run();
    } finally {
      stop.abort();
      this.#watch = null;
      this.#known = null;
      await liveness;
    }
  }

  /** The session as it is known now; asks the server only when nobody watches. @throws AppError NOT_FOUND */
  async find(id: string): Promise<VendorSession> {
    const session = (await this.#current()).find((each) => each.vendorId === id);
    if (!session) throw new AppError('NOT_FOUND', 'This session is gone.', { sessionVendorId: id });
    return session;
  }

  /**
   * The session, when its client takes this kind of command now.
   * @throws AppError NOT_FOUND, CAPABILITY_MISSING (reason `client`)
   */
  async controllable(id: string, control: keyof VendorSession['controls']): Promise<VendorSession> {
    const session = await this.find(id);
    if (!session.controls[control]) {
      throw new AppError('CAPABILITY_MISSING', 'This client cannot do that now.', { reason: 'client', control });
    }
    return session;
  }

  async load(host?: Pick<ServerLoad, 'cpuPercent' | 'memoryPercent'>): Promise<ServerLoad> {
    return loadOf(await this.#current(), host);
  }

  async #current(): Promise<readonly VendorSession[]> {
    if (this.#known instanceof AppError) throw this.#known;
    return this.#known ?? (await this.#source.list());
  }

  /**
   * Before the server is told to restart: the channel is closed here and opened again when the server is ready, instead of being
   * found silent.
   */
  leavePush(): void {
    this.#channel?.closed(starting(FIRST_LOOK_MS, 'closed'));
  }

  #followed(push: PushSource): PushSource {
    return {
      reliable: push.reliable,
      open: (events, signal) => {
        this.#channel = events;
        return push.open(events, signal);
      },
    };
  }

  /** Ends the watch. */
  close(): void {
    this.#closing.abort();
  }
}
