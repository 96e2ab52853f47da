import { ConsoleActivitiesChangedDocument, ConsoleActivitiesDocument, ConsoleScanLibraryDocument, type ConsoleActivitiesQuery } from '@usher/api-client';
import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf } from '../../api/problem.js';
import { useToast } from '../../components/toast.js';
import { usePageFeed } from '../../live/page-feed.js';

type List = ConsoleActivitiesQuery['activities'][number];
export type Activity = List['activities'][number];

/** Running scans and tasks of all servers; the highest `seq` of a server wins. */
export function useActivities(): readonly Activity[] {
  const [pushed, setPushed] = useState<ReadonlyMap<string, List>>(new Map());
  const [{ data }, read] = useQuery({ query: ConsoleActivitiesDocument, variables: { serverIds: null }, requestPolicy: 'cache-and-network' });
  usePageFeed(ConsoleActivitiesChangedDocument, {}, ({ activitiesChanged: list }) => setPushed((kept) => new Map(kept).set(list.serverId, list)), () => read({ requestPolicy: 'network-only' }));
  const lists = new Map(data?.activities.map((list) => [list.serverId, list]));
  for (const list of pushed.values()) {
    if (list.seq >= (lists.get(list.serverId)?.seq ?? 0)) lists.set(list.serverId, list);
  }
  return [...lists.values()].flatMap((list) => (list.stale ? [] : list.activities));
}

/** Tells a media server to look for new files. How it goes on stands in the row. */
export function useScan(): (library: { serverId: string; vendorId: string; name: string }, alias: string) => void {
  const client = useClient();
  const toast = useToast();
  return (library, alias) => {
    const input = { serverId: library.serverId, libraryId: library.vendorId, idempotencyKey: newIdempotencyKey() };
    void client
      .mutation(ConsoleScanLibraryDocument, { input })
      .toPromise()
      .then(({ error }) => {
        if (!error) return toast(`${alias} took the order to scan ${library.name}.`);
        const problem = problemOf(error);
        return toast(`${alias}: ${problem.message} ${problem.next ?? ''} ${problem.code ?? ''}`);
      });
  };
}
