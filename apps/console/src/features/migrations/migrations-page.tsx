import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleMigrationsDocument, type MigrationPlanState, type MigrationRunState } from '@usher/api-client';
import { FilterX, Plus, Shuffle } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { count, moment, plural } from '../../format/units.js';
import { useNow, useServers } from '../../live/live-context.js';
import { useRole } from '../auth/auth-context.js';
import { isActive, settled, shareOf, troubled, type Summary } from './migration-words.js';
import { FromTo, StateBadge } from './wizard-head.js';
import './migrations.css';
import './migrations-narrow.css';

const PAGE = 25;
const LISTS: readonly (readonly [string, string, { states?: MigrationPlanState[]; runStates?: MigrationRunState[] } | null])[] = [
  ['all', 'All', null],
  ['running', 'Running', { runStates: ['QUEUED', 'RUNNING', 'PAUSED', 'VERIFYING', 'AWAITING_DECISION'] }],
  ['ended', 'Ended', { runStates: ['DONE', 'ABORTED', 'FAILED'] }],
  ['plans', 'Plans', { states: ['DRAFT', 'CHECKING', 'CHECKED', 'FROZEN', 'STALE'] }],
];

function Line({ migration, nowMs }: { migration: Summary; nowMs: number }): ReactNode {
  const { id, kind, source, target, state, run, userNames, counts, initiator, createdAt } = migration;
  const bad = run ? troubled(run.counts) : 0;
  return (
    <tr>
      <td data-cell="what">
        <Link to="/migrations/$id/{-$step}" params={{ id }} className="inline strong mig-list-link">
          {kind === 'ROLLBACK' && <span className="dim">Undo</span>}
          <FromTo source={source} target={target} />
        </Link>
        <span className="small dim block clip">
          {userNames.length === 0 ? 'not checked yet' : `${plural(userNames.length, 'user')}: ${userNames.slice(0, 6).join(', ')}${userNames.length > 6 ? ' …' : ''}`}
        </span>
      </td>
      <td data-cell="state">
        <StateBadge state={state} run={run} />
      </td>
      <td data-cell="progress">
        {run ? (
          <span className="mig-list-run">
            <span className="meter" aria-hidden>
              <span className={isActive(run.state) || run.state === 'PAUSED' ? 'mig-fill' : 'fill-ok'} style={{ transform: `scaleX(${shareOf(run.counts)})` }} />
            </span>
            <span className="small dim">
              {count(settled(run.counts))} of {count(run.counts.rows)}
              {bad > 0 && <span className="text-danger"> · {count(bad)} in trouble</span>}
            </span>
          </span>
        ) : (
          <span className="small dim">{counts.writes > 0 ? plural(counts.writes, 'write') : ''}</span>
        )}
      </td>
      <td data-cell="by" className="small dim">
        <span className="block">{initiator.name}</span>
        <code className="faint">{id.slice(-8)}</code>
      </td>
      <td data-cell="at" className="num dim">
        {moment(Date.parse(createdAt), nowMs)}
      </td>
    </tr>
  );
}

const ROAD = [
  ['Select', 'whose accounts move, and what of them'],
  ['Map', 'which account at the target is the same person'],
  ['Check', 'both servers are read; every title says what arrives'],
  ['Approve', 'one or two superadmins sign exactly this plan'],
  ['Run', 'written with old values kept, slowed while people watch'],
  ['Verify', 'everything is read back; each difference is shown'],
  ['Finish or undo', 'a signed report; for 30 days the way back'],
] as const;

/** Migrations of the fleet, the newest first. */
function List({ create }: { create: ReactNode }): ReactNode {
  const navigate = useNavigate();
  const nowMs = useNow(60_000);
  const servers = useServers();
  const { list = 'all', server } = useSearch({ from: '/frame/migrations' });
  const [first, setFirst] = useState(PAGE);
  const serverId = servers?.find(({ slug }) => slug === server)?.id ?? null;
  const filter = useMemo(() => ({ serverId, ...LISTS.find(([name]) => name === list)?.[2] }), [list, serverId]);
  const [{ data, error }, read] = useQuery({ query: ConsoleMigrationsDocument, variables: { filter, first, after: null }, requestPolicy: 'cache-and-network' });
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  const page = data?.migrations;
  const filtered = list !== 'all' || serverId !== null;
  const problem = error ? problemOf(error) : null;
  if (page && page.edges.length === 0 && !filtered) {
    return (
      <div className="panel">
        <EmptyState icon={Shuffle} title="Nobody has moved yet" action={create}>
          A migration takes people from one server to another with what they watched. Nothing is changed on the server they come from.
        </EmptyState>
        <ol className="mig-road">
          {ROAD.map(([name, what], index) => (
            <li key={name}>
              <b>
                {index + 1} {name}
              </b>
              <span className="small dim">{what}</span>
            </li>
          ))}
        </ol>
      </div>
    );
  }
  return (
    <>
      <div className="filter-bar">
        <span className="segmented">
          {LISTS.map(([name, word]) => (
            <label key={name}>
              <input type="radio" name="list" checked={list === name} onChange={() => set({ list: name === 'all' ? undefined : name })} />
              {word}
            </label>
          ))}
        </span>
        <select className={`input filter-select ${serverId ? 'chosen' : ''}`} aria-label="Server" value={serverId ? server : ''} onChange={(event) => set({ server: event.target.value || undefined })}>
          <option value="">Any server</option>
          {servers?.map(({ id, slug, alias }) => (
            <option key={id} value={slug}>
              {alias}
            </option>
          ))}
        </select>
      </div>
      <div className="panel">
        {!page && (problem ? <ErrorState title={problem.code === 'MIGRATION_OFFLINE' ? 'The migration service does not run' : problem.code === 'FORBIDDEN' ? 'Migrations are for superadmins' : 'Usher could not read the migrations'} problem={problem} onRetry={() => read({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={6} height={48} label="Loading the migrations" />)}
        {page?.edges.length === 0 && (
          <EmptyState icon={FilterX} title="No migration matches this filter" action={<button type="button" className="button small" onClick={() => set({ list: undefined, server: undefined })}>Clear filter</button>} />
        )}
        {page && page.edges.length > 0 && (
          <table className="table mig-table mig-list">
            <thead>
              <tr>
                <th scope="col">From, to</th>
                <th scope="col">State</th>
                <th scope="col">Progress</th>
                <th scope="col">By</th>
                <th scope="col" className="num">
                  Made
                </th>
              </tr>
            </thead>
            <tbody>
              {page.edges.map(({ node }) => (
                <Line key={node.id} migration={node} nowMs={nowMs} />
              ))}
            </tbody>
          </table>
        )}
        {page?.pageInfo.hasNextPage && (
          <div className="panel-note">
            <button type="button" className="link" onClick={() => setFirst(Math.min(100, first + PAGE))}>
              Show older ones
            </button>
          </div>
        )}
      </div>
    </>
  );
}

/** All migrations; for anybody but a superadmin the reason why there is nothing to see. */
export default function MigrationsPage(): ReactNode {
  const superadmin = useRole('SUPERADMIN');
  const create = superadmin ? (
    <Link to="/migrations/new" className="button primary">
      <Plus size={15} aria-hidden />
      New migration
    </Link>
  ) : (
    <span className="button" aria-disabled="true">
      <Plus size={15} aria-hidden />
      New migration
    </span>
  );
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Migrations</h1>
        <span className="small dim">people move with what they watched</span>
        <span className="push inline">
          {!superadmin && <span className="small dim">needs the role superadmin. FORBIDDEN</span>}
          {create}
        </span>
      </div>
      <List create={create} />
    </>
  );
}
