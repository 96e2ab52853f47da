import { useSearch } from '@tanstack/react-router';
import { ConsolePlaybacksDocument, type ConsolePlaybacksQuery } from '@usher/api-client';
import { History } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { MarkIcon, VendorGlyph } from '../../components/glyphs.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { DELIVERY_MARKS, MARK_WORDS, mainTitle, secondLine } from '../../format/media.js';
import { absolute, count, duration, moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import './history.css';

type Playback = ConsolePlaybacksQuery['playbacks']['edges'][number]['node'];
const PAGE = 50;

interface Ledger {
  readonly rows: readonly Playback[];
  readonly total: number;
  readonly next: string | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
}

const NONE: Ledger = { rows: [], total: 0, next: null, problem: null, busy: true };

/** Pages of the ledger, newest first. Null servers = not known yet. */
function useLedger(serverIds: readonly string[] | undefined, ready: boolean): { ledger: Ledger; more(): void; retry(): void } {
  const client = useClient();
  const [ledger, setLedger] = useState<Ledger>(NONE);
  const [wanted, setWanted] = useState<{ after: string | null; turn: number }>({ after: null, turn: 0 });
  const ids = serverIds?.join(',');
  useEffect(() => setWanted((now) => ({ after: null, turn: now.turn + 1 })), [ids]);
  useEffect(() => {
    if (!ready) return undefined;
    let current = true;
    setLedger((now) => (wanted.after ? { ...now, busy: true } : NONE));
    const variables = { filter: { open: false, serverIds: ids ? ids.split(',') : null }, first: PAGE, after: wanted.after };
    void client
      .query(ConsolePlaybacksDocument, variables, { requestPolicy: 'network-only' })
      .toPromise()
      .then(({ data, error }) => {
        if (!current) return;
        if (!data) {
          setLedger((now) => ({ ...now, busy: false, problem: problemOf(error) }));
          return;
        }
        const { edges, totalCount, pageInfo } = data.playbacks;
        const rows = edges.map(({ node }) => node);
        setLedger((now) => ({ rows: wanted.after ? [...now.rows, ...rows] : rows, total: totalCount, next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null, problem: null, busy: false }));
      });
    return () => {
      current = false;
    };
  }, [client, wanted, ids, ready]);
  return { ledger, more: () => setWanted((now) => ({ ...now, after: ledger.next })), retry: () => setWanted((now) => ({ ...now, turn: now.turn + 1 })) };
}

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

/** Ended playbacks, newest first. */
export default function HistoryPage(): ReactNode {
  const servers = useScopedServers();
  const { servers: scope } = useSearch({ strict: false });
  const nowMs = useNow(60_000);
  const ids = useMemo(() => (scope && servers ? servers.map(({ id }) => id) : undefined), [scope, servers]);
  const { ledger, more, retry } = useLedger(ids, servers !== null);
  const byId = useMemo(() => new Map(servers?.map((server) => [server.id, server])), [servers]);
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>History</h1>
        {ledger.total > 0 && <span className="badge fact">{count(ledger.total)}</span>}
        <span className="small dim">ended playbacks, newest first</span>
      </div>
      <div className="panel">
        {ledger.rows.length > 0 && (
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
            <tbody>
              {ledger.rows.map((playback) => (
                <Row key={playback.id} playback={playback} server={byId.get(playback.serverId)} nowMs={nowMs} />
              ))}
            </tbody>
          </table>
        )}
        {ledger.busy && ledger.rows.length === 0 && <LoadingRows rows={8} height={48} label="Loading the history" />}
        {ledger.problem && <ErrorState title="Usher could not read the history" problem={ledger.problem} onRetry={retry} />}
        {!ledger.busy && !ledger.problem && ledger.rows.length === 0 && (
          <EmptyState icon={History} title="No playback has ended yet">
            History starts with the first playback that ends.
          </EmptyState>
        )}
      </div>
      {ledger.next && (
        <div className="history-more">
          <button type="button" className="button" aria-disabled={ledger.busy || undefined} onClick={() => !ledger.busy && more()}>
            {ledger.busy ? 'Loading…' : 'Show older ones'}
          </button>
        </div>
      )}
    </>
  );
}
