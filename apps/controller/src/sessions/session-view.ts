import { sessionIdOf, type Session } from '@usher/contracts';
import type { ServerSnapshot } from './live-sessions.js';
import type { ServerSessionsObject, SessionObject } from './sessions.graphql.js';

/** Keeps the part that tells the network apart: `203.0.x.x`, `2001:db8:x`. */
export function maskAddress(address: string): string {
  if (address.includes(':')) return `${address.split(':').slice(0, 2).join(':')}:x`;
  const parts = address.split('.');
  return parts.length === 4 ? `${parts[0]}.${parts[1]}.x.x` : 'x';
}

/** A snapshot is shown to many subscribers: each form of it is made once. */
const shown = new WeakMap<ServerSnapshot, Partial<Record<'open' | 'masked', SessionObject[]>>>();

function sessionObject(serverId: string, session: Session, masked: boolean): SessionObject {
  const { vendorId, address, ...rest } = session;
  return { ...rest, id: sessionIdOf(serverId, vendorId), serverId, address: address !== null && masked ? maskAddress(address) : address };
}

/** What an operator (`open`) or a viewer (`masked`) gets to see of a snapshot. */
export function showSnapshot(snapshot: ServerSnapshot, stale: boolean, form: 'open' | 'masked'): ServerSessionsObject {
  const forms = shown.get(snapshot) ?? {};
  shown.set(snapshot, forms);
  const sessions = (forms[form] ??= snapshot.sessions.map((session) => sessionObject(snapshot.serverId, session, form === 'masked')));
  const { serverId, seq, at, source } = snapshot;
  return { serverId, seq, at, source, stale, sessions };
}
