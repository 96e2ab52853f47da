import { Link, Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleMaintenanceWindowsChangedDocument, ConsoleMaintenanceWindowsDocument } from '@usher/api-client';
import { CalendarPlus, ChevronLeft, ChevronRight, Wrench } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { zone } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { useNow, useServers } from '../../live/live-context.js';
import { usePageFeed } from '../../live/page-feed.js';
import { useScopedServers } from '../../live/use-view.js';
import { useRole } from '../auth/auth-context.js';
import { addDays, allZones, dayOf, startOf } from './week.js';
import { WeekView } from './week-view.js';
import { WindowList } from './window-list.js';
import { WindowPanel } from './window-panel.js';
import './maintenance.css';

const LIST_DAYS = 35;
const MINUTE = 60_000;
/** The windows of an empty fleet are cached without their type; this names it. */
const CONTEXT = { additionalTypenames: ['MaintenanceWindow', 'MaintenanceOccurrence'] };
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });

function ZoneSelect({ value, onValue }: { value: string | undefined; onValue(value: string | undefined): void }): ReactNode {
  return (
    <select className={`input filter-select zone-select ${value ? 'chosen' : ''}`} aria-label="Second time zone" value={value ?? ''} onChange={(event) => onValue(event.target.value || undefined)}>
      <option value="">No second zone</option>
      {allZones().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Calendar(): ReactNode {
  const navigate = useNavigate();
  const narrow = useNarrow();
  const { view, week, window: chosenId, zone: otherTimeZone, servers: scope } = useSearch({ from: '/frame/maintenance' });
  const today = dayOf(useNow(MINUTE));
  const servers = useServers();
  const scoped = useScopedServers();
  const operator = useRole('OPERATOR');
  const firstDay = week ?? today;
  const asList = narrow || view === 'list';
  const serverIds = useMemo(() => (scope && scoped ? scoped.map(({ id }) => id) : null), [scope, scoped]);
  const range = useMemo(
    () => ({ from: new Date(startOf(asList ? today : firstDay)).toISOString(), to: new Date(startOf(addDays(asList ? today : firstDay, asList ? LIST_DAYS : 7))).toISOString(), serverIds }),
    [asList, today, firstDay, serverIds],
  );
  const [{ data, error }, read] = useQuery({ query: ConsoleMaintenanceWindowsDocument, variables: { range, otherTimeZone: otherTimeZone ?? null }, requestPolicy: 'cache-and-network', context: CONTEXT });
  const reread = () => read({ requestPolicy: 'network-only' });
  usePageFeed(ConsoleMaintenanceWindowsChangedDocument, {}, reread, reread);
  const byId = useMemo(() => new Map(servers?.map((server) => [server.id, server])), [servers]);
  const windows = data?.maintenanceWindows;
  const chosen = windows?.find(({ id }) => id === chosenId) ?? windows?.[0];
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  const choose = (id: string) => set({ window: id });
  const lastDay = addDays(firstDay, 6);
  const plan = operator ? (
    <Link to="/maintenance/new" search={(old) => old} className="button primary">
      <CalendarPlus size={15} aria-hidden />
      Plan a window
    </Link>
  ) : (
    <button type="button" className="button" aria-disabled title="Needs the role operator. FORBIDDEN">
      <CalendarPlus size={15} aria-hidden />
      Plan a window
    </button>
  );
  const body = () => {
    if (!windows || !servers) return error ? <ErrorState title="Usher could not read the windows" problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={10} height={48} label="Loading the windows" />;
    if (asList && windows.length === 0) {
      return (
        <EmptyState icon={Wrench} title="Nothing planned" action={plan}>
          A window tells the router to start nothing on its servers, and viewers what is about to happen. The next {LIST_DAYS} days are free.
        </EmptyState>
      );
    }
    if (asList) return <WindowList windows={windows} byId={byId} chosenId={chosen?.id} onChoose={choose} />;
    return (
      <>
        {windows.length === 0 && <p className="panel-note dim">Nothing planned in these seven days.</p>}
        <WeekView firstDay={firstDay} windows={windows} byId={byId} otherTimeZone={otherTimeZone ?? null} chosenId={chosen?.id} onChoose={choose} />
      </>
    );
  };
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Maintenance</h1>
        <span className="small dim">times in {zone()}</span>
        <span className="push inline">
          {!operator && <span className="small dim">Needs the role operator. FORBIDDEN</span>}
          <ZoneSelect value={otherTimeZone} onValue={(value) => set({ zone: value })} />
          {plan}
        </span>
      </div>
      <div className={chosen ? 'window-page' : undefined}>
        <section className="panel calendar" aria-label={asList ? 'Windows' : 'Week'}>
          {!narrow && (
            <div className="panel-head">
              {!asList && (
                <>
                  <button type="button" className="icon-button" aria-label="Week before" title="Week before" onClick={() => set({ week: addDays(firstDay, -7) })}>
                    <ChevronLeft size={16} />
                  </button>
                  <h2>
                    {dayMonth.format(startOf(firstDay))} – {dayMonth.format(startOf(lastDay))}
                  </h2>
                  <button type="button" className="icon-button" aria-label="Week after" title="Week after" onClick={() => set({ week: addDays(firstDay, 7) })}>
                    <ChevronRight size={16} />
                  </button>
                  <button type="button" className="button small" onClick={() => set({ week: undefined })}>
                    Today
                  </button>
                  <span className="week-legend small dim">
                    <span>
                      <i className="key-drain" aria-hidden /> draining
                    </span>
                    <span>
                      <i className="key-length" aria-hidden /> true length
                    </span>
                    {otherTimeZone && <span>⁺ next day</span>}
                  </span>
                </>
              )}
              {asList && <h2>The next {LIST_DAYS} days</h2>}
              <span className="segmented aside">
                <label>
                  <input type="radio" name="view" checked={!asList} onChange={() => set({ view: undefined })} />
                  Week
                </label>
                <label>
                  <input type="radio" name="view" checked={asList} onChange={() => set({ view: 'list' })} />
                  List
                </label>
              </span>
            </div>
          )}
          {body()}
        </section>
        {chosen && <WindowPanel window={chosen} byId={byId} onChanged={reread} />}
      </div>
    </>
  );
}

/** Planned work on servers: a week, a list, and the window that is chosen. Planning and changing open above it. */
export default function MaintenancePage(): ReactNode {
  return (
    <>
      <Calendar />
      <Outlet />
    </>
  );
}
