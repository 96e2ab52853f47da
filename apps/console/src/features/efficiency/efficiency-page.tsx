import { Link, useSearch } from '@tanstack/react-router';
import { ConsoleEfficiencyDocument } from '@usher/api-client';
import { RotateCw, Server } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { count, plural } from '../../format/units.js';
import { useRepeat } from '../../live/use-repeat.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { DiagnosticsPanel } from './diagnostics-panel.js';
import { hitRate, mergeEndpoints, reconnectsOf, sumCalls, withinGoals, type Report, type ServerCost } from './figures.js';
import { FleetTable, ms, percent, Unknown } from './fleet-table.js';
import { EndpointTable, ServerReport } from './server-report.js';
import './efficiency.css';

const EVERY_MS = 15_000;

function Cell({ label, figure, unit, children }: { label: string; figure: ReactNode; unit?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className="eff-cell">
      <div className="small dim">{label}</div>
      <div className="panel-number">
        {figure} <span className="small dim">{unit}</span>
      </div>
      <div className="small dim">{children}</div>
    </div>
  );
}

function Strip({ costs, reports }: { costs: readonly ServerCost[]; reports: readonly Report[] }): ReactNode {
  const sums = sumCalls(reports);
  const over = costs.filter(({ report }) => report && !withinGoals(report));
  const reconnects = reports.reduce((sum, report) => sum + reconnectsOf(report), 0);
  const deaths = reports.reduce((sum, { push }) => sum + push.silentDeaths, 0);
  const hits = reports.flatMap(({ caches }) => caches).reduce((sum, cache) => sum + cache.hits, 0);
  const session = reports.reduce((sum, { calls }) => sum + calls.sessionLastHour, 0);
  const other = reports.reduce((sum, { calls }) => sum + calls.otherLastHour, 0);
  return (
    <div className="panel eff-strip">
      <Cell label="Calls, last hour" figure={count(session + other)}>{count(session)} for sessions, {count(other)} others</Cell>
      <Cell label="Within goal" figure={count(reports.length - over.length)} unit={`of ${count(reports.length)} read`}>
        {over.length === 0 ? 'none is over' : <span className="text-warning">{over.length === 1 ? `${over[0]!.serverAlias} is over` : `${count(over.length)} are over`}</span>}
      </Cell>
      <Cell label="Slowest p95" figure={ms(sums.worstP95Ms)} unit="ms">average {ms(sums.averageMs)} ms</Cell>
      <Cell label="Errors" figure={<span className={sums.errors > 0 ? 'text-danger' : undefined}>{count(sums.errors)}</span>} unit={sums.calls > 0 ? `${((sums.errors / sums.calls) * 100).toFixed(1)} %` : undefined}>in the last hour</Cell>
      <Cell label="Reconnects" figure={count(reconnects)}>{deaths > 0 ? plural(deaths, 'silent death') : 'no silent death'}</Cell>
      <Cell label="Cache hits" figure={percent(hitRate(reports))}>{hits > 0 ? `${plural(hits, 'call')} saved` : <Unknown />}</Cell>
    </div>
  );
}

function PushShare({ costs }: { costs: readonly ServerCost[] }): ReactNode {
  const of = (mode: Report['mode']) => costs.filter(({ report }) => report?.mode === mode).length;
  const push = of('PUSH');
  const poll = of('POLL');
  const none = costs.length - push - poll;
  return (
    <section className="panel" aria-labelledby="push-head">
      <div className="panel-head">
        <h2 id="push-head">Push instead of asking</h2>
      </div>
      <div className="panel-body stack tight">
        <div className="bar" aria-hidden>
          {push > 0 && <span className="fill-ok" style={{ flexGrow: push }} />}
          {poll > 0 && <span className="fill-neutral" style={{ flexGrow: poll }} />}
          {none > 0 && <span style={{ flexGrow: none }} />}
        </div>
        <p className="small">
          <b>{push}</b> push · <b>{poll}</b> poll · <b>{none}</b> without data
        </p>
        <p className="small dim">With push a server is asked about its sessions at most 60 times an hour, 12 while nothing plays; without it 360 and 60. All other calls: 15.</p>
      </div>
    </section>
  );
}

function Board({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const { server: slug, servers: scope } = useSearch({ from: '/frame/efficiency' });
  const serverIds = useMemo(() => (scope ? servers.map(({ id }) => id) : null), [scope, servers]);
  const byId = useMemo(() => new Map(servers.map((server) => [server.id, server])), [servers]);
  const [{ data, error, fetching }, read] = useQuery({ query: ConsoleEfficiencyDocument, variables: { serverIds }, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useRepeat(reread, EVERY_MS);
  const costs = useMemo(() => servers.flatMap(({ id }) => data?.efficiency.filter(({ serverId }) => serverId === id) ?? []), [servers, data]);
  if (!data) {
    return <div className="panel">{error ? <ErrorState title="Usher could not read the efficiency" problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={8} height={40} label="Loading the efficiency" />}</div>;
  }
  const reports = costs.flatMap(({ report }) => report ?? []);
  const newest = Math.max(0, ...reports.map(({ at }) => Date.parse(at)));
  const chosen = costs.find(({ serverId }) => byId.get(serverId)?.slug === slug);
  return (
    <>
      {error && <ProblemNote problem={problemOf(error)} />}
      <Strip costs={costs} reports={reports} />
      <section className="panel eff-fleet" aria-labelledby="fleet-head">
        <div className="panel-head">
          <h2 id="fleet-head">Calls to media servers, last hour</h2>
          <span className="small dim">the line is the goal for how this server is read</span>
          <span className="aside inline small dim">
            {newest > 0 && <span>counted by the agents <Age atMs={newest} suffix=" ago" /></span>}
            <button type="button" className="button small" data-page-refresh aria-disabled={fetching || undefined} onClick={reread}>
              <RotateCw size={13} aria-hidden />
              Refresh
            </button>
          </span>
        </div>
        <FleetTable costs={costs} byId={byId} chosenId={chosen?.serverId} />
      </section>
      {chosen && (
        <>
          <div className="inline eff-chosen-head">
            <h2>{chosen.serverAlias}</h2>
            <Link to="/efficiency" search={(old) => ({ servers: old.servers })} replace className="link">
              Back to the fleet
            </Link>
          </div>
          <ServerReport cost={chosen} />
        </>
      )}
      <div className={chosen ? undefined : 'eff-columns'}>
        {!chosen && <EndpointTable endpoints={mergeEndpoints(reports)} title="Where calls go" note="all servers, last hour; p95 of the slowest server" />}
        <div className="stack-panels">
          {!chosen && <PushShare costs={costs} />}
          <DiagnosticsPanel servers={servers} costs={costs} />
        </div>
      </div>
    </>
  );
}

/** How much Usher asks of the media servers, and how fresh that keeps its picture. */
export default function EfficiencyPage(): ReactNode {
  const servers = useScopedServers();
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Efficiency</h1>
        <span className="small dim">how much Usher asks of your servers</span>
      </div>
      {!servers && <div className="panel"><LoadingRows rows={8} height={40} label="Loading the fleet" /></div>}
      {servers?.length === 0 && (
        <div className="panel">
          <EmptyState icon={Server} title="No servers yet">
            What Usher asks of a server is counted from the moment it is registered.
          </EmptyState>
        </div>
      )}
      {servers && servers.length > 0 && <Board servers={servers} />}
    </>
  );
}
