import { useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleNoticeDeliveriesChangedDocument, ConsoleNoticesDocument, type NoticeState } from '@usher/api-client';
import { Megaphone, Server } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { count } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import { usePageFeed } from '../../live/page-feed.js';
import type { FleetServer } from '../../live/live-types.js';
import { Compose } from './compose.js';
import { ForecastPanel, useForecast } from './forecast.js';
import { DeliveryTable, NoticeEntry } from './notice-list.js';
import { EMPTY_DRAFT, isOver, targetsOf, type NoticeRow } from './notice-draft.js';
import './notices.css';

const PAGE = 25;
const LISTS = [['all', 'All'], ['planned', 'Planned'], ['canceled', 'Canceled']] as const;
const STATES: Readonly<Record<string, NoticeState[]>> = { planned: ['PLANNED'], canceled: ['CANCELED'] };

/** Notices by the chosen state, newest first, each kept up to date while servers answer. */
function Sent({ byId, latest, onLatest }: { byId: ReadonlyMap<string, FleetServer>; latest: ReadonlyMap<string, NoticeRow>; onLatest(notice: NoticeRow): void }): ReactNode {
  const navigate = useNavigate();
  const { notice: chosenId, list = 'all' } = useSearch({ from: '/frame/notices' });
  const [first, setFirst] = useState(PAGE);
  const filter = useMemo(() => ({ states: STATES[list] ?? null }), [list]);
  const [{ data, error }, read] = useQuery({ query: ConsoleNoticesDocument, variables: { filter, first, after: null }, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  usePageFeed(ConsoleNoticeDeliveriesChangedDocument, {}, ({ noticeDeliveriesChanged }) => onLatest(noticeDeliveriesChanged), reread);
  const page = data?.notices;
  const rows = useMemo(() => {
    if (!page) return null;
    const states = STATES[list];
    const read = new Set(page.edges.map(({ node }) => node.id));
    const added = [...latest.values()].filter(({ id }) => !read.has(id));
    return [...added, ...page.edges.map(({ node }) => latest.get(node.id) ?? node)].filter(({ state }) => !states || states.includes(state)).toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  }, [page, latest, list]);
  const chosen = rows?.find(({ id }) => id === chosenId) ?? rows?.find(({ state }) => state !== 'PLANNED') ?? rows?.[0];
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  const body = () => {
    if (!rows) return error ? <ErrorState title="Usher could not read the notices" problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={6} height={48} label="Loading the notices" />;
    if (!chosen) {
      return list === 'all' ? (
        <EmptyState icon={Megaphone} title="No notice sent yet">
          What became of each notice stands here, one row per server.
        </EmptyState>
      ) : (
        <EmptyState icon={Megaphone} title="No such notice" action={<button type="button" className="button small" onClick={() => set({ list: undefined })}>Show all</button>} />
      );
    }
    return (
      <div className="notices-columns">
        <div>
          <ul>
            {rows.map((notice) => (
              <NoticeEntry key={notice.id} notice={notice} chosen={notice.id === chosen.id} onChoose={() => set({ notice: notice.id })} />
            ))}
          </ul>
          {page?.pageInfo.hasNextPage && (
            <button type="button" className="link notices-more" onClick={() => setFirst(first + PAGE)}>
              Show older ones
            </button>
          )}
        </div>
        <DeliveryTable notice={chosen} byId={byId} onChanged={onLatest} />
      </div>
    );
  };
  return (
    <section className="panel" aria-labelledby="sent-head">
      <div className="panel-head">
        <h2 id="sent-head">Notices</h2>
        <span className="small dim">{page && count(Math.max(page.totalCount, rows?.length ?? 0))}</span>
        <span className="segmented aside">
          {LISTS.map(([value, word]) => (
            <label key={value}>
              <input type="radio" name="list" checked={list === value} onChange={() => set({ list: value === 'all' ? undefined : value, notice: undefined })} />
              {word}
            </label>
          ))}
        </span>
      </div>
      {body()}
    </section>
  );
}

function Notices({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [latest, setLatest] = useState<ReadonlyMap<string, NoticeRow>>(new Map());
  const { kind, serverIds, sessionIds } = draft;
  const targets = useMemo(() => targetsOf({ kind, serverIds, sessionIds }), [kind, serverIds, sessionIds]);
  const { forecast, atMs, error, reread } = useForecast(targets);
  const byId = useMemo(() => new Map(servers.map((server) => [server.id, server])), [servers]);
  const keep = (notice: NoticeRow) => setLatest((kept) => new Map(kept).set(notice.id, notice));
  return (
    <>
      <div className="compose-columns">
        <Compose
          draft={draft}
          servers={servers}
          forecast={forecast}
          onDraft={setDraft}
          onSent={(notice) => {
            keep(notice);
            void navigate({ to: '.', search: (old) => ({ ...old, notice: notice.id, list: isOver(notice.state) ? undefined : old.list }), replace: true });
          }}
        />
        <ForecastPanel forecast={forecast} chosen={targets !== null} atMs={atMs} error={error} byId={byId} onRetry={reread} />
      </div>
      <Sent byId={byId} latest={latest} onLatest={keep} />
    </>
  );
}

/** Text to viewers: what it would do before it is sent, what became of it afterwards. */
export default function NoticesPage(): ReactNode {
  const servers = useServers();
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Notices</h1>
        <span className="small dim">text to viewers, on the servers that can take it</span>
      </div>
      {!servers && (
        <div className="panel">
          <LoadingRows rows={8} height={48} label="Loading the fleet" />
        </div>
      )}
      {servers?.length === 0 && (
        <div className="panel">
          <EmptyState icon={Server} title="No servers yet">
            A notice goes to the people who watch on the servers of the fleet. Register them first.
          </EmptyState>
        </div>
      )}
      {servers && servers.length > 0 && <Notices servers={servers} />}
    </>
  );
}
