import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CircleAlert, Clock, FilterX, ListChecks, RefreshCw, Search, Server, type LucideIcon } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { MarkIcon, VendorGlyph } from '../../components/glyphs.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { EmptyState, ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { Percent } from '../../components/ticking.js';
import { absolute, count, moment, plural } from '../../format/units.js';
import { useLive, useLiveStatus, useNow, useSnapshots } from '../../live/live-context.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { sessionKey } from '../overview/session-key.js';
import { activityRows, isWork, passesFilter, ROW_TYPES, TYPE_WORDS, type ActivityRow, type RowType, type TypeFilter } from './activity-rows.js';
import { useActivities } from './use-activities.js';
import './activities.css';

const ICONS: Readonly<Partial<Record<RowType, LucideIcon>>> = { problem: CircleAlert, scan: RefreshCw, task: Clock };
const SIZES = [10, 25, 50, 100] as const;
const NOTHING: readonly never[] = [];

function TypeIcon({ type, mark = null, size = 14 }: { type: RowType; mark?: ActivityRow['mark']; size?: number }): ReactNode {
  const Icon = ICONS[type];
  if (Icon) return <Icon size={size} aria-hidden className={type === 'problem' ? 'text-danger' : 'dim'} />;
  return <MarkIcon mark={mark ?? (type === 'transcode' ? 'transcode' : type === 'pause' ? 'paused' : 'play')} size={size} />;
}

/** Bar and percentage; the percentage stands beside the bar, and an en dash where nobody tells. */
function Progress({ row: { session, percent, type } }: { row: ActivityRow }): ReactNode {
  if (!session && !isWork({ type })) return null;
  return (
    <span className="activity-progress">
      {session ? (
        <ProgressBar session={session} stale={false} />
      ) : (
        <span className="meter" aria-hidden>
          <span className="fill-neutral" style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
        </span>
      )}
      {session ? <Percent session={session} stale={false} /> : <span className="num">{percent === null ? <span title="not reported">–</span> : `${Math.round(percent)} %`}</span>}
    </span>
  );
}

function Line({ row }: { row: ActivityRow }): ReactNode {
  const nowMs = useNow(60_000);
  const { type, server, session } = row;
  const tone = type === 'problem' ? 'text-danger' : row.mark && type !== 'pause' ? `text-${row.mark}` : 'dim';
  const title = <span className="strong">{row.title}</span>;
  return (
    <tr className={type === 'problem' ? 'activity-problem' : undefined}>
      <td data-cell="type">
        <span className={`inline ${tone}`}>
          <TypeIcon type={type} mark={row.mark} />
          {TYPE_WORDS[type]}
        </span>
      </td>
      <td data-cell="title">
        <span className="clip block">
          {session ? (
            <Link to="/" search={(search) => ({ ...search, session: sessionKey(server, session.id) })} className="activity-link" data-list-item>
              {title}
            </Link>
          ) : (
            title
          )}{' '}
          <span className="dim">{row.subtitle}</span>
        </span>
      </td>
      <td data-cell="user">
        <span className="clip block">{row.user ?? <span className="faint">–</span>}</span>
      </td>
      <td data-cell="server">
        <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug }} className="inline activity-link">
          <VendorGlyph kind={server.kind} size={14} />
          <span className="clip">{server.alias}</span>
        </Link>
      </td>
      <td data-cell="progress">
        <Progress row={row} />
      </td>
      <td data-cell="state" className={type === 'problem' ? 'text-danger' : 'dim'}>
        {row.code ? <code>{row.code}</code> : row.state}
      </td>
      <td data-cell="since" className="num dim" title={absolute(row.sinceMs)}>
        {moment(row.sinceMs, nowMs)}
      </td>
      <td data-cell="act" className="num">
        {type === 'problem' && !session && (
          <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug }} className="link">
            Fix<span className="sr-only"> {server.alias}</span>
          </Link>
        )}
      </td>
    </tr>
  );
}

interface PartsProps {
  rows: readonly ActivityRow[];
  type: TypeFilter | undefined;
  onType(type: TypeFilter | undefined): void;
}

/** Three figures, each a filter. */
function Cards({ rows, type, onType }: PartsProps): ReactNode {
  const work = rows.filter(isWork);
  const of = (name: RowType) => rows.filter((row) => row.type === name).length;
  const cards = [
    { value: undefined, label: 'Total', figure: rows.length, words: 'streams, running work, problems', on: type === undefined },
    { value: 'work', label: 'Running work', figure: work.length, words: `${plural(of('scan'), 'scan')}, ${plural(of('task'), 'task')}`, on: type === 'work' },
    { value: 'problem', label: 'Problem', figure: of('problem'), words: of('problem') === 0 ? 'nothing needs you' : 'servers and slow transcodes', on: type === 'problem' },
  ] as const;
  return (
    <div className="panel activity-cards" role="group" aria-label="Counts, to filter by">
      {cards.map(({ value, label, figure, words, on }) => (
        <button key={label} type="button" className="activity-card" aria-pressed={on} onClick={() => onType(value)}>
          <span className="small dim">{label}</span>
          <span className={`panel-number ${value === 'problem' && figure > 0 ? 'text-danger' : ''}`}>{count(figure)}</span>
          <span className="small dim">{words}</span>
        </button>
      ))}
    </div>
  );
}

function Chips({ rows, type, onType }: PartsProps): ReactNode {
  const present = ROW_TYPES.map((name) => ({ name, figure: rows.filter((row) => row.type === name).length })).filter(({ name, figure }) => figure > 0 || name === type);
  return (
    <div className="activity-chips" role="group" aria-label="Types">
      {present.map(({ name, figure }) => (
        <button key={name} type="button" className="activity-chip" aria-pressed={type === name} onClick={() => onType(type === name ? undefined : name)}>
          <TypeIcon type={name} size={13} />
          {TYPE_WORDS[name]} <b>{count(figure)}</b>
        </button>
      ))}
    </div>
  );
}

function Activities({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const { q = '', type, page, size } = useSearch({ from: '/frame/activities' });
  const snapshots = useSnapshots();
  const { activities, error, reread } = useActivities();
  const rows = useMemo(() => activityRows(servers, snapshots, activities ?? NOTHING), [servers, snapshots, activities]);
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, page: undefined, ...change }), replace: true });
  const found = rows.filter((row) => passesFilter(row, type, q));
  const perPage = SIZES.find((value) => String(value) === size) ?? SIZES[0];
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const at = Math.min(pages, Math.max(1, Number(page) || 1));
  const first = (at - 1) * perPage;
  const onType = (value: TypeFilter | undefined) => set({ type: value });
  const body = () => {
    if (rows.length === 0) {
      return activities ? (
        <EmptyState icon={ListChecks} title="No current operations">
          Streams, library scans and tasks of the servers appear here while they run.
        </EmptyState>
      ) : (
        <LoadingRows rows={8} height={36} label="Loading the activities" />
      );
    }
    if (found.length === 0) {
      return (
        <EmptyState icon={FilterX} title={q ? `No activity matches “${q}”` : 'No activity of this type'} action={<button type="button" className="button small" onClick={() => set({ q: undefined, type: undefined })}>Clear filter</button>}>
          {plural(rows.length, 'activity', 'activities')} hidden by it.
        </EmptyState>
      );
    }
    return (
      <table className="table activity-table">
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Title</th>
            <th scope="col">User</th>
            <th scope="col">Server</th>
            <th scope="col">Progress</th>
            <th scope="col">State</th>
            <th scope="col" className="num">Since</th>
            <th scope="col">
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.slice(first, first + perPage).map((row) => (
            <Line key={row.key} row={row} />
          ))}
        </tbody>
      </table>
    );
  };
  return (
    <>
      <Cards rows={rows} type={type} onType={onType} />
      <div className="filter-bar">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label="Filter activities" placeholder="Title, user, server, type…" value={q} onChange={(event) => set({ q: event.target.value || undefined })} />
          <kbd className="kbd">/</kbd>
        </div>
        <Chips rows={rows} type={type} onType={onType} />
        <span className="push small dim sort-note">Sorted by problem, then type</span>
      </div>
      {error && (
        <div className="activity-error">
          <ProblemNote problem={problemOf(error)} />
          <button type="button" className="button small" onClick={reread}>
            Read scans and tasks again
          </button>
        </div>
      )}
      <div className="panel">
        {body()}
        {found.length > 0 && (
          <div className="activity-foot">
            <select className="input filter-select" aria-label="Rows on a page" value={perPage} onChange={(event) => set({ size: event.target.value === String(SIZES[0]) ? undefined : event.target.value })}>
              {SIZES.map((value) => (
                <option key={value} value={value}>
                  {value} per page
                </option>
              ))}
            </select>
            <span className="small dim">
              {count(first + 1)}–{count(Math.min(first + perPage, found.length))} of {count(found.length)}
            </span>
            <span className="push inline">
              <button type="button" className="button small" aria-disabled={at === 1 || undefined} onClick={at === 1 ? undefined : () => set({ page: at === 2 ? undefined : String(at - 1) })}>
                Previous
              </button>
              <span className="small dim">
                Page {at} of {pages}
              </span>
              <button type="button" className="button small" aria-disabled={at === pages || undefined} onClick={at === pages ? undefined : () => set({ page: String(at + 1) })}>
                Next
              </button>
            </span>
          </div>
        )}
      </div>
    </>
  );
}

/** Everything that goes on: streams, scans and tasks of the servers, and what needs a person. */
export default function ActivitiesPage(): ReactNode {
  const servers = useScopedServers();
  const { connection } = useLive();
  const { error } = useLiveStatus();
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Activities</h1>
        <span className="small dim">streams, scans and tasks as they run</span>
      </div>
      {!servers && (
        <div className="panel">
          {error ? <ErrorState title="Usher could not read the fleet" problem={problemOf(error)} onRetry={() => void connection.refresh()} /> : <LoadingRows rows={8} height={36} label="Loading the fleet" />}
        </div>
      )}
      {servers?.length === 0 && (
        <div className="panel">
          <EmptyState icon={Server} title="No servers yet">
            What goes on appears after the first server is registered.
          </EmptyState>
        </div>
      )}
      {servers && servers.length > 0 && <Activities servers={servers} />}
    </>
  );
}
