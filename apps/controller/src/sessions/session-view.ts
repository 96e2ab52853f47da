import { sessionIdOf, type Session } from '@usher/contracts';
import type { Actor } from '../auth/actor.js';
import type { ServerSnapshot } from './live-sessions.js';
import type { ServerSessionsObject, SessionObject } from './sessions.graphql.js';

/** Keeps the part that tells the network apart: `203.0.x.x`, `2001:db8:x`. */
export function maskAddress(address: string): string {
  if (address.includes(':')) return `${address.split(':').slice(0, 2).join(':')}:x`;
  const parts = address.split('.');
  return parts.length === 4 ? `${parts[0]}.${parts[1]}.x.x` : 'x';
}

/** What an operator (`open`) or a viewer (`masked`) gets to see. */
export type SessionForm = 'open' | 'masked';

export function formFor(actor: Actor): SessionForm {
  return actor.has('operator') ? 'open' : 'masked';
}

/** A snapshot is shown to many subscribers: each form of it is made once. */
const shown = new WeakMap<ServerSnapshot, Partial<Record<SessionForm, SessionObject[]>>>();

/** What stands beside the live list (person, flags) is added by its own resolvers. */
export function showSession(serverId: string, session: Session, form: SessionForm): SessionObject {
  const { vendorId, address, ...rest } = session;
  return { ...rest, id: sessionIdOf(serverId, vendorId), serverId, address: address !== null && form === 'masked' ? maskAddress(address) : address };
}

export function showSnapshot(snapshot: ServerSnapshot, stale: boolean, form: SessionForm): ServerSessionsObject {
  const forms = shown.get(snapshot) ?? {};
  shown.set(snapshot, forms);
  const sessions = (forms[form] ??= snapshot.sessions.map((session) => showSession(snapshot.serverId, session, form)));
  const { serverId, seq, at, source } = snapshot;
  return { serverId, seq, at, source, stale, sessions };
}
