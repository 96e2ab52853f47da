import { ConsoleCurvesDocument, ConsoleServerCurvesDocument } from '@usher/api-client';
import { useMemo } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { useRepeat } from '../../live/use-repeat.js';
import type { Range } from './curve-chart.js';
import type { FleetCurves, ServerCurve } from './curve-lines.js';

/** A quarter of an hour is the shortest that is kept; the running one is read along. */
const EVERY_MS = 120_000;

interface Read<T> {
  /** Null before the first answer. */
  readonly value: T | null;
  readonly error: CombinedError | undefined;
  reread(): void;
}

/** The curves of one server. Nothing is asked while `off`. */
export function useServerCurves(serverId: string, range: Range, off: boolean): Read<ServerCurve> {
  const [{ data, error }, read] = useQuery({ query: ConsoleServerCurvesDocument, variables: { serverId, range }, pause: off, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useRepeat(() => !off && reread(), EVERY_MS);
  const answer = data?.serverCurves;
  const isThis = answer?.serverId === serverId && (answer.curves === null || answer.curves.range === range);
  return { value: isThis ? answer : null, error: isThis ? undefined : error, reread };
}

/** The curves of these servers, all when null, in the order of `ids`. Nothing is asked while `off`. */
export function useFleetCurves(ids: readonly string[], serverIds: string[] | null, range: Range, off: boolean): Read<readonly FleetCurves[]> {
  const [{ data, error }, read] = useQuery({ query: ConsoleCurvesDocument, variables: { range, serverIds }, pause: off, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useRepeat(() => !off && reread(), EVERY_MS);
  const value = useMemo(() => {
    const rows = data?.curves.filter(({ curves }) => curves === null || curves.range === range);
    return rows && rows.length === data!.curves.length ? ids.flatMap((id) => rows.filter(({ serverId }) => serverId === id)) : null;
  }, [data, ids, range]);
  return { value, error: value ? undefined : error, reread };
}
