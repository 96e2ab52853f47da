import { Link, Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowUp, FileUp, FilterX, Lock, Plus, Search, Server as ServerIcon } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { DutyBadges } from '../../components/duty-badges.js';
import { StateGlyph, VendorGlyph } from '../../components/glyphs.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { StreamCounts } from '../../components/stream-counts.js';
import { Age } from '../../components/ticking.js';
import { useKeys } from '../../frame/keyboard.js';
import { useLive, useLiveStatus, useSnapshots } from '../../live/live-context.js';
import { answers, conditionOf, CONDITION_WORDS, conditionSince } from '../../live/condition.js';
import { sumsOf } from '../../live/totals.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer, ServerSnapshot } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { hostOf, listServers, stateSummary, type ServerListFilter } from './server-list.js';
import { ServerMenu } from './server-menu.js';
import './servers.css';

const TONES = { online: 'dim', degraded: 'text-warning', pending: 'dim', stale: 'text-warning', offline: 'text-danger' } as const;

function ServerLine({ server, snapshot }: { server: FleetServer; snapshot: ServerSnapshot | undefined }): ReactNode {
  const navigate = useNavigate();
  const condition = conditionOf(server, snapshot?.stale);
  const live = answers(condition);
  const atMs = snapshot?.atMs ?? (server.live.at ? Date.parse(server.live.at) : null);
  return (
    <tr className="server-line-row" onClick={() => void navigate({ to: '/servers/$alias/{-$tab}', params: { alias: server.slug } })}>
      <td data-cell="name">
        <span className="inline">
          <StateGlyph condition={condition} />
          <VendorGlyph kind={server.kind} />
          <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug }} className="server-link clip" data-list-item onClick={(event) => event.stopPropagation()}>
            {server.alias}
          </Link>
          {server.role === 'PRIMARY' && <span className="badge outline">Primary</span>}
          {server.readOnly && (
            <span className="badge fact">
              <Lock size={12} aria-hidden />
              Read-only
            </span>
          )}
          <DutyBadges server={server} />
          {server.demo && <span className="badge fact">DEMO</span>}
        </span>
      </td>
      <td data-cell="state" className={TONES[condition]}>
        {CONDITION_WORDS[condition]} {condition !== 'online' && <Age atMs={conditionSince(server, condition, snapshot?.atMs)} />}
        {server.stateCode && <code className="state-code">{server.stateCode}</code>}
      </td>
      <td data-cell="version">
        {server.version ?? <span className="faint">–</span>}
        {server.updateAvailable && (
          <span className="small accent inline-flex">
            <ArrowUp size={12} aria-hidden /> update
          </span>
        )}
        {server.versionTested === false && <span className="small text-warning block">not tested</span>}
      </td>
      <td data-cell="reached">
        {server.connection === 'DIRECT' ? 'Direct' : 'Remote'}
        <span className="small dim block clip">{hostOf(server.url)}</span>
      </td>
      <td data-cell="streams">
        <StreamCounts sums={sumsOf(snapshot)} live={live} idle="idle" />
      </td>
      <td data-cell="answer" className="num">
        {live && server.live.latencyMs !== null ? (
          <>
            {Math.round(server.live.latencyMs)} <span className="dim">ms</span>
          </>
        ) : (
          <span className="faint">–</span>
        )}
      </td>
      <td data-cell="age" className={`num ${TONES[condition]}`}>
        <Age atMs={atMs} />
      </td>
      <td data-cell="tags">
        <span className="tags">
          {server.tags.map((tag) => (
            <span key={tag} className="badge fact">
              {tag}
            </span>
          ))}
        </span>
      </td>
      <td data-cell="menu" onClick={(event) => event.stopPropagation()}>
        <ServerMenu server={server} />
      </td>
    </tr>
  );
}

interface FilterSelectProps {
  label: string;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  onValue(value: string | undefined): void;
}

function FilterSelect({ label, value, options, onValue }: FilterSelectProps): ReactNode {
  return (
    <select className={`input filter-select ${value ? 'chosen' : ''}`} aria-label={label} value={value ?? ''} onChange={(event) => onValue(event.target.value || undefined)}>
      <option value="">{label}</option>
      {options.map(([key, word]) => (
        <option key={key} value={key}>
          {word}
        </option>
      ))}
    </select>
  );
}

const KINDS = [['emby', 'Emby'], ['jellyfin', 'Jellyfin'], ['plex', 'Plex']] as const;
const STATES = [['problem', 'Problems'], ['online', 'Online'], ['stale', 'Stale'], ['degraded', 'Degraded'], ['offline', 'Offline'], ['pending', 'Pending']] as const;
const ROLES = [['primary', 'Primary'], ['linked', 'Linked'], ['unlinked', 'Not linked']] as const;

function moveFocus(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-list-item]')];
  const at = links.findIndex((link) => link === document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}

function List({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const snapshots = useSnapshots();
  const search = useSearch({ from: '/frame/servers' });
  const filter = useMemo<ServerListFilter>(() => ({ text: search.q, kind: search.vendor, state: search.state, role: search.role, tag: search.tag }), [search]);
  const shown = useMemo(() => listServers(servers, snapshots, filter), [servers, snapshots, filter]);
  const tags = [...new Set(servers.flatMap((server) => server.tags))].toSorted().map((tag) => [tag, tag] as const);
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  useKeys({ j: () => moveFocus(1), k: () => moveFocus(-1) });
  return (
    <>
      <div className="filter-bar">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label="Filter servers" placeholder="Alias, address, tag, version…" value={search.q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
          <kbd className="kbd">/</kbd>
        </div>
        <FilterSelect label="Vendor" value={search.vendor} options={KINDS} onValue={(vendor) => set({ vendor })} />
        <FilterSelect label="State" value={search.state} options={STATES} onValue={(state) => set({ state })} />
        <FilterSelect label="Role" value={search.role} options={ROLES} onValue={(role) => set({ role })} />
        {tags.length > 0 && <FilterSelect label="Tag" value={search.tag} options={tags} onValue={(tag) => set({ tag })} />}
        <span className="push small dim sort-note">Sorted by state, then streams</span>
      </div>
      <div className="panel server-panel">
        {shown.length === 0 ? (
          <EmptyState icon={FilterX} title="No server matches this filter" action={<button type="button" className="button small" onClick={() => set({ q: undefined, vendor: undefined, state: undefined, role: undefined, tag: undefined })}>Clear filter</button>}>
            {servers.length} servers are hidden by it.
          </EmptyState>
        ) : (
          <table className="table server-table">
            <thead>
              <tr>
                <th scope="col">Server</th>
                <th scope="col">State</th>
                <th scope="col">Version</th>
                <th scope="col">Reached</th>
                <th scope="col">Streams</th>
                <th scope="col" className="num">Answer</th>
                <th scope="col" className="num">Age</th>
                <th scope="col">Tags</th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((server) => (
                <ServerLine key={server.id} server={server} snapshot={snapshots.get(server.id)} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  );
}

/** All servers of the scope. Registering and importing open above the list. */
export default function ServersPage(): ReactNode {
  const servers = useScopedServers();
  const snapshots = useSnapshots();
  const { connection } = useLive();
  const { error } = useLiveStatus();
  const operator = useRole('OPERATOR');
  const actions = (
    <>
      <Link to="/servers/import" className="button">
        <FileUp size={15} aria-hidden />
        Import file
      </Link>
      <Link to="/servers/new" className="button primary">
        <Plus size={15} aria-hidden />
        Register server
      </Link>
    </>
  );
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Servers</h1>
        {servers && <span className="badge fact">{servers.length}</span>}
        {servers && <span className="small dim">{stateSummary(servers, snapshots)}</span>}
        {operator && <span className="push inline">{actions}</span>}
      </div>
      {!servers && (
        <div className="panel">{error ? <ErrorState title="Usher could not read the servers" problem={problemOf(error)} onRetry={() => void connection.refresh()} /> : <LoadingRows rows={8} height={48} label="Loading the servers" />}</div>
      )}
      {servers?.length === 0 && (
        <div className="panel">
          <EmptyState icon={ServerIcon} title="No servers yet" action={operator ? actions : undefined}>
            Usher needs an address and an administrator&rsquo;s key for each media server.
          </EmptyState>
        </div>
      )}
      {servers && servers.length > 0 && <List servers={servers} />}
      <Outlet />
    </>
  );
}
