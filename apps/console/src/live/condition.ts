import type { FleetServer } from './live-types.js';

/** What a server's row has to say about itself, in order of severity. */
export type ServerCondition = 'online' | 'stale' | 'degraded' | 'offline' | 'pending';

/** One condition from state, staleness of the row and staleness of the newest snapshot. */
export function conditionOf(server: Pick<FleetServer, 'state' | 'stale'>, snapshotStale = false): ServerCondition {
  if (server.state === 'OFFLINE' || server.state === 'HISTORICAL') return 'offline';
  if (server.state === 'PENDING') return 'pending';
  if (server.stale || snapshotStale) return 'stale';
  return server.state === 'DEGRADED' ? 'degraded' : 'online';
}

export const CONDITION_WORDS: Readonly<Record<ServerCondition, string>> = {
  online: 'Online',
  stale: 'Stale',
  degraded: 'Degraded',
  offline: 'Offline',
  pending: 'Pending',
};

/** Whether the server's sessions are live; otherwise they are the last known ones. */
export const answers = (condition: ServerCondition): boolean => condition === 'online' || condition === 'degraded';

/** Moment since when the condition holds: the newest data for a stale server, the change of state for the others. */
export function conditionSince(server: FleetServer, condition: ServerCondition, snapshotAtMs: number | undefined): number {
  if (condition === 'stale') return snapshotAtMs ?? Date.parse(server.live.at ?? server.stateSince);
  return Date.parse(server.stateSince);
}
