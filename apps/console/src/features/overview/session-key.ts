import type { FleetServer } from '../../live/live-types.js';

/** `attic:4be0d9f3`: a session as it stands in the address. */
export function sessionKey(server: Pick<FleetServer, 'slug'>, sessionId: string): string {
  return `${server.slug}:${sessionId.slice(sessionId.indexOf(':') + 1)}`;
}

/** The way back: server and fleet-wide id of the session that an address names, by slug or by the id of the server. */
export function findByKey(servers: readonly FleetServer[], key: string | undefined): { server: FleetServer; sessionId: string } | null {
  const cut = key?.indexOf(':') ?? -1;
  if (!key || cut < 0) return null;
  const server = servers.find(({ id, slug }) => slug === key.slice(0, cut) || id === key.slice(0, cut));
  return server ? { server, sessionId: `${server.id}:${key.slice(cut + 1)}` } : null;
}
