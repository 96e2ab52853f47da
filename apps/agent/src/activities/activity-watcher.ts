import type { AgentLink } from '@usher/bus';
import { activitiesState, AppError, type Activity, type IgnoredDevice, type VendorActivity } from '@usher/contracts';
import type { Logger } from '@usher/platform';
import { withTimeout, type Clock } from '@usher/resilience';
import { pause } from '../server/pause.js';
import type { Sequence } from '../server/sequence.js';
import type { ServerProvider } from '../server/server.provider.js';
import type { ServerStatus } from '../server/server-status.js';
import { withoutIgnored } from '../server/ignored-devices.js';

const CALL_TIMEOUT_MS = 15_000;
/** Work that nobody here ordered is looked for seldom while nobody looks at the server: each look costs it up to three calls. */
const UNWATCHED_MS = 60 * 60_000;
const WATCHED_MS = { running: 60_000, idle: 5 * 60_000 };
/** After an order, the longer the slower. A server may need a moment before it shows what it does. */
const ORDERED = [
  { untilMs: 60_000, everyMs: 2_000 },
  { untilMs: 600_000, everyMs: 5_000 },
  { untilMs: 6 * 3_600_000, everyMs: 15_000 },
];
const SHOWS_WITHIN_MS = 20_000;
const REPEAT_MS = 30_000;
const MAX_ACTIVITIES = 200;

interface WatcherOptions {
  readonly provider: Pick<ServerProvider, 'currentOrNull'>;
  readonly status: Pick<ServerStatus, 'vendor'>;
  readonly link: Pick<AgentLink, 'connected' | 'publishState'>;
  readonly sequence: Pick<Sequence, 'next'>;
  readonly ignored: () => readonly IgnoredDevice[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Follows what the server is busy with besides streams: closely after an order, now and then while somebody looks, seldom otherwise. */
export class ActivityWatcher {
  private readonly stopping = new AbortController();
  private nap = new AbortController();
  private work: Promise<void> | null = null;
  private newest: Activity[] = [];
  private orderedAtMs: number | null = null;
  private sent = '[]';
  private sentAtMs = Number.NEGATIVE_INFINITY;
  private failing = false;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private watchedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: WatcherOptions) {}

  start(): void {
    this.work ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  /** The server took an order: what it makes of it is followed closely. */
  ordered(): void {
    this.orderedAtMs = this.options.clock.monotonicMs();
    this.wake();
  }

  /** The server answers, or the adapter is new: looks now. */
  wake(): void {
    this.lookedAtMs = Number.NEGATIVE_INFINITY;
    this.nap.abort();
  }

  /** Somebody looks at this server for the next `forMs`. */
  watched(forMs: number): void {
    const nowMs = this.options.clock.monotonicMs();
    const isNews = nowMs >= this.watchedUntilMs;
    this.watchedUntilMs = Math.max(this.watchedUntilMs, nowMs + forMs);
    if (isNews) this.nap.abort();
  }

  /** The link is up: whoever listens knows nothing of this server. */
  connected(): void {
    this.sent = '';
    this.nap.abort();
  }

  /** The ignored devices changed: what is known is looked at again. */
  reconsider(): void {
    this.nap.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { clock, logger } = this.options;
    while (!signal.aborted) {
      this.nap = new AbortController();
      if (this.leftMs() <= 0) {
        await this.look();
        this.lookedAtMs = clock.monotonicMs();
      }
      await this.publish().catch((error: unknown) => logger.error('state.not_published', 'A state could not be published.', { error }));
      const leftMs = this.leftMs();
      await pause(clock, Math.max(0, this.newest.length > 0 ? Math.min(leftMs, REPEAT_MS) : leftMs), AbortSignal.any([signal, this.nap.signal]));
    }
  }

  private async look(): Promise<void> {
    const { provider, status, clock, logger } = this.options;
    const server = provider.currentOrNull;
    if (!server?.capabilities.has('activities.list') || status.vendor.status !== 'online') return;
    try {
      const onTimeout = () => new AppError('SERVER_UNREACHABLE', 'The media server did not answer in time.', { reason: 'timeout' });
      this.take(await withTimeout(() => server.actions.running(), CALL_TIMEOUT_MS, onTimeout, clock));
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopping.signal.aborted) logger.warn('activities.not_read', 'What the server is busy with is not known.', { error });
      this.failing = true;
    }
  }

  private take(running: readonly VendorActivity[]): void {
    const known = new Map(this.newest.map((activity) => [activity.vendorId, activity.startedAt]));
    const now = new Date(this.options.clock.now()).toISOString();
    this.newest = running.slice(0, MAX_ACTIVITIES).map((activity) => ({ ...activity, startedAt: known.get(activity.vendorId) ?? now }));
    const { orderedAtMs } = this;
    if (this.newest.length === 0 && orderedAtMs !== null && this.options.clock.monotonicMs() - orderedAtMs > SHOWS_WITHIN_MS) this.orderedAtMs = null;
  }

  private async publish(): Promise<void> {
    const { link, sequence, clock } = this.options;
    const activities = this.visible();
    const content = JSON.stringify(activities);
    const isDue = activities.length > 0 && clock.monotonicMs() - this.sentAtMs >= REPEAT_MS;
    if (!link.connected || (content === this.sent && !isDue)) return;
    link.publishState(activitiesState, { seq: await sequence.next(), at: new Date(clock.now()).toISOString(), activities });
    this.sent = content;
    this.sentAtMs = clock.monotonicMs();
  }

  /** Without what goes to ignored devices, as far as a vendor names them. */
  private visible(): Activity[] {
    const devices = this.newest.map((activity) => ({ activity, deviceId: null, deviceName: activity.deviceName, client: null }));
    return withoutIgnored(devices, this.options.ignored()).map(({ activity }) => activity);
  }

  private leftMs(): number {
    return this.lookedAtMs + this.restMs() - this.options.clock.monotonicMs();
  }

  private restMs(): number {
    const nowMs = this.options.clock.monotonicMs();
    const slowMs = nowMs < this.watchedUntilMs ? WATCHED_MS[this.newest.length > 0 ? 'running' : 'idle'] : UNWATCHED_MS;
    if (this.orderedAtMs === null) return slowMs;
    const sinceMs = nowMs - this.orderedAtMs;
    return ORDERED.find(({ untilMs }) => sinceMs < untilMs)?.everyMs ?? slowMs;
  }
}
