import type { TimerHandle } from '@usher/resilience';
import type { WebSocket } from 'ws';
import type { Grant } from '../base/core.js';
import { stableHex } from '../base/random.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { isAdministrator } from './authorization.js';
import type { JellyfinServer } from './server.js';
import { sessionRows } from './sessions.js';

/** Silence of a client after which the server asks again, asks once more, and gives the socket up without closing it. */
const ASK_AGAIN_MS = [48_000, 60_000] as const;
const GIVE_UP_MS = 66_000;
const CUT_NOTICED_MS = 16_000;

/** Every name that the protocol has; anything else closes the socket. */
const KNOWN_TYPES = new Set(
  'ForceKeepAlive GeneralCommand UserDataChanged Sessions Play SyncPlayCommand SyncPlayGroupUpdate Playstate RestartRequired ServerShuttingDown ServerRestarting LibraryChanged UserDeleted UserUpdated SeriesTimerCreated TimerCreated SeriesTimerCancelled TimerCancelled RefreshProgress ScheduledTaskEnded PackageInstallationCancelled PackageInstallationFailed PackageInstallationCompleted PackageInstalling PackageUninstalled ActivityLogEntry ScheduledTasksInfo ActivityLogEntryStart ActivityLogEntryStop SessionsStart SessionsStop ScheduledTasksInfoStart ScheduledTasksInfoStop KeepAlive'.split(' '),
);

interface Subscription {
  readonly topic: 'Sessions' | 'ActivityLogEntry' | 'ScheduledTasksInfo';
  readonly intervalMs: number;
  timer: TimerHandle | null;
  lastSentMs: number;
}

interface Peer {
  readonly socket: WebSocket;
  readonly grant: Grant;
  readonly session: SimulatedSession | null;
  subscriptions: Subscription[];
  lastHeardMs: number;
  watchdog: TimerHandle | null;
  /** Given up by the server: open, and nothing ever comes again. */
  dead: boolean;
}

/** `/socket`: keep-alives, subscriptions and the pushes of one server. */
export class JellyfinSockets {
  private readonly peers = new Set<Peer>();
  private frames = 0;
  private disposed = false;

  constructor(private readonly server: JellyfinServer) {
    server.onPush = (topic) => this.pushAll(topic);
    server.hasSocket = (session) => this.peerOf(session) !== undefined;
    server.sendTo = (session, type, data) => {
      const peer = this.peerOf(session);
      if (peer !== undefined) this.send(peer, type, data);
      return peer !== undefined;
    };
  }

  get open(): number {
    return this.peers.size;
  }

  accept(socket: WebSocket, grant: Grant): void {
    const { core } = this.server;
    const session = grant.user !== null && grant.device !== null ? core.engine.open(grant.user, grant.device, 'external') : null;
    if (session === null) this.server.keyRows.set(grant.token, core.clock.now());
    const peer: Peer = { socket, grant, session, subscriptions: [], lastHeardMs: core.clock.monotonicMs(), watchdog: null, dead: false };
    this.peers.add(peer);
    socket.on('message', (data) => this.onFrame(peer, (data as Buffer).toString('utf8')));
    socket.once('close', (code) => this.onClose(peer, code));
    this.send(peer, 'ForceKeepAlive', 60);
    this.watch(peer, 0);
    this.pushAll('Sessions');
  }

  /** To every socket, subscribed or not. */
  broadcast(type: string): void {
    for (const peer of this.peers) this.send(peer, type, undefined);
  }

  dispose(): void {
    this.disposed = true;
    for (const peer of this.peers) this.forget(peer);
  }

  private peerOf(session: SimulatedSession): Peer | undefined {
    return [...this.peers].filter((peer) => peer.session === session && !peer.dead).sort((a, b) => b.lastHeardMs - a.lastHeardMs)[0];
  }

  private send(peer: Peer, type: string, data: unknown): void {
    if (peer.dead) return;
    this.server.core.endpoint.send(peer.socket, { MessageId: stableHex(`frame ${++this.frames}`), ...(data === undefined ? {} : { Data: data }), MessageType: type });
  }

  private onFrame(peer: Peer, text: string): void {
    if (peer.dead || !this.server.core.endpoint.audible) return;
    peer.lastHeardMs = this.server.core.clock.monotonicMs();
    this.watch(peer, 0);
    const frame = parse(text);
    if (frame === null || (frame.type !== undefined && !KNOWN_TYPES.has(frame.type))) {
      peer.socket.close(1000, 'System Shutdown');
      return;
    }
    if (frame.type === 'KeepAlive') this.send(peer, 'KeepAlive', undefined);
    const order = /^(Sessions|ActivityLogEntry|ScheduledTasksInfo)(Start|Stop)$/.exec(frame.type ?? '');
    if (order === null) return;
    const topic = order[1] as Subscription['topic'];
    if (order[2] === 'Stop') this.unsubscribe(peer, topic);
    else this.subscribe(peer, topic, frame.data);
  }

  private subscribe(peer: Peer, topic: Subscription['topic'], data: unknown): void {
    const times = typeof data === 'string' ? /^(\d+),(\d+)$/.exec(data) : null;
    if (times === null || (topic === 'ActivityLogEntry' && !isAdministrator(peer.grant))) return;
    const subscription: Subscription = { topic, intervalMs: Number(times[2]), timer: null, lastSentMs: Number.NEGATIVE_INFINITY };
    // A second start is a second subscription: every push comes twice.
    peer.subscriptions.push(subscription);
    if (topic !== 'Sessions') return;
    if (this.server.major < 12) subscription.timer = this.server.core.clock.setTimeout(() => this.sendSessions(peer, subscription), Number(times[1]));
    else this.extrapolate(peer, subscription);
  }

  private unsubscribe(peer: Peer, topic: Subscription['topic']): void {
    const found = peer.subscriptions.find((entry) => entry.topic === topic);
    if (found === undefined) return;
    this.stopTimer(found);
    peer.subscriptions = peer.subscriptions.filter((entry) => entry !== found);
  }

  private pushAll(topic: 'Sessions' | 'ActivityLogEntry'): void {
    for (const peer of this.peers) {
      for (const subscription of peer.subscriptions) {
        if (subscription.topic !== topic) continue;
        if (topic === 'Sessions') this.sendSessions(peer, subscription);
        else this.send(peer, 'ActivityLogEntry', []);
      }
    }
  }

  /** Progress of clients; before 12 at most one push per interval. */
  pushProgress(): void {
    if (this.server.major >= 12) {
      this.pushAll('Sessions');
      return;
    }
    const now = this.server.core.clock.monotonicMs();
    for (const peer of this.peers) {
      for (const subscription of peer.subscriptions) if (subscription.topic === 'Sessions' && now - subscription.lastSentMs >= subscription.intervalMs) this.sendSessions(peer, subscription);
    }
  }

  private sendSessions(peer: Peer, subscription: Subscription): void {
    subscription.lastSentMs = this.server.core.clock.monotonicMs();
    this.send(peer, 'Sessions', sessionRows(this.server, peer.grant));
    this.extrapolate(peer, subscription);
  }

  /** While anything plays the server pushes its own guesses, on whole seconds after the interval. Paused or quiet: nothing. */
  private extrapolate(peer: Peer, subscription: Subscription): void {
    this.stopTimer(subscription);
    const delayMs = Math.ceil((subscription.intervalMs + 1) / 1_000) * 1_000;
    const { clock, engine } = this.server.core;
    subscription.timer = clock.setTimeout(() => {
      const playing = [...engine.sessions.values()].some(({ playback }) => playback?.state === 'playing');
      if (playing) this.sendSessions(peer, subscription);
      else this.extrapolate(peer, subscription);
    }, delayMs);
  }

  private stopTimer(subscription: Subscription): void {
    if (subscription.timer !== null) this.server.core.clock.clearTimeout(subscription.timer);
    subscription.timer = null;
  }

  /** A silent client is asked twice, then given up: no close frame, the connection stays. */
  private watch(peer: Peer, step: number): void {
    const { clock } = this.server.core;
    if (peer.watchdog !== null) clock.clearTimeout(peer.watchdog);
    const at = ASK_AGAIN_MS[step] ?? GIVE_UP_MS;
    peer.watchdog = clock.setTimeout(() => {
      if (step >= ASK_AGAIN_MS.length) {
        peer.dead = true;
        this.forget(peer, false);
        return;
      }
      this.send(peer, 'ForceKeepAlive', 60);
      this.watch(peer, step + 1);
    }, at - (clock.monotonicMs() - peer.lastHeardMs));
  }

  private onClose(peer: Peer, code: number): void {
    this.forget(peer);
    const { session } = peer;
    if (this.disposed || session === null || this.peerOf(session) !== undefined) return;
    const { clock, engine } = this.server.core;
    // A clean close ends the row at once, a cut connection is noticed later.
    if (code === 1006) clock.setTimeout(() => this.peerOf(session) ?? engine.close(session), CUT_NOTICED_MS);
    else engine.close(session);
  }

  private forget(peer: Peer, remove = true): void {
    for (const subscription of peer.subscriptions) this.stopTimer(subscription);
    peer.subscriptions = [];
    if (peer.watchdog !== null) this.server.core.clock.clearTimeout(peer.watchdog);
    peer.watchdog = null;
    if (remove) this.peers.delete(peer);
  }
}

function parse(text: string): { type: string | undefined; data: unknown } | null {
  try {
    const value = JSON.parse(text) as { MessageType?: unknown; Data?: unknown } | null;
    if (typeof value !== 'object' || value === null) return null;
    return { type: typeof value.MessageType === 'string' ? value.MessageType : undefined, data: value.Data };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
