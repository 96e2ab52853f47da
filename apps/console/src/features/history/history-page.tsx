import { Link, useSearch } from '@tanstack/react-router';
import { ConsolePlaybacksDocument, type ConsolePlaybacksQuery } from '@usher/api-client';
import { FilterX, History } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { MarkIcon, VendorGlyph } from '../../components/glyphs.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { DELIVERY_MARKS, MARK_WORDS, mainTitle, secondLine } from '../../format/media.js';
import { absolute, duration, moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import './history.css';

type Playback = ConsolePlaybacksQuery['playbacks']['edges'][number]['node'];
const PAGE = 50;

function Row({ playback, server, nowMs }: { playback: Playback; server: FleetServer | undefined; nowMs: number }): ReactNode {
  const startedMs = Date.parse(playback.startedAt);
  const mark = DELIVERY_MARKS[playback.delivery];
  const share = playback.durationMs ? Math.min(1, playback.watchedMs / playback.durationMs) : null;
  return (
    <tr>
      <td>
        <span className="strong block clip">{mainTitle(playback)}</span>
        <span className="small dim block clip">{secondLine(playback, null)}</span>
      </td>
      <td>
        <span className="block clip">{playback.userName ?? 'Unknown viewer'}</span>
        <span className="small dim block clip">{playback.deviceName ?? playback.client}</span>
      </td>
      <td className="at-wide">
        <span className="inline">
          {server && <VendorGlyph kind={server.kind} size={14} />}
          <span className="clip">{server?.alias ?? 'removed server'}</span>
        </span>
      </td>
      <td className="at-wide">
        <span className={`inline small text-${mark}`}>
          <MarkIcon mark={mark} size={12} /> {MARK_WORDS[mark]}
        </span>
      </td>
      <td className="num">
        {duration(playback.watchedMs)}
        <span className="small dim block">{share === null ? '–' : `${Math.round(share * 100)} %`}</span>
      </td>
      <td className="num dim" title={absolute(startedMs)}>
        {moment(startedMs, nowMs)}
      </td>
    </tr>
  );
}

/** Whose playbacks: of some servers, of one person, or all. */
interface Whose {
  serverIds: string[] | null;
  identityId: string | null;
}

const variablesOf = ({ serverIds, identityId }: Whose, after: string | null) => ({ filter: { open: false, serverIds, identityId }, first: PAGE, after });

interface PageProps {
  whose: Whose;
  after: string | null;
  byId: ReadonlyMap<string, FleetServer>;
  last: boolean;
  onMore(after: string): void;
}

/** One page of the ledger; the last one offers the next. */
function LedgerPage({ whose, after, byId, last, onMore }: PageProps): ReactNode {
  const nowMs = useNow(60_000);
  const [{ data, error, fetching }, reread] = useQuery({ query: ConsolePlaybacksDocument, variables: variablesOf(whose, after), requestPolicy: after ? 'cache-first' : 'cache-and-network' });
  const page = data?.playbacks;
  const next = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  return (
    <tbody>
      {page?.edges.map(({ node }) => (
        <Row key={node.id} playback={node} server={byId.get(node.serverId)} nowMs={nowMs} />
      ))}
      {!page && (
        <tr>
          <td colSpan={6} className="history-state">
            {error ? <ErrorState title="Usher could not read the history" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : fetching && <LoadingRows rows={8} height={48} label="Loading the history" />}
          </td>
        </tr>
      )}
      {last && next && (
        <tr>
          <td colSpan={6}>
            <button type="button" className="button" onClick={() => onMore(next)}>
              Show older ones
            </button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Ledger({ whose, byId }: Pick<PageProps, 'whose' | 'byId'>): ReactNode {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [{ data }] = useQuery({ query: ConsolePlaybacksDocument, variables: variablesOf(whose, null) });
  if (data?.playbacks.totalCount === 0) {
    return (
      <EmptyState icon={History} title="No playback has ended yet">
        History starts with the first playback that ends.
      </EmptyState>
    );
  }
  return (
    <table className="table history-table">
      <thead>
        <tr>
          <th scope="col">Title</th>
          <th scope="col">Viewer</th>
          <th scope="col" className="at-wide">Server</th>
          <th scope="col" className="at-wide">Delivery</th>
          <th scope="col" className="num">Watched</th>
          <th scope="col" className="num">Started</th>
        </tr>
      </thead>
      {cursors.map((after, index) => (
        <LedgerPage key={after} whose={whose} after={after} byId={byId} last={index === cursors.length - 1} onMore={(next) => setCursors([...cursors, next])} />
      ))}
    </table>
  );
}

/** Ended playbacks, newest first. */
export default function HistoryPage(): ReactNode {
  const servers = useScopedServers();
  const { servers: scope, person } = useSearch({ from: '/frame/history' });
  const whose = useMemo(() => ({ serverIds: scope && servers ? servers.map(({ id }) => id) : null, identityId: person ?? null }), [scope, servers, person]);
  const byId = useMemo(() => new Map(servers?.map((server) => [server.id, server])), [servers]);
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>History</h1>
        <span className="small dim">ended playbacks, newest first</span>
        {person && (
          <Link to="/history" className="button small push">
            <FilterX size={13} aria-hidden />
            Of one person; show all
          </Link>
        )}
      </div>
      <div className="panel">{servers ? <Ledger key={`${whose.serverIds?.join()}:${person}`} whose={whose} byId={byId} /> : <LoadingRows rows={8} height={48} label="Loading the history" />}</div>
    </>
  );
}
