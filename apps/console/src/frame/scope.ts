import type { FleetServer } from '../live/live-types.js';

/** `attic,cabin` of the address → slugs. */
export function scopeSlugs(scope: string | undefined): string[] {
  return (scope ?? '').split(',').filter(Boolean);
}

/** The servers that the scope names; all of them when it names none that exists. */
export function inScope(servers: readonly FleetServer[], scope: string | undefined): FleetServer[] {
  const slugs = new Set(scopeSlugs(scope));
  const chosen = servers.filter((server) => slugs.has(server.slug));
  return chosen.length > 0 ? chosen : [...servers];
}

/** The scope as it stands in the address: undefined for all servers. */
export function toScope(slugs: readonly string[], total: number): string | undefined {
  return slugs.length === 0 || slugs.length === total ? undefined : slugs.join(',');
}
