import { ConsoleActivitiesChangedDocument, ConsoleActivitiesDocument, type ConsoleActivitiesQuery } from '@usher/api-client';
import { useMemo, useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { usePageFeed } from '../../live/page-feed.js';

type List = ConsoleActivitiesQuery['activities'][number];
export type Activity = List['activities'][number];

interface Activities {
  /** Running scans and tasks of all servers that answer. Null before the first answer. */
  readonly activities: readonly Activity[] | null;
  readonly error: CombinedError | undefined;
  reread(): void;
}

/** Running scans and tasks of all servers, pushed as they change; the highest `seq` of a server wins. */
export function useActivities(): Activities {
  const [pushed, setPushed] = useState<ReadonlyMap<string, List>>(new Map());
  const [{ data, error }, read] = useQuery({ query: ConsoleActivitiesDocument, variables: { serverIds: null }, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  usePageFeed(ConsoleActivitiesChangedDocument, {}, ({ activitiesChanged: list }) => setPushed((kept) => new Map(kept).set(list.serverId, list)), reread);
  const activities = useMemo(() => {
    if (!data) return null;
    const lists = new Map(data.activities.map((list) => [list.serverId, list]));
    for (const list of pushed.values()) {
      if (list.seq >= (lists.get(list.serverId)?.seq ?? 0)) lists.set(list.serverId, list);
    }
    return [...lists.values()].flatMap((list) => (list.stale ? [] : list.activities));
  }, [data, pushed]);
  return { activities, error: data ? undefined : error, reread };
}
