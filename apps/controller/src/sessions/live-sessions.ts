import type { ServerLoad, Session, SessionsState } from '@usher/contracts';
import type { Clock } from '@usher/resilience';

/** A snapshot without a newer message for this long is shown as stale; agents repeat it every 10 s. */
export const STALE_MS = 30_000;
/** More than any media server carries; a list above it is dropped as a whole. */
export const MAX_SESSIONS = 20_000;

export interface ServerSnapshot {
  readonly serverId: string;
  readonly agentId: string;
  readonly seq: number;
  /** ISO time at the agent. */
  readonly at: string;
  readonly source: 'push' | 'poll';
  readonly sessions: readonly Session[];
  /** Monotonic time of its arrival here. */
  readonly receivedMs: number;
}

interface Assembly {
  readonly seq: number;
  readonly parts: (readonly Session[] | undefined)[];
  missing: number;
  size: number;
}

interface View {
  readonly agentId: string;
  snapshot: ServerSnapshot | null;
  assembly: Assembly | null;
  load: { readonly seq: number; readonly load: ServerLoad; readonly receivedMs: number } | null;
}

/**
 * The live sessions of every server, in memory only: whole snapshots, the highest `seq` of an agent wins. A list in
 * parts appears when its last part is here; until then, and if a part never comes, the list before it stays.
 * Who speaks for a server is decided by the directory; messages of anybody else must not reach this class.
 */
export class LiveSessions {
  private readonly views = new Map<string, View>();

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {}

  /** The new snapshot, or null when the message completed none. */
  receive(from: { serverId: string; agentId: string }, message: SessionsState): ServerSnapshot | null {
    const view = this.viewOf(from);
    if (view.snapshot?.agentId === from.agentId && message.seq <= view.snapshot.seq) return null;
    const sessions = assemble(view, message);
    if (!sessions) return null;
    view.assembly = null;
    const { seq, at, source } = message;
    view.snapshot = { ...from, seq, at, source, sessions, receivedMs: this.clock.monotonicMs() };
    return view.snapshot;
  }

  /** True when the load is newer than the one at hand. */
  receiveLoad(from: { serverId: string; agentId: string }, message: { seq: number; load: ServerLoad }): boolean {
    const view = this.viewOf(from);
    if (view.load && message.seq <= view.load.seq) return false;
    view.load = { seq: message.seq, load: message.load, receivedMs: this.clock.monotonicMs() };
    return true;
  }

  snapshot(serverId: string): ServerSnapshot | null {
    return this.views.get(serverId)?.snapshot ?? null;
  }

  /** Null when none came in the last 30 s. */
  load(serverId: string): ServerLoad | null {
    const load = this.views.get(serverId)?.load;
    return load && !this.isOld(load.receivedMs) ? load.load : null;
  }

  snapshots(): ServerSnapshot[] {
    return [...this.views.values()].flatMap(({ snapshot }) => snapshot ?? []);
  }

  find(serverId: string, vendorId: string): Session | null {
    return this.snapshot(serverId)?.sessions.find((session) => session.vendorId === vendorId) ?? null;
  }

  /** True when newer messages are missing. */
  isOverdue(snapshot: ServerSnapshot): boolean {
    return this.isOld(snapshot.receivedMs);
  }

  /** Nobody speaks for this server any more. */
  forget(serverId: string): void {
    this.views.delete(serverId);
  }

  private isOld(receivedMs: number): boolean {
    return this.clock.monotonicMs() - receivedMs >= STALE_MS;
  }

  /** A new agent starts with its own sequence; what the former one showed stays until its first list is complete. */
  private viewOf({ serverId, agentId }: { serverId: string; agentId: string }): View {
    const known = this.views.get(serverId);
    if (known?.agentId === agentId) return known;
    const fresh: View = { agentId, snapshot: known?.snapshot ?? null, assembly: null, load: null };
    this.views.set(serverId, fresh);
    return fresh;
  }
}

/** The whole list when this message was its last missing part. Only the newest list is assembled: memory holds one. */
function assemble(view: View, { seq, part, parts, sessions }: SessionsState): readonly Session[] | null {
  if (part >= parts) return null;
  let assembly = view.assembly;
  if (assembly && seq < assembly.seq) return null;
  if (!assembly || seq > assembly.seq) {
    assembly = { seq, parts: new Array<undefined>(parts).fill(undefined), missing: parts, size: 0 };
    view.assembly = assembly;
  }
  if (assembly.parts.length !== parts || assembly.parts[part]) return null;
  assembly.parts[part] = sessions;
  assembly.missing -= 1;
  assembly.size += sessions.length;
  if (assembly.size > MAX_SESSIONS) assembly.parts.fill([]);
  if (assembly.missing > 0 || assembly.size > MAX_SESSIONS) return null;
  return assembly.parts.flatMap((list) => list ?? []);
}
