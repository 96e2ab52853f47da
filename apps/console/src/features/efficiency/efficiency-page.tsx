import { Link, useNavigate, useSearch } from '@tanstack/react-router';
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
import { RANGE_WORDS, RangeChoice, type Range } from './curve-chart.js';
import { sinceWords, type FleetCurve, type FleetCurves } from './curve-lines.js';
import { DiagnosticsPanel } from './diagnostics-panel.js';
import { hitRate, mergeEndpoints, reconnectsOf, sumCalls, withinGoals, type Report, type ServerCost } from './figures.js';
import { FleetTable, ms, percent, Unknown } from './fleet-table.js';
import { SessionCallsPanel } from './session-calls-panel.js';
import { EndpointTable, ServerReport } from './server-report.js';
import { useFleetCurves } from './use-curves.js';
import './efficiency.css';

const EVERY_MS = 15_000;
const RANGES = ['HOUR', 'DAY', 'WEEK'] as const;
/** How a range stands in the address; the last hour does not. */
const IN_ADDRESS = { HOUR: undefined, DAY: '24h', WEEK: '7d' } as const;
const rangeOf = (text: string | undefined): Range => RANGES.find((range) => IN_ADDRESS[range] === text) ?? 'HOUR';

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

function Strip({ costs, reports, day }: { costs: readonly ServerCost[]; reports: readonly Report[]; day: readonly FleetCurves[] | null }): ReactNode {
  const sums = sumCalls(reports);
  const over = costs.filter(({ report }) => report && !withinGoals(report));
  const reconnects = reports.reduce((sum, report) => sum + reconnectsOf(report), 0);
  const deaths = reports.reduce((sum, { push }) => sum + push.silentDeaths, 0);
  const hits = reports.flatMap(({ caches }) => caches).reduce((sum, cache) => sum + cache.hits, 0);
  const session = reports.reduce((sum, { calls }) => sum + calls.sessionLastHour, 0);
  const other = reports.reduce((sum, { calls }) => sum + calls.otherLastHour, 0);
  const known = day?.flatMap(({ curves }) => curves ?? []) ?? [];
  // a sum that lacks hours of some server would look like less than the last hour
  const inDay = known.length > 0 && known.every((curve) => sinceWords(curve) === null) ? known.reduce((sum, { total }) => sum + total.all.calls, 0) : null;
  return (
    <div className="panel eff-strip">
      <Cell label="Calls, last hour" figure={count(session + other)}>{inDay !== null ? `${count(inDay)} in 24 h` : `${count(session)} for sessions, ${count(other)} others`}</Cell>
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

/** What the figures of a day or a week stand on. */
function RangeNote({ curves, ready, failed }: { curves: ReadonlyMap<string, FleetCurve>; ready: boolean; failed: boolean }): ReactNode {
  if (!ready) return failed ? 'the curves could not be read' : 'reading the curves';
  const shortest = [...curves.values()].filter(({ since }) => since !== null).toSorted((a, b) => b.since!.localeCompare(a.since!))[0];
  const since = shortest && sinceWords(shortest);
  return since ? `average of the time that was watched; some of it ${since}` : 'average of the time that was watched';
}

function Board({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const { server: slug, servers: scope, range: inAddress } = useSearch({ from: '/frame/efficiency' });
  const serverIds = useMemo(() => (scope ? servers.map(({ id }) => id) : null), [scope, servers]);
  const byId = useMemo(() => new Map(servers.map((server) => [server.id, server])), [servers]);
  const [{ data, error, fetching }, read] = useQuery({ query: ConsoleEfficiencyDocument, variables: { serverIds }, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useRepeat(reread, EVERY_MS);
  const range = rangeOf(inAddress);
  const navigate = useNavigate();
  const choose = (next: Range) => void navigate({ to: '.', search: (old) => ({ ...old, range: IN_ADDRESS[next] }), replace: true });
  const ids = useMemo(() => servers.map(({ id }) => id), [servers]);
  const day = useFleetCurves(ids, serverIds, 'DAY', false);
  const week = useFleetCurves(ids, serverIds, 'WEEK', range !== 'WEEK');
  const shown = range === 'WEEK' ? week : day;
  const curves = useMemo(() => new Map((shown.value ?? []).flatMap(({ serverId, curves: curve }) => (curve ? [[serverId, curve] as const] : []))), [shown.value]);
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
      <Strip costs={costs} reports={reports} day={day.value} />
      <section className="panel eff-fleet" aria-labelledby="fleet-head">
        <div className="panel-head">
          <h2 id="fleet-head">Calls to media servers, {range === 'HOUR' ? 'last hour' : `per hour in ${RANGE_WORDS[range]}`}</h2>
          <span className="small dim">{range === 'HOUR' ? 'the line is the goal for how this server is read' : <RangeNote curves={curves} ready={!!shown.value} failed={!!shown.error} />}</span>
          <span className="aside inline small dim">
            {newest > 0 && <span>counted by the agents <Age atMs={newest} suffix=" ago" /></span>}
            <button type="button" className="button small" data-page-refresh aria-disabled={fetching || undefined} onClick={reread}>
              <RotateCw size={13} aria-hidden />
              Refresh
            </button>
            <RangeChoice name="efficiency-range" ranges={RANGES} value={range} onChange={choose} />
          </span>
        </div>
        <FleetTable costs={costs} byId={byId} chosenId={chosen?.serverId} range={range} curves={curves} />
      </section>
      {chosen && (
        <>
          <div className="inline eff-chosen-head">
            <h2>{chosen.serverAlias}</h2>
            <Link to="/efficiency" search={(old) => ({ ...old, server: undefined })} replace className="link">
              Back to the fleet
            </Link>
          </div>
          <ServerReport cost={chosen} />
        </>
      )}
      <div className={chosen ? undefined : 'eff-columns'}>
        {!chosen && (
          <div className="stack-panels">
            <SessionCallsPanel rows={day.value} problem={day.error ? problemOf(day.error) : null} />
            <EndpointTable endpoints={mergeEndpoints(reports)} title="Where calls go" note="all servers, last hour; p95 of the slowest server" />
          </div>
        )}
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
