import { useNavigate, useSearch } from '@tanstack/react-router';
import { FilterX, ListChecks, RotateCw, Search, Server, TriangleAlert } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { count } from '../../format/units.js';
import { useSettled } from '../../frame/use-settled.js';
import { useLive, useLiveStatus, useServers } from '../../live/live-context.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { sessionKey } from '../overview/session-key.js';
import { Cards, Chips, ExportMenu, LiveBadge, PageFoot } from './activity-parts.js';
import { ActivityTable } from './activity-table.js';
import { FIRST_ORDER, KIND_WORDS, kindsOf, orderOf, ORDERS, sessionIdOf, sizeOf, typeOf, variablesOf, type ActivityPage, type ActivityRow, type ActivitySearch } from './activity-words.js';
import { CancelDialog } from './cancel-dialog.js';
import { useActivityPage } from './use-activity-page.js';
import './activities.css';

/** While somebody types, the question waits this long for the next letter. */
const TYPING_MS = 200;

interface ListProps {
  page: ActivityPage;
  busy: boolean;
  search: ActivitySearch;
  byId: ReadonlyMap<string, FleetServer>;
  set(change: Partial<ActivitySearch>): void;
  reread(): void;
}

function List({ page, busy, search, byId, set, reread }: ListProps): ReactNode {
  const navigate = useNavigate();
  const operator = useRole('OPERATOR');
  const [canceled, setCanceled] = useState<ActivityRow | null>(null);
  const filtered = !!search.q || kindsOf(search.type).length > 0;
  const open = (row: ActivityRow, what: 'session' | 'server') => {
    const server = byId.get(row.serverId);
    const sessionId = sessionIdOf(row);
    if (!server) return;
    if (what === 'server') void navigate({ to: '/servers/$alias/{-$tab}', params: { alias: server.slug } });
    else if (sessionId) void navigate({ to: '/', search: (old) => ({ servers: old.servers, session: sessionKey(server, sessionId) }) });
  };
  if (page.total === 0) {
    return filtered ? (
      <EmptyState icon={FilterX} title={search.q ? `No activity matches “${search.q}”` : 'No activity of this type'} action={<button type="button" className="button small" onClick={() => set({ q: undefined, type: undefined })}>Clear filter</button>}>
        Nothing that goes on now passes this filter.
      </EmptyState>
    ) : (
      <EmptyState icon={ListChecks} title="No current operations">
        Nothing is running. Streams, downloads, scans and tasks appear here while they run.
      </EmptyState>
    );
  }
  return (
    <>
      <ActivityTable rows={page.rows} byId={byId} chosen={orderOf(search.sort)} busy={busy} operator={operator} onSort={(sort) => set({ sort: sort === FIRST_ORDER.value ? undefined : sort })} onCancel={setCanceled} onOpen={open} />
      {canceled && <CancelDialog activity={{ ...canceled, what: KIND_WORDS[canceled.kind].toLowerCase() }} onClose={() => setCanceled(null)} onDone={reread} />}
    </>
  );
}

function Activities({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/activities' });
  const all = useServers();
  const byId = useMemo(() => new Map(all?.map((server) => [server.id, server])), [all]);
  const { q } = search;
  const settled = useSettled(q, TYPING_MS);
  const variables = variablesOf({ ...search, q: settled }, search.servers ? servers.map(({ id }) => id) : null);
  const { page, waiting, reading, error, reread } = useActivityPage(variables);
  const set = (change: Partial<ActivitySearch>) => void navigate({ to: '.', search: (old) => ({ ...old, page: undefined, ...change }), replace: true });
  const kinds = kindsOf(search.type);
  const onKinds = (chosen: Parameters<typeof typeOf>[0]) => set({ type: typeOf(chosen) });
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Activities</h1>
        {page && <span className="badge fact">{count(page.stats.total)}</span>}
        <span className="push inline activity-acts">
          <LiveBadge waiting={waiting} />
          <button type="button" className="button" data-page-refresh aria-keyshortcuts="r" onClick={reread}>
            <RotateCw size={14} aria-hidden />
            Refresh
          </button>
          <ExportMenu filter={variables.filter} total={page?.total ?? 0} />
        </span>
      </div>
      {page && <Cards stats={page.stats} kinds={kinds} onKinds={onKinds} />}
      <div className="filter-bar">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label="Search activities" placeholder="Title, user, server, S01, download…" value={q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
          <kbd className="kbd">/</kbd>
        </div>
        <select className="input filter-select push activity-order" aria-label="Order" value={orderOf(search.sort).value} onChange={({ target }) => set({ sort: target.value === FIRST_ORDER.value ? undefined : target.value })}>
          {ORDERS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {page && <Chips stats={page.stats} kinds={kinds} onKinds={onKinds} />}
      {page && error && (
        <div className="activity-error">
          <ProblemNote problem={problemOf(error)} />
          <span className="small dim">What is shown below is what was read before.</span>
          <button type="button" className="button small" onClick={reread}>
            Read again
          </button>
        </div>
      )}
      <div className="panel">
        {page && <List page={page} busy={reading} search={search} byId={byId} set={set} reread={reread} />}
        {!page && (error ? <ErrorState title="Usher could not read the activities" problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={10} height={36} label="Loading the activities" />)}
        {page && page.total > 0 && <PageFoot page={page} size={sizeOf(search.size)} onSize={(size) => set({ size })} onPage={(at) => set({ page: at })} />}
        {page && page.stats.waitingServers.length > 0 && (
          <p className="activity-partial">
            <TriangleAlert size={14} className="text-warning" aria-hidden />
            Not told yet by {page.stats.waitingServers.join(', ')}: work on {page.stats.waitingServers.length === 1 ? 'this server' : 'these servers'} may be missing here.
          </p>
        )}
      </div>
    </>
  );
}

/** Everything that goes on: streams, downloads, scans, tasks and runs, and what needs a person. */
export default function ActivitiesPage(): ReactNode {
  const servers = useScopedServers();
  const { connection } = useLive();
  const { error } = useLiveStatus();
  if (servers && servers.length > 0) return <Activities servers={servers} />;
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Activities</h1>
      </div>
      <div className="panel">
        {servers ? (
          <EmptyState icon={Server} title="No servers yet">
            What goes on appears after the first server is registered.
          </EmptyState>
        ) : error ? (
          <ErrorState title="Usher could not read the fleet" problem={problemOf(error)} onRetry={() => void connection.refresh()} />
        ) : (
          <LoadingRows rows={8} height={36} label="Loading the fleet" />
        )}
      </div>
    </>
  );
}
