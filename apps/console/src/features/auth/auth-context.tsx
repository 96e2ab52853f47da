import { ConsoleSignOutDocument, ConsoleWelcomeDocument, type ConsoleWelcomeQuery } from '@usher/api-client';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Provider } from 'urql';
import { createApiClient } from '../../api/client.js';
import { problemOf, type Problem } from '../../api/problem.js';

export type Welcome = ConsoleWelcomeQuery;
export type Operator = NonNullable<Welcome['viewer']>;

interface Auth {
  /** Null until the first answer. */
  readonly welcome: Welcome | null;
  readonly problem: Problem | null;
  /** Reads again who is signed in; also after signing in. */
  reload(): Promise<void>;
  signOut(): Promise<void>;
}

const AuthContext = createContext<Auth | null>(null);

/** Knows who is signed in. A new sign-in gets a new API client, so that nothing of the last operator stays in its cache. */
export function AuthProvider({ children }: { children: ReactNode }): ReactNode {
  const [state, setState] = useState<{ welcome: Welcome | null; problem: Problem | null }>({ welcome: null, problem: null });
  const operatorId = state.welcome?.viewer?.id ?? '';
  const client = useMemo(
    () => createApiClient(() => setState((now) => (now.welcome ? { ...now, welcome: { ...now.welcome, viewer: null } } : now))),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the operator is what a client belongs to
    [operatorId],
  );

  const reload = useCallback(async () => {
    const { data, error } = await client.query(ConsoleWelcomeDocument, {}, { requestPolicy: 'network-only' }).toPromise();
    setState((now) => (data ? { welcome: data, problem: null } : { ...now, problem: problemOf(error) }));
  }, [client]);

  const signOut = useCallback(async () => {
    await client.mutation(ConsoleSignOutDocument, {}).toPromise();
    await reload();
  }, [client, reload]);

  useEffect(() => {
    if (!state.welcome && !state.problem) void reload();
  }, [reload, state]);

  const auth = useMemo(() => ({ ...state, reload, signOut }), [state, reload, signOut]);
  return (
    <Provider value={client}>
      <AuthContext value={auth}>{children}</AuthContext>
    </Provider>
  );
}

export function useAuth(): Auth {
  const auth = useContext(AuthContext);
  if (!auth) throw new Error('useAuth needs an AuthProvider above it');
  return auth;
}

const RANK = { VIEWER: 0, OPERATOR: 1, SUPERADMIN: 2 } as const;

/** Whether the signed-in operator has at least this role. The API decides; this only spares a refused click. */
export function useRole(role: Operator['role']): boolean {
  const viewer = useAuth().welcome?.viewer;
  return !!viewer && RANK[viewer.role] >= RANK[role];
}
