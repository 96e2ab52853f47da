import type { LiveSession, SessionFields, ServerSnapshot, SessionsMessage } from './live-types.js';

/** Deep equality of plain values. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([key, value]) => sameValue(value, (b as Record<string, unknown>)[key]));
}

/** Field-by-field equality of what the API sends; `positionAtMs` is the store's own and does not count. */
export function sameSession(kept: LiveSession, next: SessionFields): boolean {
  return Object.entries(next).every(([key, value]) => sameValue(kept[key as keyof SessionFields], value));
}

/** True when anything but the position and the time of the last check-in differs. */
export function changedVisibly(kept: SessionFields, next: SessionFields): boolean {
  const steady = ({ lastSeenAt: _seen, stream, ...rest }: SessionFields) => ({
    ...rest,
    stream: stream && { ...stream, positionMs: 0, transcode: stream.transcode && { ...stream.transcode, progressPercent: 0, speed: 0 } },
  });
  const { positionAtMs: _at, ...fields } = kept as LiveSession;
  return !sameValue(steady(fields), steady(next));
}

/** Number of sessions that started, ended or changed visibly between two states of one server. */
export function countChanges(before: readonly SessionFields[], after: readonly SessionFields[]): number {
  const left = new Map(before.map((session) => [session.id, session]));
  let changes = 0;
  for (const session of after) {
    const kept = left.get(session.id);
    if (!kept || changedVisibly(kept, session)) changes += 1;
    left.delete(session.id);
  }
  return changes + left.size;
}

/**
 * Builds the next snapshot of a server from a message. Sessions without a change keep their identity, and with it the moment
 * to which their position belongs; the list keeps its identity when nothing in it changed.
 */
export function shareStructure(kept: ServerSnapshot | undefined, message: SessionsMessage): { snapshot: ServerSnapshot; changedIds: string[] } {
  const atMs = Date.parse(message.at);
  const before = new Map(kept?.sessions.map((session) => [session.id, session]));
  const changedIds: string[] = [];
  const sessions = message.sessions.map((session): LiveSession => {
    const old = before.get(session.id);
    before.delete(session.id);
    if (old && sameSession(old, session)) return old;
    changedIds.push(session.id);
    return { ...session, positionAtMs: atMs };
  });
  changedIds.push(...before.keys());
  const sameList = kept?.sessions.length === sessions.length && sessions.every((session, index) => session === kept.sessions[index]);
  return {
    snapshot: {
      serverId: message.serverId,
      seq: message.seq,
      atMs,
      source: message.source,
      stale: message.stale,
      sessions: sameList ? kept.sessions : sessions,
    },
    changedIds,
  };
}
