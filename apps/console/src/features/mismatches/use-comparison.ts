import { ConsoleForgetMismatchAllowanceDocument, ConsoleMismatchComparisonDocument, type ConsoleMismatchComparisonQuery } from '@usher/api-client';
import { useEffect, useRef, useState } from 'react';
import { useClient, useQuery, type CombinedError } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { usePaused } from '../../live/live-context.js';
import type { MismatchList } from './use-mismatches.js';

export type Comparison = ConsoleMismatchComparisonQuery['mismatchComparison'];

/** The ledger grows while somebody looks. */
const READ_AGAIN_MS = 30_000;

interface Reading {
  /** Null before the first answer. */
  readonly comparison: Comparison | null;
  readonly error: CombinedError | undefined;
  reread(): void;
}

/** One mismatch with what is known around it; read again when the open ones change, and now and then. */
export function useComparison(id: string, open: MismatchList | null): Reading {
  const [{ data, error }, read] = useQuery({ query: ConsoleMismatchComparisonDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  const paused = usePaused();
  const seen = useRef(open);
  useEffect(() => {
    if (seen.current && open && seen.current !== open) read({ requestPolicy: 'network-only' });
    seen.current = open ?? seen.current;
  }, [open, read]);
  useEffect(() => {
    if (paused) return undefined;
    const timer = setInterval(() => read({ requestPolicy: 'network-only' }), READ_AGAIN_MS);
    return () => clearInterval(timer);
  }, [paused, read]);
  const comparison = data?.mismatchComparison.mismatch.id === id ? data.mismatchComparison : null;
  return { comparison, error, reread: () => read({ requestPolicy: 'network-only' }) };
}

/** Takes one allowance back; `onDone` is called when it is gone. */
export function useForget(onDone: () => void): { busy: boolean; problem: Problem | null; forget(id: string): void } {
  const client = useClient();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const forget = async (id: string) => {
    if (state.busy) return;
    setState({ busy: true, problem: null });
    const { error } = await client.mutation(ConsoleForgetMismatchAllowanceDocument, { id }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (!error) onDone();
  };
  return { ...state, forget: (id) => void forget(id) };
}
