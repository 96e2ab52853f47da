import { answers, conditionOf, type ServerCondition } from '../../live/condition.js';
import { sumsOf } from '../../live/totals.js';
import type { FleetServer, ServerSnapshot } from '../../live/live-types.js';

/** Filters of the list as they stand in the address. */
export interface ServerListFilter {
  readonly text?: string | undefined;
  readonly kind?: string | undefined;
  /** A condition, or `problem` for all that are not online. */
  readonly state?: string | undefined;
  readonly role?: string | undefined;
  readonly tag?: string | undefined;
}

const ORDER: readonly ServerCondition[] = ['online', 'degraded', 'pending', 'stale', 'offline'];

/** The servers that pass, sorted by state and then by streams, most first. */
export function listServers(servers: readonly FleetServer[], snapshots: ReadonlyMap<string, ServerSnapshot>, filter: ServerListFilter): FleetServer[] {
  const needle = filter.text?.trim().toLowerCase() ?? '';
  const condition = (server: FleetServer) => conditionOf(server, snapshots.get(server.id)?.stale);
  const streams = (server: FleetServer) => (answers(condition(server)) ? sumsOf(snapshots.get(server.id)).streams : -1);
  return servers
    .filter((server) => {
      const state = condition(server);
      if (filter.kind && server.kind !== filter.kind.toUpperCase()) return false;
      if (filter.state && filter.state !== state && !(filter.state === 'problem' && state !== 'online')) return false;
      if (filter.role && server.role !== filter.role.toUpperCase()) return false;
      if (filter.tag && !server.tags.includes(filter.tag)) return false;
      return [server.alias, server.slug, server.url, server.version, server.name, server.region, ...server.tags].some((word) => word?.toLowerCase().includes(needle));
    })
    .toSorted((a, b) => ORDER.indexOf(condition(a)) - ORDER.indexOf(condition(b)) || streams(b) - streams(a) || a.alias.localeCompare(b.alias));
}

/** `6 online · 1 stale · 1 offline`. */
export function stateSummary(servers: readonly FleetServer[], snapshots: ReadonlyMap<string, ServerSnapshot>): string {
  const counts = new Map<ServerCondition, number>();
  for (const server of servers) {
    const condition = conditionOf(server, snapshots.get(server.id)?.stale);
    counts.set(condition, (counts.get(condition) ?? 0) + 1);
  }
  return ORDER.filter((condition) => counts.has(condition))
    .map((condition) => `${counts.get(condition)} ${condition}`)
    .join(' · ');
}

/** `attic.lan:8096`: an address without its scheme. */
export function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
