import { useNavigate, useSearch } from '@tanstack/react-router';
import { FilterX, Search, X } from 'lucide-react';
import { lazy, Suspense, useCallback, useMemo, useState, type ReactNode, type RefCallback } from 'react';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { MARK_WORDS } from '../../format/media.js';
import { usePreference } from '../../frame/preferences.js';
import { useNarrow } from '../../frame/use-media.js';
import { useLive, useLiveStatus, useSnapshots } from '../../live/live-context.js';
import { totalsOf } from '../../live/totals.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { AttentionRail } from './attention.js';
import { FleetStrip } from './fleet-strip.js';
import { cardColumns, DENSITIES, gridRows, opensByItself, type Density, type StreamFilter, type WideDensity } from './rows.js';
import { SessionGrid } from './session-grid.js';
import type { SessionForm } from './session-forms.js';
import { loadFormDialog } from './load-form-dialog.js';
import { findByKey, sessionKey } from './session-key.js';
import './overview.css';
import './overview-narrow.css';
import './cards.css';

const SessionDrawer = lazy(() => import('./session-drawer.js'));
const FormDialog = lazy(loadFormDialog);
const EmptyOverview = lazy(() => import('./empty-overview.js'));
const COMPACT_FROM = 100;

const DENSITY_WORDS: Readonly<Record<WideDensity, string>> = { comfortable: 'Comfortable', compact: 'Compact', cards: 'Cards' };

function useDensity(streams: number): [Density, WideDensity, (density: WideDensity) => void] {
  const [stored, setDensity] = usePreference('density');
  const narrow = useNarrow();
  const chosen = DENSITIES.find((density) => density === stored);
  const wide = chosen ?? (streams >= COMPACT_FROM ? 'compact' : 'comfortable');
  return [narrow ? 'narrow' : wide, wide, setDensity];
}

/** How many cards fit beside each other in the element. */
function useColumns(): [RefCallback<HTMLDivElement>, number] {
  const [columns, setColumns] = useState(1);
  const measured = useCallback((element: HTMLDivElement | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setColumns(cardColumns(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [measured, columns];
}

function FilterBar({ filter, onFilter }: { filter: StreamFilter; onFilter(filter: StreamFilter): void }): ReactNode {
  return (
    <>
      <div className="page-search">
        <Search size={14} aria-hidden className="dim" />
        <input data-page-search value={filter.q ?? ''} placeholder="Title, viewer, device…" aria-label="Filter streams by title, viewer or device" onChange={(event) => onFilter({ ...filter, q: event.target.value || undefined })} />
        <kbd className="kbd">/</kbd>
      </div>
      {filter.kind && (
        <button type="button" className="badge fact filter-chip" onClick={() => onFilter({ ...filter, kind: undefined })}>
          {MARK_WORDS[filter.kind].toLowerCase()} <X size={12} aria-label="Remove this filter" />
        </button>
      )}
    </>
  );
}

function Fleet({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/' });
  const snapshots = useSnapshots();
  const [opened, setOpened] = usePreference('opened');
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const [form, setForm] = useState<{ form: SessionForm; server: FleetServer; sessionId: string } | null>(null);
  const totals = useMemo(() => totalsOf(servers, snapshots), [servers, snapshots]);
  const [density, wideDensity, setDensity] = useDensity(totals.streams + totals.lastKnown);
  const filter = useMemo<StreamFilter>(() => ({ kind: search.kind, q: search.q }), [search.kind, search.q]);
  const [main, columns] = useColumns();
  const rows = useMemo(() => gridRows({ servers, snapshots, filter, density, columns, opened, whole }), [servers, snapshots, filter, density, columns, opened, whole]);
  const anyOpen = rows.some((row) => row.kind === 'server' && row.open);

  const setFilter = (next: StreamFilter) => void navigate({ to: '.', search: (old) => ({ ...old, kind: next.kind, q: next.q }), replace: true });
  const isOpen = (server: FleetServer) => opened[server.id] ?? opensByItself(server, snapshots.get(server.id), density);
  const onToggle = (server: FleetServer) => setOpened({ ...opened, [server.id]: !isOpen(server) });
  const onAll = (open: boolean) => setOpened({ ...opened, ...Object.fromEntries(servers.map(({ id }) => [id, open])) });
  const onWhole = useCallback((server: FleetServer) => setWhole((now) => new Set(now).add(server.id)), []);
  const onOpen = useCallback((server: FleetServer, sessionId: string) => void navigate({ to: '.', search: (old) => ({ ...old, session: sessionKey(server, sessionId) }) }), [navigate]);
  const onForm = useCallback((name: SessionForm, server: FleetServer, sessionId: string) => setForm({ form: name, server, sessionId }), []);
  const wanted = findByKey(servers, search.session);

  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Overview</h1>
        <div className={`overview-tools push ${filter.kind ?? filter.q ? 'filtering' : ''}`}>
          <FilterBar filter={filter} onFilter={setFilter} />
          <button type="button" className="fold-all dim" onClick={() => onAll(!anyOpen)}>
            {anyOpen ? 'Collapse all' : 'Expand all'} <kbd className="kbd">⇧</kbd> <kbd className="kbd">{anyOpen ? '[' : ']'}</kbd>
          </button>
          <div className="segmented" role="radiogroup" aria-label="Density">
            {DENSITIES.map((option) => (
              <label key={option}>
                <input type="radio" name="density" checked={wideDensity === option} onChange={() => setDensity(option)} />
                {DENSITY_WORDS[option]}
              </label>
            ))}
          </div>
        </div>
      </div>
      <FleetStrip totals={totals} servers={servers} snapshots={snapshots} kind={filter.kind} onKind={(kind) => setFilter({ ...filter, kind })} />
      <div className="overview-columns">
        <div className="overview-main" ref={main}>
          {rows.length === 0 ? (
            <div className="panel">
              <EmptyState icon={FilterX} title={`No stream matches ${filter.q ? `“${filter.q}”` : 'this filter'}`} action={<button type="button" className="button small" onClick={() => setFilter({})}>Clear filter</button>}>
                {totals.streams} streams are hidden by this filter.
              </EmptyState>
            </div>
          ) : (
            <SessionGrid rows={rows} density={density} onToggle={onToggle} onAll={onAll} onWhole={onWhole} onOpen={onOpen} onForm={onForm} />
          )}
        </div>
        <AttentionRail servers={servers} snapshots={snapshots} />
      </div>
      <Suspense>{form && <FormDialog {...form} onClose={() => setForm(null)} />}</Suspense>
      <Suspense>{wanted && <SessionDrawer key={wanted.server.id} server={wanted.server} sessionId={wanted.sessionId} />}</Suspense>
    </>
  );
}

/** Every stream of every server, live. */
export default function OverviewPage(): ReactNode {
  const servers = useScopedServers();
  const { connection } = useLive();
  const { error } = useLiveStatus();
  if (!servers) {
    return (
      <>
        <div className="page-head">
          <h1 tabIndex={-1}>Overview</h1>
        </div>
        <div className="panel">{error ? <ErrorState title="Usher could not read the fleet" problem={problemOf(error)} onRetry={() => void connection.refresh()} /> : <LoadingRows rows={10} height={48} label="Loading the fleet" />}</div>
      </>
    );
  }
  if (servers.length > 0) return <Fleet servers={servers} />;
  return (
    <Suspense>
      <EmptyOverview />
    </Suspense>
  );
}
