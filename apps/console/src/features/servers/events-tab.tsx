import { useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleServerHistoryDocument, ConsoleServerLogDocument, type ConsoleServerLogQuery } from '@usher/api-client';
import { CircleAlert, FilterX, Info, ScrollText, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { EmptyState } from '../../components/state-view.js';
import { mainTitle, secondLine } from '../../format/media.js';
import { absolute, moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { ReadPanel, Unknown, useMayRead } from './detail-parts.js';

type Entry = ConsoleServerLogQuery['serverLog'][number];
const PAGE = 100;
const SEVERITIES = {
  INFO: { word: 'Info', icon: <Info size={14} className="dim" aria-hidden /> },
  WARNING: { word: 'Warning', icon: <TriangleAlert size={14} className="text-warning" aria-hidden /> },
  ERROR: { word: 'Error', icon: <CircleAlert size={14} className="text-danger" aria-hidden /> },
} as const;

function LogRow({ entry, nowMs }: { entry: Entry; nowMs: number }): ReactNode {
  const { word, icon } = SEVERITIES[entry.severity];
  const atMs = Date.parse(entry.at);
  return (
    <tr>
      <td>
        <span className="inline">
          {icon}
          {word}
        </span>
      </td>
      <td className="wrap-any">
        {entry.text}
        <span className="small dim block">{entry.kind}</span>
      </td>
      <td className="dim">{entry.userName ?? <Unknown />}</td>
      <td className="num dim" title={absolute(atMs)}>{moment(atMs, nowMs)}</td>
    </tr>
  );
}

/** One part of the log; the last part offers the older ones. */
function LogPart({ server, before, text, last, onOlder }: { server: FleetServer; before: string | null; text: string; last: boolean; onOlder(before: string): void }): ReactNode {
  const nowMs = useNow(60_000);
  const [{ data, fetching }] = useQuery({ query: ConsoleServerLogDocument, variables: { serverId: server.id, limit: PAGE, before } });
  const entries = data?.serverLog ?? [];
  const needle = text.trim().toLowerCase();
  const found = entries.filter((entry) => [entry.text, entry.kind, entry.userName, SEVERITIES[entry.severity].word].some((word) => word?.toLowerCase().includes(needle)));
  const oldest = entries.at(-1);
  return (
    <tbody>
      {found.map((entry) => (
        <LogRow key={entry.vendorId} entry={entry} nowMs={nowMs} />
      ))}
      {last && (fetching || (oldest && entries.length >= PAGE)) && (
        <tr>
          <td colSpan={4}>
            {fetching ? <span className="dim">Reading…</span> : <button type="button" className="button small" onClick={() => oldest && onOlder(oldest.at)}>Show older ones</button>}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Log({ server, aside }: { server: FleetServer; aside: ReactNode }): ReactNode {
  const mayRead = useMayRead(server, 'log.read', true);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerLogDocument, variables: { serverId: server.id, limit: PAGE, before: null }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  const [parts, setParts] = useState<readonly (string | null)[]>([null]);
  const [text, setText] = useState('');
  return (
    <ReadPanel title="Log of events" note="as the server itself tells it" aside={aside} server={server} needs={{ capability: 'log.read', what: 'tell its log of events' }} operator ready={!!data} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {data?.serverLog.length === 0 ? (
        <EmptyState icon={ScrollText} title="Nothing in the log">
          {server.alias} has written nothing yet.
        </EmptyState>
      ) : (
        <>
          <div className="panel-body events-filter">
            <input data-page-search className="input" aria-label="Search the log" placeholder="Text, kind, user, warning, error" value={text} onChange={(event) => setText(event.target.value)} />
            {text && <button type="button" className="button small quiet" onClick={() => setText('')}><FilterX size={13} aria-hidden />Clear</button>}
          </div>
          <table className="table detail-table events-table">
            <thead>
              <tr>
                <th scope="col">Severity</th>
                <th scope="col">What</th>
                <th scope="col">User</th>
                <th scope="col" className="num">When</th>
              </tr>
            </thead>
            {parts.map((before, index) => (
              <LogPart key={before} server={server} before={before} text={text} last={index === parts.length - 1} onOlder={(next) => setParts([...parts, next])} />
            ))}
          </table>
        </>
      )}
    </ReadPanel>
  );
}

function VendorHistory({ server, aside }: { server: FleetServer; aside: ReactNode }): ReactNode {
  const nowMs = useNow(60_000);
  const mayRead = useMayRead(server, 'history.read', true);
  const [{ data, error }, read] = useQuery({ query: ConsoleServerHistoryDocument, variables: { serverId: server.id, limit: PAGE }, pause: !mayRead, requestPolicy: 'cache-and-network' });
  return (
    <ReadPanel title="Playbacks" note="as the server itself remembers them" aside={aside} server={server} needs={{ capability: 'history.read', what: 'tell its history' }} operator ready={!!data} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {data?.serverHistory.length === 0 ? (
        <EmptyState icon={ScrollText} title="No playback yet">
          {server.alias} remembers none.
        </EmptyState>
      ) : (
        <table className="table detail-table events-table">
          <thead>
            <tr>
              <th scope="col">Title</th>
              <th scope="col">User</th>
              <th scope="col" className="num">When</th>
            </tr>
          </thead>
          <tbody>
            {data?.serverHistory.map((entry) => (
              <tr key={entry.vendorId}>
                <td>
                  <span className="strong block">{mainTitle(entry)}</span>
                  <span className="small dim block">{entry.seriesTitle && secondLine({ ...entry, year: null }, null)}</span>
                </td>
                <td>{entry.userName ?? <Unknown />}</td>
                <td className="num dim" title={absolute(Date.parse(entry.at))}>{moment(Date.parse(entry.at), nowMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ReadPanel>
  );
}

/** The server's own log and history; which one is in the address. */
export function EventsTab({ server }: { server: FleetServer }): ReactNode {
  const navigate = useNavigate();
  const { list } = useSearch({ from: '/frame/servers/$alias/{-$tab}' });
  const history = list === 'history';
  const choose = (value: string | undefined) => void navigate({ to: '.', search: (old) => ({ ...old, list: value }), replace: true });
  const aside = (
    <span className="segmented" role="radiogroup" aria-label="Which list">
      <label>
        <input type="radio" name="events" checked={!history} onChange={() => choose(undefined)} />
        Log
      </label>
      <label>
        <input type="radio" name="events" checked={history} onChange={() => choose('history')} />
        Playbacks
      </label>
    </span>
  );
  return history ? <VendorHistory server={server} aside={aside} /> : <Log server={server} aside={aside} />;
}
