import type { AppError, VendorSession } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import type { LiveStatus, SessionSnapshot } from '../media-server.js';
import { ListTimes } from '../list-times.js';
import { SessionWatch, type WatchSource } from '../polling.js';
import { PushMeter } from '../push-meter.js';
import type { PushConnection, PushEvents, PushSource } from '../push.js';

/** A push channel in the hands of the test. */
export class FakePush implements PushSource {
  opens = 0;
  checks = 0;
  answersKeepAlive = true;
  refuse: AppError | null = null;
  events: PushEvents | null = null;
  closed = 0;

  constructor(readonly reliable: boolean) {}

  async open(events: PushEvents): Promise<PushConnection> {
    this.opens++;
    if (this.refuse) throw this.refuse;
    this.events = events;
    return {
      check: () => {
        this.checks++;
        return this.answersKeepAlive ? Promise.resolve() : new Promise(() => undefined);
      },
      close: () => {
        this.closed++;
      },
    };
  }
}

/** A watch on a clock that the test moves. */
export class WatchBench {
  readonly clock = new ManualClock();
  readonly stop = new AbortController();
  readonly snapshots: SessionSnapshot[] = [];
  readonly live: LiveStatus[] = [];
  readonly meters = { push: new PushMeter(this.clock), times: new ListTimes() };
  lists = 0;
  sessions: VendorSession[] = [];
  failure: AppError | null = null;
  isWatched = false;
  restarts = 0;
  readyAsked = 0;
  done: Promise<void> = Promise.resolve();
  watch!: SessionWatch;

  constructor(readonly push: FakePush | null) {}

  async start(more: Partial<WatchSource> = {}): Promise<this> {
    this.watch = new SessionWatch(
      {
        clock: this.clock,
        list: async () => {
          this.lists++;
          if (this.failure) throw this.failure;
          return this.sessions;
        },
        push: this.push,
        isWatched: () => this.isWatched,
        pollS: () => 10,
        untilReady: async (_error, signal) => {
          this.readyAsked++;
          await this.clock.sleep(1_000, signal);
        },
        onRestarting: () => this.restarts++,
        random: () => 0.5,
        ...more,
      },
      this.stop.signal,
      this.meters,
      { onLive: (live) => this.live.push(live) },
    );
    this.done = (async () => {
      for await (const snapshot of this.watch.run()) this.snapshots.push(snapshot);
    })();
    await this.clock.advance(0);
    return this;
  }

  async listsIn(ms: number): Promise<number> {
    const before = this.lists;
    await this.clock.advance(ms);
    return this.lists - before;
  }

  get mode(): string | undefined {
    return this.live.at(-1)?.mode;
  }
}
