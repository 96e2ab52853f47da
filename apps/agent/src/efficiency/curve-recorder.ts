import type { CurveRange, Curves, HostMetrics } from '@usher/contracts';
import type { MediaServer, VendorCall } from '@usher/media-server';
import type { Logger } from '@usher/platform';
import type { Clock, TimerHandle } from '@usher/resilience';
import type { ServerProvider } from '../server/server.provider.js';
import type { ServerStatus } from '../server/server-status.js';
import type { CurveFile } from './curve-file.js';
import { curvesOf } from './curve-report.js';
import { BUCKET_MS, slotOf } from './curve-ring.js';

const EVERY_MS = 60_000;
/** Nobody watched while the process was held up for longer: it is a gap. */
const HELD_UP_MS = 3 * EVERY_MS;
/** The wall clock and the time that really went by may differ by so much before it is a jump. */
const JUMP_MS = 5_000;

type Reach = 'onlineMs' | 'awayMs' | null;
type Status = ServerStatus['vendor']['status'];
const REACH: Readonly<Record<Status, Reach>> = { online: 'onlineMs', degraded: 'onlineMs', starting: 'awayMs', unreachable: 'awayMs', 'rejected-key': 'awayMs', unknown: null };
const MODES = { push: 'pushMs', poll: 'pollMs', none: null } as const;

interface CurvesOptions {
  readonly file: Pick<CurveFile, 'ring' | 'write'>;
  readonly provider: Pick<ServerProvider, 'currentOrNull'>;
  readonly status: Pick<ServerStatus, 'vendor' | 'live' | 'onChange' | 'onCall'>;
  /** The machine where the agent stands beside its server, without a call to that server; null elsewhere. */
  readonly sampleHost: () => Promise<HostMetrics | null>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Counters {
  readonly reconnects: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
}

/** What the calls to one server and its machine did in the last seven days, in quarter hours. It asks the server nothing. */
export class CurveRecorder {
  private slot: number;
  private wallMs: number;
  private monotonicMs: number;
  private reach: Reach = null;
  private mode: 'pushMs' | 'pollMs' | null = null;
  private counted: { server: MediaServer | null; counters: Counters } = { server: null, counters: { reconnects: 0, cacheHits: 0, cacheMisses: 0 } };
  private timer: TimerHandle | null = null;
  private sampling: Promise<void> | null = null;
  private started = false;

  constructor(private readonly options: CurvesOptions) {
    const { clock } = options;
    this.wallMs = clock.now();
    this.monotonicMs = clock.monotonicMs();
    this.slot = slotOf(this.wallMs);
  }

  /** Goes on in the running bucket when that one was begun before a restart. */
  start(): void {
    const { clock, file, status } = this.options;
    this.started = true;
    this.wallMs = clock.now();
    this.monotonicMs = clock.monotonicMs();
    this.slot = slotOf(this.wallMs);
    file.ring.begin(this.slot, true, this.wallMs - this.slot * BUCKET_MS);
    status.onCall((call) => this.noteCall(call));
    status.onChange(() => this.settle());
    this.settle();
    this.tick();
  }

  /** Also the running bucket is kept. */
  async stop(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    if (this.timer) this.options.clock.clearTimeout(this.timer);
    this.settle();
    this.noteUsage();
    await this.save();
  }

  read(range: CurveRange): Curves {
    if (this.started) this.settle();
    return curvesOf(this.options.file.ring, range, this.options.clock.now());
  }

  private noteCall(call: VendorCall): void {
    if (!this.started) return;
    if (slotOf(this.options.clock.now()) !== this.slot) this.settle();
    this.options.file.ring.addCall(this.slot, call);
  }

  private tick(): void {
    if (!this.started) return;
    const { clock } = this.options;
    this.settle();
    this.noteUsage();
    this.sampling ??= this.sampleHost().finally(() => (this.sampling = null));
    this.timer = clock.setTimeout(() => this.tick(), Math.min(EVERY_MS, BUCKET_MS - (clock.now() % BUCKET_MS)));
  }

  /**
   * Books the time since the last look, as it was then, and goes over to the bucket of now. Lengths are those of the clock that
   * never goes back; the wall clock says only which bucket it is.
   */
  private settle(): void {
    const { clock, status, file } = this.options;
    const nowMs = clock.now();
    const elapsedMs = clock.monotonicMs() - this.monotonicMs;
    const jumped = Math.abs(nowMs - this.wallMs - elapsedMs) > JUMP_MS;
    const before = this.slot;
    const slot = slotOf(nowMs);
    const inNewMs = jumped ? 0 : Math.min(elapsedMs, Math.max(0, nowMs - slot * BUCKET_MS));
    const watched = elapsedMs <= HELD_UP_MS;
    if (watched) this.book(slot === before ? elapsedMs : elapsedMs - inNewMs);
    if (slot !== before) {
      // ahead of time a place can only hold this slot when the clock was wrong before; behind, it is gone on with
      file.ring.begin(slot, slot < before, slot === before + 1 && watched && !jumped ? 0 : nowMs - slot * BUCKET_MS);
      this.slot = slot;
      if (watched) this.book(inNewMs);
      void this.save();
    }
    this.wallMs = nowMs;
    this.monotonicMs += elapsedMs;
    this.reach = REACH[status.vendor.status];
    this.mode = MODES[status.live.mode];
  }

  private book(ms: number): void {
    const { ring } = this.options.file;
    ring.add(this.slot, 'observedMs', ms);
    if (this.reach) ring.add(this.slot, this.reach, ms);
    if (this.mode) ring.add(this.slot, this.mode, ms);
  }

  /** Adapters count from their own begin: what is new since the last look is booked. */
  private noteUsage(): void {
    const server = this.options.provider.currentOrNull;
    const { push, caches } = server?.usage() ?? { push: { connects: 0 }, caches: [] };
    const sum = (pick: (cache: { hits: number; misses: number }) => number) => caches.reduce((total, cache) => total + pick(cache), 0);
    // the first socket of an adapter was no reconnect
    const counters: Counters = { reconnects: Math.max(0, push.connects - 1), cacheHits: sum(({ hits }) => hits), cacheMisses: sum(({ misses }) => misses) };
    const isSame = server === this.counted.server;
    for (const name of ['reconnects', 'cacheHits', 'cacheMisses'] as const) {
      this.options.file.ring.add(this.slot, name, Math.max(0, counters[name] - (isSame ? this.counted.counters[name] : 0)));
    }
    this.counted = { server, counters };
  }

  private async sampleHost(): Promise<void> {
    try {
      const metrics = await this.options.sampleHost();
      if (metrics && this.started) this.noteHost(metrics);
    } catch (error) {
      this.options.logger.debug('curves.host_unread', 'The machine could not be read for the curves.', { error });
    }
  }

  private noteHost({ cpuPercent, memoryUsedBytes, disks, gpus }: HostMetrics): void {
    const { ring } = this.options.file;
    const largest = disks.reduce<(typeof disks)[number] | null>((best, disk) => (best === null || disk.totalBytes > best.totalBytes ? disk : best), null);
    const encoder = gpus.map((gpu) => gpu.encoderPercent ?? gpu.busyPercent).find((percent) => percent !== null) ?? null;
    const note = (readings: 'cpuReadings' | 'memoryReadings' | 'diskReadings' | 'encoderReadings', figure: 'cpuPercent' | 'memoryUsedBytes' | 'diskUsedBytes' | 'encoderPercent', value: number | null) => {
      if (value === null) return;
      ring.add(this.slot, readings, 1);
      ring.add(this.slot, figure, value);
    };
    note('cpuReadings', 'cpuPercent', cpuPercent);
    note('memoryReadings', 'memoryUsedBytes', memoryUsedBytes);
    note('diskReadings', 'diskUsedBytes', largest && largest.totalBytes - largest.freeBytes);
    note('encoderReadings', 'encoderPercent', encoder);
  }

  private async save(): Promise<void> {
    try {
      await this.options.file.write();
    } catch (error) {
      this.options.logger.warn('curves.not_kept', 'The curves of calls and machine could not be written; they are tried again in a quarter of an hour.', { error });
    }
  }
}
