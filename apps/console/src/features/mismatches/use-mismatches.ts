import {
  ConsoleIgnoreMismatchDocument,
  ConsoleMismatchesChangedDocument,
  ConsoleMismatchesDocument,
  ConsoleResolveMismatchDocument,
  type ConsoleMismatchFragment,
  type ConsoleMismatchListFragment,
  type MismatchState,
  type ResolveMismatchInput,
} from '@usher/api-client';
import { useMemo, useState } from 'react';
import { useClient, useQuery, type CombinedError } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { usePageFeed } from '../../live/page-feed.js';

export type Mismatch = ConsoleMismatchFragment;
export type MismatchList = ConsoleMismatchListFragment;

interface Mismatches {
  /** Null before the first answer. */
  readonly list: MismatchList | null;
  readonly error: CombinedError | undefined;
  reread(): void;
}

/** Mismatches in one state; open ones are pushed as they come and go. */
export function useMismatches(state: MismatchState): Mismatches {
  const filter = useMemo(() => ({ states: [state] }), [state]);
  const [{ data, error }, read] = useQuery({ query: ConsoleMismatchesDocument, variables: { filter }, requestPolicy: 'cache-and-network' });
  const [pushed, setPushed] = useState<MismatchList | null>(null);
  const reread = () => {
    setPushed(null);
    read({ requestPolicy: 'network-only' });
  };
  usePageFeed(ConsoleMismatchesChangedDocument, {}, ({ mismatchesChanged }) => setPushed(mismatchesChanged), reread);
  const list = useMemo(() => {
    const answered = data?.mismatches ?? null;
    if (!answered || !pushed) return answered;
    return { ...pushed, mismatches: state === 'OPEN' ? pushed.mismatches : answered.mismatches };
  }, [data, pushed, state]);
  return { list, error: list ? undefined : error, reread };
}

interface Answering {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** Closes it, unless the flag is kept; `allowNetworks` are all that the comparison says can be allowed. */
  resolve(id: string, resolution: string, more?: Pick<ResolveMismatchInput, 'keepFlag' | 'allowNetworks'>): void;
  ignore(id: string, days: number, note: string): void;
}

/** Answers one mismatch at a time; `onDone` is called with the words of what was done. */
export function useAnswer(onDone: (words: string) => void): Answering {
  const client = useClient();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const run = async (words: string, send: () => Promise<{ error?: CombinedError | undefined }>) => {
    if (state.busy) return;
    setState({ busy: true, problem: null });
    const { error } = await send();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (!error) onDone(words);
  };
  return {
    ...state,
    resolve: (id, resolution, more = {}) => void run(wordsOf(more), () => client.mutation(ConsoleResolveMismatchDocument, { input: { id, resolution, ...more, idempotencyKey: newIdempotencyKey() } }).toPromise()),
    ignore: (id, days, note) => void run(`Asked again in ${days} days.`, () => client.mutation(ConsoleIgnoreMismatchDocument, { input: { id, days, note: note.trim() || null, idempotencyKey: newIdempotencyKey() } }).toPromise()),
  };
}

function wordsOf({ keepFlag, allowNetworks }: Pick<ResolveMismatchInput, 'keepFlag' | 'allowNetworks'>): string {
  if (keepFlag) return 'Kept with its flag.';
  return allowNetworks ? 'Allowed for these networks.' : 'Resolved.';
}
