import { useState } from 'react';
import { useClient, type TypedDocumentNode } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';

export interface Acts {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** One at a time; null when it was refused. */
  send<T extends object, V extends object>(document: TypedDocumentNode<T, V>, variables: V): Promise<T | null>;
  forget(): void;
}

/** Changes to people, with what the last one was refused for. */
export function useActs(): Acts {
  const client = useClient();
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  return {
    ...state,
    forget: () => setState({ busy: false, problem: null }),
    send: async (document, variables) => {
      if (state.busy) return null;
      setState({ busy: true, problem: null });
      const { data, error } = await client.mutation(document, variables).toPromise();
      setState({ busy: false, problem: error ? problemOf(error) : null });
      return error ? null : (data ?? null);
    },
  };
}
