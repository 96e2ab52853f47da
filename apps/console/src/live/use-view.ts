import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { inScope } from '../frame/scope.js';
import { useServers } from './live-context.js';
import type { FleetServer } from './live-types.js';

/** Servers in the chosen scope, primary first, then by name, so that rows never jump. Null before the first answer. */
export function useScopedServers(): readonly FleetServer[] | null {
  const servers = useServers();
  const { servers: scope } = useSearch({ strict: false });
  return useMemo(() => {
    if (!servers) return null;
    return inScope(servers, scope).toSorted(
      (a, b) => Number(b.role === 'PRIMARY') - Number(a.role === 'PRIMARY') || a.alias.localeCompare(b.alias),
    );
  }, [servers, scope]);
}
