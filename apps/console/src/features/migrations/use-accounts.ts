import { ConsoleMigrationAccountsDocument } from '@usher/api-client';
import { useQuery } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import type { Account } from './plan-draft.js';

export interface Accounts {
  readonly accounts: readonly Account[] | null;
  readonly problem: Problem | null;
  reread(): void;
}

/** Accounts of one server by name, with the people whom they belong to. */
export function useAccounts(serverId: string): Accounts {
  const [{ data, error }, read] = useQuery({ query: ConsoleMigrationAccountsDocument, variables: { serverId }, pause: serverId === '', requestPolicy: 'cache-and-network' });
  const accounts = data?.users.toSorted((a, b) => a.name.localeCompare(b.name)) ?? null;
  return { accounts, problem: error ? problemOf(error) : null, reread: () => read({ requestPolicy: 'network-only' }) };
}
