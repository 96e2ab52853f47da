import { useNavigate, useSearch } from '@tanstack/react-router';
import { ConsolePlacementByIdDocument } from '@usher/api-client';
import { ArrowLeft, CircleDashed, Server, Zap } from 'lucide-react';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { count } from '../../format/units.js';
import { useKeys } from '../../frame/keyboard.js';
import { useNarrow } from '../../frame/use-media.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { Decision } from './decision.js';
import { DrainDialog, Drains, NEEDS_OPERATOR } from './drains.js';
import { Links } from './links.js';
import { LoadStrip } from './load-strip.js';
import { PlacementList } from './placement-list.js';
import { Reservations } from './reservations.js';
import type { PlacementRow } from './routing-words.js';
import { usePlacements, useRouting } from './use-routing.js';
import './routing.css';

const TryDialog = lazy(() => import('./try-dialog.js'));
type ById = ReadonlyMap<string, FleetServer>;

/** A decision that is not in the list, read by its id. */
function OneDecision({ id, byId }: { id: string; byId: ById }): ReactNode {
  const [{ data, error, fetching }, reread] = useQuery({ query: ConsolePlacementByIdDocument, variables: { id } });
  if (data) return <Decision placement={data.placement} byId={byId} />;
  return (
    <div className="panel">
      {error ? <ErrorState title="Usher could not read this decision" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : fetching && <LoadingRows rows={8} height={48} label="Loading the decision" />}
    </div>
  );
}

function Detail({ placement, id, byId }: { placement: PlacementRow | undefined; id: string | undefined; byId: ById }): ReactNode {
  if (placement) return <Decision placement={placement} byId={byId} />;
  return id ? <OneDecision id={id} byId={byId} /> : null;
}

function Board({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const narrow = useNarrow();
  const operator = useRole('OPERATOR');
  const { placement: chosenId, verdict, servers: scope } = useSearch({ from: '/frame/routing' });
  const scopedIds = useMemo(() => (scope ? servers.map(({ id }) => id) : null), [scope, servers]);
  const byId = useMemo(() => new Map(servers.map((server) => [server.id, server])), [servers]);
  const routing = useRouting();
  const placements = usePlacements(verdict, scopedIds);
  const [dialog, setDialog] = useState<'try' | 'drain' | null>(null);
  const loads = useMemo(() => new Map(routing.loads.map((load) => [load.serverId, load])), [routing.loads]);
  const inScope = routing.loads.filter(({ serverId }) => byId.has(serverId));
  const drainable = servers.filter(({ id }) => !loads.get(id)?.drain);
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  const openDrain = () => operator && setDialog('drain');
  useKeys({ d: openDrain, t: () => setDialog('try') });

  const failed = routing.error ?? placements.error;
  const { overview } = routing;
  const rows = placements.rows;
  const chosen = rows?.find(({ id }) => id === chosenId) ?? (chosenId || narrow ? undefined : rows?.[0]);
  const showsList = !narrow || !chosenId;
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Routing</h1>
        {overview && (
          <span className="small dim">
            {overview.decisionP99Ms !== null && `decisions p99 ${overview.decisionP99Ms.toFixed(1)} ms · `}
            {count(overview.placedToday)} today · {count(overview.movedToday)} moved · {count(overview.refusedToday)} refused
            {overview.waiting > 0 && ` · ${count(overview.waiting)} waiting for room`}
          </span>
        )}
        <span className="push inline">
          {!operator && <span className="small dim">{NEEDS_OPERATOR}</span>}
          <button type="button" className="button" aria-disabled={operator ? undefined : true} aria-keyshortcuts="d" onClick={openDrain}>
            <CircleDashed size={15} aria-hidden />
            Drain…
          </button>
          <button type="button" className="button" aria-keyshortcuts="t" onClick={() => setDialog('try')}>
            <Zap size={15} aria-hidden />
            Try a placement…
          </button>
        </span>
      </div>
      {failed ? (
        <div className="panel">
          <ErrorState
            title="Usher could not read the routing"
            problem={problemOf(failed)}
            onRetry={() => {
              routing.reread();
              placements.reread();
            }}
          />
        </div>
      ) : (
        <>
          {overview?.routers === 0 && (
            <p className="callout warning router-off" role="status">
              No router runs. {overview.at ? <>What is shown is <Age atMs={Date.parse(overview.at)} /> old.</> : 'It has told nothing yet.'} Links that exist go on working; new ones are refused until a router is back.
            </p>
          )}
          {showsList && (overview ? <LoadStrip servers={servers} loads={loads} /> : <div className="panel load-strip-loading"><LoadingRows rows={1} height={76} label="Loading the loads" /></div>)}
          <div className="routing-columns">
            {showsList &&
              (rows ? (
                <PlacementList
                  placements={rows}
                  total={placements.total}
                  verdict={verdict}
                  chosenId={chosen?.id}
                  byId={byId}
                  onChoose={(id) => set({ placement: id })}
                  onVerdict={(value) => set({ verdict: value, placement: undefined })}
                  onMore={placements.more}
                />
              ) : (
                <div className="panel">
                  <LoadingRows rows={10} height={48} label="Loading the placements" />
                </div>
              ))}
            <div className="stack-panels">
              {narrow && chosenId && (
                <button type="button" className="button" onClick={() => set({ placement: undefined })}>
                  <ArrowLeft size={15} aria-hidden />
                  All placements
                </button>
              )}
              {rows && <Detail placement={chosen} id={chosenId} byId={byId} />}
              {showsList && overview && (
                <div className="routing-foot">
                  <div className="stack-panels">
                    <Reservations loads={inScope} byId={byId} />
                    <Links byId={byId} newest={rows?.[0]?.id} onChoose={(id) => set({ placement: id })} />
                  </div>
                  <div className="stack-panels">
                    <Drains loads={inScope} byId={byId} onChanged={routing.reread} />
                  </div>
                </div>
              )}
            </div>
          </div>
        </>
      )}
      {dialog === 'drain' && <DrainDialog servers={drainable} onClose={() => setDialog(null)} onChanged={routing.reread} />}
      <Suspense>{dialog === 'try' && <TryDialog byId={byId} onClose={() => setDialog(null)} onMade={placements.reread} />}</Suspense>
    </>
  );
}

/** Where playbacks were placed and why, the load behind it, what is reserved and what is drained. */
export default function RoutingPage(): ReactNode {
  const servers = useScopedServers();
  if (servers && servers.length > 0) return <Board servers={servers} />;
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Routing</h1>
      </div>
      <div className="panel">
        {servers ? (
          <EmptyState icon={Server} title="No servers yet">
            Routing chooses among the servers of the fleet. Register them first.
          </EmptyState>
        ) : (
          <LoadingRows rows={8} height={48} label="Loading the fleet" />
        )}
      </div>
    </>
  );
}
