import { sessionsState, type Session, type SessionsState } from '@usher/contracts';
import type { AgentLink } from '@usher/bus';
import type { Clock, TimerHandle } from '@usher/resilience';
import type { Sequence } from '../server/sequence.js';
import { significant } from './significant.js';
import { partsOf } from './snapshot-parts.js';

/** Not more often than this, whatever happens. */
const APART_MS = 100;
/** Positions travel at least this often. */
const REPEAT_MS = 10_000;

export interface PublishedList {
  readonly at: string;
  readonly source: SessionsState['source'];
  readonly sessions: readonly Session[];
}

/** Sends the newest list when something happened in it, else every 10 s. */
export class SessionsPublisher {
  private newest: PublishedList | null = null;
  private sentAtMs = Number.NEGATIVE_INFINITY;
  private sentContent: string | null = null;
  private timer: TimerHandle | null = null;
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
  }

  /** The link is up: whoever listens knows nothing of this server. */
  connected(): void {
    if (this.newest) this.schedule(this.sentAtMs + APART_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) this.clock.clearTimeout(this.timer);
    await this.running;
  }

  private schedule(atMs: number): void {
    if (this.stopped) return;
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
    const wait = atMs - this.clock.monotonicMs();
    if (wait <= 0) this.send();
    else this.timer = this.clock.setTimeout(() => this.send(), wait);
  }

  private send(): void {
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
