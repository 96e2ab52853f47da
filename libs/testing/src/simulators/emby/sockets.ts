import type { TimerHandle } from '@usher/resilience';
import type { WebSocket } from 'ws';
import type { Grant } from '../base/core.js';
import type { SimulatedSession } from '../base/playback-engine.js';
import { stableHex } from '../base/random.js';
import type { EmbyServer } from './server.js';
import { sessionRows } from './sessions.js';

interface Peer {
  readonly socket: WebSocket;
  /** Null: opened with a bad token. Such a socket stays open and never receives anything. */
  readonly grant: Grant | null;
  readonly session: SimulatedSession | null;
  /** Interval of the subscription to sessions, ms; null without one. */
  sessionsEveryMs: number | null;
  activity: boolean;
  lastSentMs: number;
  pending: TimerHandle | null;
}

/** `/embywebsocket`: no greeting, no keep-alive frames, no close frame; pings are answered. */
export class EmbySockets {
  private readonly peers = new Set<Peer>();
  private frames = 0;

  constructor(private readonly server: EmbyServer) {
    server.onPush = (topic) => (topic === 'Sessions' ? this.pushSessions() : this.pushActivity());
    server.hasSocket = (session) => [...this.peers].some((peer) => peer.session === session);
    server.sendTo = (session, type, data) => {
      const peer = [...this.peers].find((entry) => entry.session === session);
      if (peer !== undefined) this.send(peer, type, data);
      return peer !== undefined;
    };
  }

  accept(socket: WebSocket, grant: Grant | null): void {
    const session = grant?.user != null && grant.device !== null ? this.server.core.engine.open(grant.user, grant.device, 'external') : null;
    const peer: Peer = { socket, grant, session, sessionsEveryMs: null, activity: false, lastSentMs: Number.NEGATIVE_INFINITY, pending: null };
    this.peers.add(peer);
    socket.on('message', (data) => this.onFrame(peer, (data as Buffer).toString('utf8')));
    socket.once('close', () => {
      this.cancel(peer);
      this.peers.delete(peer);
    });
  }

  broadcast(type: string): void {
    for (const peer of this.peers) this.send(peer, type, undefined);
  }

  dispose(): void {
    for (const peer of this.peers) this.cancel(peer);
  }

  private send(peer: Peer, type: string, data: unknown): void {
    if (peer.grant === null) return;
    this.server.core.endpoint.send(peer.socket, { MessageType: type, MessageId: stableHex(`frame ${++this.frames}`), ...(data === undefined ? {} : { Data: data }) });
  }

  /** Frames that it does not know are ignored, play reports too. */
  private onFrame(peer: Peer, text: string): void {
    if (!this.server.core.endpoint.audible || peer.grant === null) return;
    const frame = /"MessageType"\s*:\s*"(\w+)"/.exec(text)?.[1];
    if (frame === 'SessionsStart') peer.sessionsEveryMs = Number(/"Data"\s*:\s*"\d+,(\d+)"/.exec(text)?.[1] ?? 1_500);
    if (frame === 'SessionsStop') peer.sessionsEveryMs = null;
    if (frame === 'ActivityLogEntryStart') peer.activity = true;
    if (frame === 'ActivityLogEntryStop') peer.activity = false;
  }

  private pushActivity(): void {
    for (const peer of this.peers) if (peer.activity) this.send(peer, 'ActivityLogEntry', []);
  }

  /** One frame per interval at most; a change inside the interval is sent at its end. */
  private pushSessions(): void {
    if (!this.server.pushesSessions) return;
    const { clock } = this.server.core;
    for (const peer of this.peers) {
      if (peer.sessionsEveryMs === null || peer.pending !== null) continue;
      const wait = peer.lastSentMs + peer.sessionsEveryMs - clock.monotonicMs();
      if (wait <= 0) this.sendSessions(peer);
      else peer.pending = clock.setTimeout(() => this.sendSessions(peer), wait);
    }
  }

  private sendSessions(peer: Peer): void {
    this.cancel(peer);
    if (peer.sessionsEveryMs === null || peer.grant === null) return;
    peer.lastSentMs = this.server.core.clock.monotonicMs();
    this.send(peer, 'Sessions', sessionRows(this.server, peer.grant));
  }

  private cancel(peer: Peer): void {
    if (peer.pending !== null) this.server.core.clock.clearTimeout(peer.pending);
    peer.pending = null;
  }
}
