import { uuidv7, type IgnoredDevice, type Session, type VendorSession } from '@usher/contracts';
import type { MediaServer, SessionSnapshot, WatchHooks } from '@usher/media-server';
import type { Logger } from '@usher/platform';
import { fullJitter, type Clock } from '@usher/resilience';
import { pause } from '../server/pause.js';
import { newFact, type NewFact } from '../spool/facts.js';
import { withoutIgnored } from '../server/ignored-devices.js';
import { checkedRows } from './playback.js';
import type { PlaybackStore } from './playback-store.js';
import { follow, type PlaybackFact, type Tracking } from './session-events.js';
import type { SessionsPublisher } from './sessions-publisher.js';

const SAVE_EVERY_MS = 10_000;
const RESTART = { baseMs: 1_000, capMs: 30_000 };

export interface WatcherOptions {
  readonly store: PlaybackStore;
  readonly publisher: Pick<SessionsPublisher, 'offer'>;
  readonly ignored: () => readonly IgnoredDevice[];
  readonly hooks: WatchHooks;
  /** Called after each list, when `seen` shows it. */
  readonly onSeen?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Follows the sessions of one server: each list becomes facts on disk and a snapshot on the bus. */
export class SessionWatcher {
  private tracking: Tracking;
  private newest: SessionSnapshot | null = null;
  private refusedRows = 0;
  /** The newest list as it is published: without ignored devices, with what the agent knows of each row. */
  seen: readonly Session[] = [];
  private savedAtMs = Number.NEGATIVE_INFINITY;
  private readonly listeners = new Set<(rows: readonly VendorSession[]) => void>();
  private watching: { stop: AbortController; done: Promise<void> } | null = null;

  constructor(private readonly options: WatcherOptions) {
    this.tracking = options.store.tracking;
  }

  /** Leaves the adapter that was watched and follows this one; null = none. */
  async watch(server: MediaServer | null): Promise<void> {
    const before = this.watching;
    this.watching = null;
    before?.stop.abort();
    await before?.done;
    this.newest = null;
    this.seen = [];
    if (!server) return;
    const stop = new AbortController();
    this.watching = { stop, done: this.run(server, stop.signal) };
  }

  /** A row of the newest list, ignored devices too; undefined = not in it, null = no list yet. */
  find(vendorId: string): VendorSession | undefined | null {
    if (!this.newest) return null;
    return this.newest.sessions.find((session) => session.vendorId === vendorId);
  }

  /** Hears every list from now on, ignored devices too, until the answer is called. */
  onList(listener: (rows: readonly VendorSession[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The ignored devices changed: the newest list is looked at again. */
  reconsider(): void {
    if (this.newest) this.take(this.newest);
  }

  /** Playbacks go on: whether they ended meanwhile shows at the next start. */
  async stop(): Promise<void> {
    await this.watch(null);
    await this.options.store.save();
  }

  private async run(server: MediaServer, signal: AbortSignal): Promise<void> {
    const { clock, logger, hooks } = this.options;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        for await (const snapshot of server.sessions.watch(signal, hooks)) {
          if (signal.aborted) return;
          failures = 0;
          this.take(snapshot);
          for (const listener of this.listeners) listener(snapshot.sessions);
          this.saveNowAndThen();
        }
      } catch (error) {
        if (!signal.aborted) logger.error('sessions.watch_failed', 'Following the sessions failed; it starts again.', { error });
      }
      await pause(clock, fullJitter(failures, RESTART), signal);
    }
  }

  private take(snapshot: SessionSnapshot): void {
    const { store, publisher, ignored, clock } = this.options;
    this.newest = snapshot;
    const sessions = withoutIgnored(this.checked(snapshot.sessions), ignored());
    const now = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
    const { tracking, facts, sessions: seen } = follow(this.tracking, { source: snapshot.source, sessions }, now, () => uuidv7(now.wallMs));
    store.record(tracking.playbacks, facts.map(factOf));
    this.tracking = tracking;
    this.seen = seen;
    this.options.onSeen?.();
    publisher.offer({ at: snapshot.at, source: snapshot.source, sessions: seen }, facts.length > 0);
  }

  private checked(rows: readonly VendorSession[]): VendorSession[] {
    const { sessions, refused } = checkedRows(rows);
    if (refused !== this.refusedRows && refused > 0) {
      this.options.logger.warn('sessions.refused', 'Sessions of this server do not fit what Usher knows; they are left out.', { count: refused });
    }
    this.refusedRows = refused;
    return sessions;
  }

  /** Beside the lists, which do not wait for the disk. */
  private saveNowAndThen(): void {
    const { clock, store, logger } = this.options;
    if (clock.monotonicMs() - this.savedAtMs < SAVE_EVERY_MS) return;
    this.savedAtMs = clock.monotonicMs();
    store.save().catch((error: unknown) => logger.error('playbacks.not_saved', 'What is playing could not be written down.', { error }));
  }
}

function factOf(fact: PlaybackFact): NewFact {
  return newFact(fact.contract as typeof fact.contract & { body: never }, fact.body as never, Date.parse(fact.body.at));
}
