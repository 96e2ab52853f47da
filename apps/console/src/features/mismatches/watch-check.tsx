import { ConsoleCheckWatchStatesDocument } from '@usher/api-client';
import { RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { ProblemNote } from '../../components/state-view.js';
import { useToast } from '../../components/toast.js';
import { plural } from '../../format/units.js';

/** Reads now what a person watched; by itself that takes until their servers' turn. */
export function CheckButton({ identityId }: { identityId: string }): ReactNode {
  const client = useClient();
  const toast = useToast();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const check = async () => {
    if (state.busy) return;
    setState({ busy: true, problem: null });
    const { data, error } = await client.mutation(ConsoleCheckWatchStatesDocument, { identityId }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (data) toast(`${plural(data.checkWatchStates, 'account')} looked at.`);
  };
  return (
    <div className="aside mm-check">
      <button type="button" className="button small" aria-disabled={state.busy || undefined} onClick={() => void check()}>
        <RefreshCw size={13} aria-hidden />
        {state.busy ? 'Reading…' : 'Read again'}
      </button>
      {state.problem && <ProblemNote problem={state.problem} />}
    </div>
  );
}
