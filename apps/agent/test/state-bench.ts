import path from 'node:path';
import { afterEach } from '@jest/globals';
import { AppError, uuidv7, type MediaItem, type PlanRow, type WrittenRow } from '@usher/contracts';
import { InMemoryMediaServer } from '@usher/media-server';
import { ConcurrencyLimit, ManualClock, type TimerHandle } from '@usher/resilience';
import type { VerifiedTicket } from '@usher/security';
import { Grant } from '../src/tickets/grant.js';
import { HeldPlans } from '../src/tickets/held-plans.js';
import { QUIET_MS, WRITE_TIMEOUT_MS } from '../src/watch-states/write-batch.js';
import { StateReader } from '../src/watch-states/state-reader.service.js';
import { StateWriter } from '../src/watch-states/state-writer.service.js';
import { WriteLog } from '../src/watch-states/write-log.js';
import { makePlan, type MadePlan } from './plans.js';
import { recordingLogger, tempFolder } from './support.js';

export const USER = 'user-1';

const logs: WriteLog[] = [];
afterEach(() => Promise.allSettled(logs.splice(0).map((log) => log.close())));

export function film(vendorId: string): MediaItem {
  return {
    vendorId, type: 'movie', title: `Film ${vendorId}`, parentVendorId: null, parentTitle: null, seasonNumber: null, episodeNumber: null, episodeEndNumber: null,
    year: 1999, airDate: null, durationMs: 7_200_000, videoHeight: null, guids: [], files: [],
  };
}

interface Named {
  readonly n: number;
  readonly to?: WrittenRow['now'];
}

interface ApplyOptions {
  readonly atOnce?: number;
  readonly maxPerSecond?: number | null;
  readonly signal?: AbortSignal;
  readonly maxWrites?: number;
}

/** A clock that knows who waits for it, so that a test can let the disk finish before it moves on. */
class WaitedClock extends ManualClock {
  private readonly due = new Map<unknown, number>();

  override setTimeout(fn: () => void, ms: number): TimerHandle {
    const handle = super.setTimeout(() => {
      this.due.delete(handle.id);
      fn();
    }, ms);
    this.due.set(handle.id, this.monotonicMs() + Math.max(0, ms));
    return handle;
  }

  override clearTimeout(handle: TimerHandle): void {
    this.due.delete(handle.id);
    super.clearTimeout(handle);
  }

  /** Until the first of those who wait; null = nobody does. */
  nextInMs(): number | null {
    return this.due.size === 0 ? null : Math.min(...this.due.values()) - this.monotonicMs();
  }
}

/** What one agent needs to write states, on a folder that outlives it. */
export class StateBench {
  readonly clock = new WaitedClock();
  readonly server: InMemoryMediaServer;
  readonly serverId = uuidv7();
  /** Set to end the leave of every command. */
  refusal: AppError | null = null;
  reader!: StateReader;
  writer!: StateWriter;
  private grants: Grant[] = [];
  private log!: WriteLog;
  private plans!: HeldPlans;
  private plan!: MadePlan;
  private named: readonly { n: number; to: WrittenRow['now'] }[] = [];
  private maxWrites = 0;
  private underWay = 0;

  private constructor(private readonly folder: string, kind: 'jellyfin' | 'emby' | 'plex') {
    this.server = new InMemoryMediaServer(kind);
    this.server.userList = [{ vendorId: USER, name: 'Ada', email: null, isAdministrator: false, enabled: true, lastSeenAt: null }];
  }

  static async start(rows: readonly PlanRow[], options: { kind?: 'jellyfin' | 'emby' | 'plex'; plan?: Parameters<typeof makePlan>[2] } = {}): Promise<StateBench> {
    const bench = new StateBench(await tempFolder(), options.kind ?? 'emby');
    bench.plan = makePlan(bench.serverId, rows, options.plan);
    bench.server.itemLists.set('films', rows.flatMap((row) => (row.op === 'watch-state.set' ? [film(row.to.itemVendorId)] : [])));
    await bench.restart();
    await bench.plans.hold(bench.plan.sha256, null, bench.plan.headerBytes, bench.serverId);
    return bench;
  }

  /** Another process on the same folder: nothing of the one before is closed or told. */
  async restart(): Promise<void> {
    const { clock, server, folder } = this;
    const { logger } = recordingLogger();
    const provider = { current: () => server };
    this.plans = await HeldPlans.open(path.join(folder, 'plans'), clock, logger);
    this.log = await WriteLog.open(path.join(folder, 'watch-states'), WRITE_TIMEOUT_MS + QUIET_MS, clock, logger);
    logs.push(this.log);
    this.reader = new StateReader(provider, () => 0, clock, () => undefined);
    this.writer = new StateWriter({
      provider,
      guard: { with: (_commandId, work) => work(this.grant()) },
      plans: this.plans,
      accountOf: () => USER,
      reader: this.reader,
      log: this.log,
      writes: new ConcurrencyLimit({ max: 1, queue: 4 }),
      streams: () => 3,
      clock,
    });
  }

  /** Ends the leave now, and tells those who wait. */
  revoke(error = new AppError('TICKET_REVOKED', 'Taken back.')): void {
    this.refusal = error;
    for (const grant of this.grants) grant.recheck();
  }

  /** Carries a command to its end, however long it waits by the clock. */
  async apply(rows: readonly Named[] = this.numbers, options: ApplyOptions = {}): Promise<Awaited<ReturnType<StateBench['begin']>>> {
    let isOver = false;
    const running = this.begin(rows, options).finally(() => (isOver = true));
    running.catch(() => undefined);
    for (;;) {
      await this.idle();
      if (isOver) return running;
      await this.clock.advance(this.clock.nextInMs() ?? 0);
    }
  }

  /** Lets so much time pass, and everything happen in it. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.monotonicMs() + ms;
    for (await this.idle(); this.clock.monotonicMs() < until; await this.idle()) {
      await this.clock.advance(Math.min(this.clock.nextInMs() ?? ms, until - this.clock.monotonicMs()));
    }
  }

  /** The same command without moving the clock. */
  async begin(rows: readonly Named[] = this.numbers, options: ApplyOptions = {}) {
    const { atOnce = 8, maxPerSecond = null, signal = new AbortController().signal, maxWrites = 10_000 } = options;
    const request = { planSha256: this.plan.sha256, rows: rows.map(({ n, to }) => ({ n, to: to ?? null })), atOnce, maxPerSecond };
    this.named = request.rows;
    this.maxWrites = maxWrites;
    this.underWay++;
    const parts = await this.writer.apply(uuidv7(), request, signal).finally(() => this.underWay--);
    const { requests, streams, tookMs, retryAfterMs } = parts[0]!;
    const written = parts.flatMap((part) => part.rows);
    return { written, outcomes: written.map(({ outcome }) => outcome), codes: written.map(({ code }) => code), requests, streams, tookMs, retryAfterMs };
  }

  private get numbers(): Named[] {
    return this.plan.rows.map(({ n }) => ({ n }));
  }

  /** Resolves when everything that is under way waits for the clock. */
  private async idle(): Promise<void> {
    do {
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    } while (this.underWay > 0 && this.clock.nextInMs() === null);
  }

  /** Titles in the order in which they were written. */
  get writes(): string[] {
    return this.server.accounts.writes.map(({ state }) => state.itemVendorId);
  }

  private grant(): Grant {
    const rows = this.named.map(({ n }) => this.plan.rows.find((row) => row.n === n)!);
    const verified = { ticket: { plan_sha256: this.plan.sha256 }, approvals: [], maxWrites: this.maxWrites } as unknown as VerifiedTicket;
    const grant = new Grant(verified, this.plan.header, rows, this.named, () => this.refusal);
    this.grants.push(grant);
    return grant;
  }
}
