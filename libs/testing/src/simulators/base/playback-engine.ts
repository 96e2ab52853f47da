import type { Clock, TimerHandle } from '@usher/resilience';
import type { DeliveryPlan } from './delivery.js';
import type { CatalogueItem, SimulatedDevice, SimulatedUser } from './media.js';
import { Playback } from './playback.js';
import { stableHex } from './random.js';

/** A signed-in device; `playback` is what it plays now. */
export interface SimulatedSession {
  readonly id: string;
  /** Small number, restarts with the server: Plex's `sessionKey`. */
  readonly number: number;
  readonly user: SimulatedUser;
  readonly device: SimulatedDevice;
  /** `virtual`: played by the engine; `external`: a client of its own reports over HTTP. */
  readonly driver: 'virtual' | 'external';
  lastActivityMs: number;
  playback: Playback | null;
  /** What was shown to the viewer, oldest first. */
  readonly messages: { header: string; text: string; timeoutMs: number | null }[];
}

export type PlaybackChange = 'opened' | 'closed' | 'started' | 'paused' | 'resumed' | 'seeked' | 'delivery' | 'progress' | 'stopped' | 'message';
export type ChangeListener = (change: PlaybackChange, session: SimulatedSession, playback: Playback | null) => void;

/** Clients report this often; servers drop those that were silent for `idleStopMs`, looking every `idleCheckMs`. */
const REPORT_MS = 10_000;
const IDLE_CHECK_MS = 300_000;
const IDLE_STOP_MS = 300_000;

/** Who is signed in and what plays, on an injected clock. Vendors turn it into their own rows and pushes. */
export class PlaybackEngine {
  readonly sessions = new Map<string, SimulatedSession>();
  private readonly listeners = new Set<ChangeListener>();
  private readonly reports = new Map<string, TimerHandle>();
  private idleCheck: TimerHandle | null = null;
  private lastNumber = 0;

  constructor(private readonly clock: Clock) {}

  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The session of that user on that device; the same one again when it exists. */
  open(user: SimulatedUser, device: SimulatedDevice, driver: SimulatedSession['driver']): SimulatedSession {
    const id = stableHex(`${user.number}|${device.id}|${device.client}`);
    const known = this.sessions.get(id);
    if (known !== undefined) {
      known.lastActivityMs = this.clock.now();
      return known;
    }
    const session: SimulatedSession = {
      id,
      number: ++this.lastNumber,
      user,
      device,
      driver,
      lastActivityMs: this.clock.now(),
      playback: null,
      messages: [],
    };
    this.sessions.set(id, session);
    user.lastSeenAtMs = this.clock.now();
    this.tell('opened', session);
    return session;
  }

  close(session: SimulatedSession): void {
    if (!this.sessions.has(session.id)) return;
    if (session.playback !== null) this.stop(session);
    this.sessions.delete(session.id);
    this.tell('closed', session);
  }

  start(session: SimulatedSession, item: CatalogueItem, plan: DeliveryPlan, positionMs = 0, playId?: string): Playback {
    if (session.playback !== null) this.stop(session);
    const playback = new Playback(playId ?? stableHex(`${session.id}|${item.number}|${this.clock.now()}`), item, plan, positionMs, this.clock);
    session.playback = playback;
    this.touch(session);
    if (session.driver === 'virtual') this.scheduleReport(session);
    this.idleCheck ??= this.clock.setTimeout(() => this.dropSilent(), IDLE_CHECK_MS);
    this.tell('started', session);
    return playback;
  }

  pause(session: SimulatedSession): void {
    this.change(session, 'paused', (playback) => playback.setState('paused'));
  }

  resume(session: SimulatedSession): void {
    this.change(session, 'resumed', (playback) => playback.setState('playing'));
  }

  seek(session: SimulatedSession, positionMs: number): void {
    this.change(session, 'seeked', (playback) => playback.moveTo(Math.min(positionMs, playback.item.durationMs ?? positionMs)));
  }

  setDelivery(session: SimulatedSession, plan: DeliveryPlan): void {
    this.change(session, 'delivery', (playback) => playback.setDelivery(plan));
  }

  /** A client's report; also what an external client sends. */
  report(session: SimulatedSession, update: { positionMs?: number; paused?: boolean }): void {
    const { playback } = session;
    if (playback === null) return;
    const wasPaused = playback.state === 'paused';
    if (update.paused !== undefined && update.paused !== wasPaused) playback.setState(update.paused ? 'paused' : 'playing');
    if (update.positionMs !== undefined) playback.moveTo(update.positionMs);
    playback.checkIn();
    this.touch(session);
    this.tell('progress', session);
  }

  stop(session: SimulatedSession): void {
    const { playback } = session;
    if (playback === null) return;
    this.cancelReport(session);
    playback.setState('paused');
    session.playback = null;
    this.touch(session);
    this.tell('stopped', session, playback);
  }

  message(session: SimulatedSession, message: SimulatedSession['messages'][number]): void {
    session.messages.push(message);
    this.tell('message', session);
  }

  /** The client is gone without a word: it plays on, in the server's eyes, until the server looks. */
  vanish(session: SimulatedSession): void {
    this.cancelReport(session);
  }

  /** Ends all timers; nothing is pushed any more. */
  dispose(): void {
    this.listeners.clear();
    for (const session of this.sessions.values()) this.cancelReport(session);
    if (this.idleCheck !== null) this.clock.clearTimeout(this.idleCheck);
    this.idleCheck = null;
  }

  private change(session: SimulatedSession, change: PlaybackChange, apply: (playback: Playback) => void): void {
    const { playback } = session;
    if (playback === null) return;
    apply(playback);
    playback.checkIn();
    this.touch(session);
    this.tell(change, session);
  }

  private touch(session: SimulatedSession): void {
    session.lastActivityMs = this.clock.now();
    session.user.lastSeenAtMs = this.clock.now();
  }

  private tell(change: PlaybackChange, session: SimulatedSession, playback: Playback | null = session.playback): void {
    for (const listener of this.listeners) listener(change, session, playback);
  }

  private scheduleReport(session: SimulatedSession): void {
    this.cancelReport(session);
    const handle = this.clock.setTimeout(() => {
      this.reports.delete(session.id);
      if (session.playback === null) return;
      if (session.playback.atEnd) {
        this.stop(session);
        return;
      }
      this.report(session, {});
      this.scheduleReport(session);
    }, REPORT_MS);
    this.reports.set(session.id, handle);
  }

  private cancelReport(session: SimulatedSession): void {
    const handle = this.reports.get(session.id);
    if (handle !== undefined) this.clock.clearTimeout(handle);
    this.reports.delete(session.id);
  }

  private dropSilent(): void {
    this.idleCheck = null;
    const limit = this.clock.now() - IDLE_STOP_MS;
    for (const session of this.sessions.values()) {
      if (session.playback === null || session.playback.lastCheckInMs > limit) continue;
      session.playback.moveTo(session.playback.lastReportedPositionMs);
      this.stop(session);
    }
    if ([...this.sessions.values()].some((session) => session.playback !== null)) this.idleCheck = this.clock.setTimeout(() => this.dropSilent(), IDLE_CHECK_MS);
  }
}
