import { sessionsState, type Session, type SessionsState } from '@usher/contracts';
import type { AgentLink } from '@usher/bus';
import type { Clock, TimerHandle } from '@usher/resilience';
import type { Sequence } from '../server/sequence.js';
import { significant } from './significant.js';
import { partsOf } from './snapshot-parts.js';

/** Not more often than this, whatever happens. */
const APART_MS = 100;
/** Positions alone, while somebody follows them. */
const POSITIONS_APART_MS = 1_000;
/** Positions travel at least this often. */
const REPEAT_MS = 10_000;

export interface PublishedList {
  readonly at: string;
  readonly source: SessionsState['source'];
  readonly sessions: readonly Session[];
}

/** Sends the newest list when something happened in it, else every 10 s; while somebody follows positions, every second that one comes. */
export class SessionsPublisher {
  private newest: PublishedList | null = null;
  private sentAtMs = Number.NEGATIVE_INFINITY;
  private sentContent: string | null = null;
  private timer: { readonly handle: TimerHandle; readonly atMs: number } | null = null;
  private positionsUntilMs = Number.NEGATIVE_INFINITY;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly link: Pick<AgentLink, 'connected' | 'publishState'>,
    private readonly sequence: Sequence,
    private readonly clock: Clock,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param happened a fact came with this list; else it is compared with what was sent last */
  offer(list: PublishedList, happened: boolean): void {
    this.newest = list;
    if (happened || significant(list.sessions) !== this.sentContent) this.schedule(this.sentAtMs + APART_MS);
    else if (this.clock.monotonicMs() < this.positionsUntilMs) this.schedule(this.sentAtMs + POSITIONS_APART_MS);
  }

  /** Somebody follows positions for the next `forMs`. */
  followPositions(forMs: number): void {
    this.positionsUntilMs = Math.max(this.positionsUntilMs, this.clock.monotonicMs() + forMs);
  }

  /** The link is up: whoever listens knows nothing of this server. */
  connected(): void {
    if (this.newest) this.schedule(this.sentAtMs + APART_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.clear();
    await this.running;
  }

  /** The earlier time counts. */
  private schedule(atMs: number): void {
    if (this.stopped || (this.timer && this.timer.atMs <= atMs)) return;
    this.clear();
    const wait = atMs - this.clock.monotonicMs();
    if (wait <= 0) this.send();
    else this.timer = { atMs, handle: this.clock.setTimeout(() => this.send(), wait) };
  }

  private clear(): void {
    if (this.timer) this.clock.clearTimeout(this.timer.handle);
    this.timer = null;
  }

  private send(): void {
    this.clear();
    const list = this.newest;
    if (!list || this.stopped) return;
    this.sentAtMs = this.clock.monotonicMs();
    this.schedule(this.sentAtMs + REPEAT_MS);
    if (!this.link.connected) return;
    this.sentContent = significant(list.sessions);
    this.running = this.running.then(() => this.publish(list)).catch(this.onError);
  }

  private async publish(list: PublishedList): Promise<void> {
    const seq = await this.sequence.next();
    for (const part of partsOf({ seq, ...list })) this.link.publishState(sessionsState, part);
  }
}
