import { useMatches } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSnapshots } from '../live/live-context.js';
import { useScopedServers } from '../live/use-view.js';
import { totalsOf } from '../live/totals.js';

/** `(20) Overview · Usher`: the tab says how many streams run in the scope. */
export function useStreamTitle(): void {
  const snapshots = useSnapshots();
  const servers = useScopedServers();
  const page = useMatches({ select: (matches) => matches.findLast((match) => match.staticData.title)?.staticData.title ?? 'Overview' });
  const streams = servers ? totalsOf(servers, snapshots).streams : 0;
  useEffect(() => {
    document.title = `${streams > 0 ? `(${streams}) ` : ''}${page} · Usher`;
  }, [streams, page]);
}
