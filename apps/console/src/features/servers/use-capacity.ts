import { ConsoleServerCapacityDocument, type ConsoleServerCapacityQuery } from '@usher/api-client';
import { useMemo } from 'react';
import { useQuery, type CombinedError } from 'urql';

export type Capacity = ConsoleServerCapacityQuery['serverCapacity'];
/** What the router counts with: typed, measured or assumed. */
export type Counted = ConsoleServerCapacityQuery['serverLoads'][number];

/** What an operator typed about a server's machine, and what the router counts with. */
export function useCapacity(serverId: string): { capacity: Capacity | undefined; counted: Counted | undefined; error: CombinedError | undefined; reread(): void } {
  const variables = useMemo(() => ({ serverId, serverIds: [serverId] }), [serverId]);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerCapacityDocument, variables, requestPolicy: 'cache-and-network' });
  return { capacity: data?.serverCapacity, counted: data?.serverLoads[0], error: data ? undefined : error, reread: () => read({ requestPolicy: 'network-only' }) };
}

/** A number of the field: null for an empty one, NaN for anything that is no number in the range. */
export function numberOf(text: string, low: number, high: number, whole = false): number | null {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  const value = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : Number.NaN;
}
