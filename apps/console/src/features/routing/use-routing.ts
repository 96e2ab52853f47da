import { ConsolePlacementsChangedDocument, ConsolePlacementsDocument, ConsoleRoutingDocument, ConsoleServerLoadsChangedDocument, type PlacementVerdict } from '@usher/api-client';
import { useMemo, useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import type { ConsoleRoutingQuery } from '@usher/api-client';
import { usePageFeed } from '../../live/page-feed.js';
import type { Load, PlacementRow } from './routing-words.js';

const PAGE = 25;

interface Routing {
  readonly overview: ConsoleRoutingQuery['routingOverview'] | undefined;
  readonly loads: readonly Load[];
  readonly error: CombinedError | undefined;
  reread(): void;
}

/** Figures of the router and the loads as it counts them, pushed about once a second. */
export function useRouting(): Routing {
  const [{ data, error }, read] = useQuery({ query: ConsoleRoutingDocument, requestPolicy: 'cache-and-network' });
  const [pushed, setPushed] = useState<readonly Load[] | null>(null);
  const reread = () => {
    setPushed(null);
    read({ requestPolicy: 'network-only' });
  };
  usePageFeed(ConsoleServerLoadsChangedDocument, {}, ({ serverLoadsChanged }) => setPushed(serverLoadsChanged), reread);
  return { overview: data?.routingOverview, loads: pushed ?? data?.serverLoads ?? [], error: data ? undefined : error, reread };
}

interface Placements {
  /** Null before the first answer. */
  readonly rows: readonly PlacementRow[] | null;
  readonly total: number;
  readonly error: CombinedError | undefined;
  readonly more: (() => void) | null;
  reread(): void;
}

/** Decisions of the scope, the newest first; new ones are put on top as they are made. */
export function usePlacements(verdict: string | undefined, serverIds: readonly string[] | null): Placements {
  const [first, setFirst] = useState(PAGE);
  const [fresh, setFresh] = useState<readonly PlacementRow[]>([]);
  const filter = useMemo(() => ({ verdicts: verdict ? [verdict.toUpperCase() as PlacementVerdict] : null, serverIds: serverIds ? [...serverIds] : null }), [verdict, serverIds]);
  const [{ data, error }, read] = useQuery({ query: ConsolePlacementsDocument, variables: { filter, first, after: null }, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  usePageFeed(ConsolePlacementsChangedDocument, {}, ({ placementsChanged: placement }) => setFresh((rows) => [placement, ...rows.filter(({ id }) => id !== placement.id)].slice(0, PAGE)), reread);
  return useMemo(() => {
    const page = data?.placements;
    const known = new Set(page?.edges.map(({ node }) => node.id));
    const passes = (row: PlacementRow) => (!verdict || row.verdict === verdict.toUpperCase()) && (!serverIds || (row.serverId !== null && serverIds.includes(row.serverId)));
    const newer = new Map(fresh.map((row) => [row.id, row]));
    const added = fresh.filter((row) => !known.has(row.id) && passes(row));
    return {
      rows: page ? [...added, ...page.edges.map(({ node }) => newer.get(node.id) ?? node)] : null,
      total: (page?.totalCount ?? 0) + added.length,
      error: page ? undefined : error,
      more: page?.pageInfo.hasNextPage ? () => setFirst((value) => value + PAGE) : null,
      reread,
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `reread` is new each time and does the same
  }, [data, error, fresh, verdict, serverIds]);
}
