import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, sessionIdOf, type Session, type Stream } from '@usher/contracts';
import type { Clock, TimerHandle } from '@usher/resilience';
import { ActiveAgents } from '../agents/active-agents.js';
import type { Actor } from '../auth/actor.js';
import { LatestByKey } from '../graphql/changes.js';
import { CLOCK } from '../infrastructure.js';
import type { ServerSnapshot } from './live-sessions.js';
import { ended, seen, type SessionTrack } from './mirror.js';
import type { SessionMirrorObject } from './mirror.graphql.js';
import { partsOf } from './session-id.js';
import { SessionsService } from './sessions.service.js';

/** An ended session can still be looked at for this long. */
const KEEP_ENDED_MS = 10 * 60_000;
const SWEEP_MS = 5_000;

interface Kept {
  track: SessionTrack;
  /** Monotonic; null while it plays. */
  endedAtMs: number | null;
}

interface Watcher {
  readonly id: string;
  readonly actor: Actor;
  readonly queue: LatestByKey<'mirror', SessionMirrorObject>;
  live: boolean;
}

/** What happened in every playing session since this controller sees it. In memory only; every controller has its own. */
@Injectable()
export class MirrorsService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** By server, then by the vendor's id of the session. */
  private readonly kept = new Map<string, Map<string, Kept>>();
  private readonly watchers = new Set<Watcher>();
  private timer: TimerHandle | null = null;

  constructor(
    private readonly sessions: SessionsService,
    private readonly directory: ActiveAgents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.sessions.onSnapshot((snapshot) => this.follow(snapshot));
  }

  onApplicationBootstrap(): void {
    this.directory.onLeft((serverId) => this.kept.delete(serverId));
    this.plan();
  }

  onApplicationShutdown(): void {
    if (this.timer) this.clock.clearTimeout(this.timer);
    this.timer = null;
    for (const watcher of [...this.watchers]) watcher.queue.close();
  }

  /** For everybody who is signed in; the address is masked below role operator. @throws VALIDATION_FAILED, NOT_FOUND */
  one(actor: Actor, id: string): SessionMirrorObject {
    actor.require('viewer');
    const mirror = this.mirrorOf(actor, id);
    if (!mirror) throw new AppError('NOT_FOUND', 'This session is not there, and did not end in the last ten minutes.', { sessionId: id });
    return mirror;
  }

  /** At once, then whenever anything of it changes. While it is open the agent is asked for positions. @throws VALIDATION_FAILED, NOT_FOUND */
  watch(actor: Actor, id: string): AsyncIterableIterator<SessionMirrorObject> {
    const first = this.one(actor, id);
    const release = this.sessions.mirror(first.serverId);
    const queue = new LatestByKey<'mirror', SessionMirrorObject>(() => {
      this.watchers.delete(watcher);
      release();
    });
    const watcher: Watcher = { id, actor, queue, live: first.live };
    this.watchers.add(watcher);
    queue.push('mirror', first);
    return queue;
  }

  /** Drops what ended long ago, and tells watchers whose server fell silent or came back. */
  sweep(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [serverId, sessions] of this.kept) {
      for (const [vendorId, { endedAtMs }] of sessions) if (endedAtMs !== null && nowMs - endedAtMs >= KEEP_ENDED_MS) sessions.delete(vendorId);
      if (sessions.size === 0) this.kept.delete(serverId);
    }
    for (const watcher of this.watchers) {
      const mirror = this.mirrorOf(watcher.actor, watcher.id);
      if (mirror && mirror.live !== watcher.live) this.push(watcher, mirror);
    }
  }

  private follow(snapshot: ServerSnapshot): void {
    const { serverId, at } = snapshot;
    const known = this.kept.get(serverId) ?? new Map<string, Kept>();
    const playing = new Set<string>();
    for (const session of snapshot.sessions) {
      if (!plays(session)) continue;
      playing.add(session.vendorId);
      known.set(session.vendorId, { track: seen(known.get(session.vendorId)?.track ?? null, session, at), endedAtMs: null });
    }
    for (const [vendorId, kept] of known) {
      if (playing.has(vendorId) || kept.endedAtMs !== null) continue;
      known.set(vendorId, { track: ended(kept.track, at), endedAtMs: this.clock.monotonicMs() });
    }
    if (known.size > 0) this.kept.set(serverId, known);
    for (const watcher of this.watchers) {
      if (partsOf(watcher.id).serverId !== serverId) continue;
      const mirror = this.mirrorOf(watcher.actor, watcher.id);
      if (mirror) this.push(watcher, mirror);
    }
  }

  private push(watcher: Watcher, mirror: SessionMirrorObject): void {
    watcher.live = mirror.live;
    watcher.queue.push('mirror', mirror);
  }

  /** Null when nothing is known of it. A session that plays nothing has no events. */
  private mirrorOf(actor: Actor, id: string): SessionMirrorObject | null {
    const { serverId, vendorId } = partsOf(id);
    const session = this.sessions.one(actor, id);
    const track = this.kept.get(serverId)?.get(vendorId)?.track ?? null;
    if (!session && !track) return null;
    const snapshot = this.sessions.live.snapshot(serverId);
    const live = session !== null && (track === null || track.endedAt === null) && snapshot !== null && !this.sessions.isStale(snapshot);
    return {
      id: sessionIdOf(serverId, vendorId),
      serverId,
      live,
      endedAt: track?.endedAt ?? null,
      at: snapshot?.at ?? new Date(this.clock.now()).toISOString(),
      session,
      events: [...(track?.events ?? [])],
      bitRates: [...(track?.bitRates ?? [])],
    };
  }

  private plan(): void {
    this.timer = this.clock.setTimeout(() => {
      this.sweep();
      this.plan();
    }, SWEEP_MS);
  }
}

function plays(session: Session): session is Session & { stream: Stream } {
  return session.stream !== null;
}
