import { Link, useParams } from '@tanstack/react-router';
import { ConsoleServerDetailDocument, type ConsoleServerDetailQuery } from '@usher/api-client';
import { CircleDashed, Lock, RotateCw, ServerOff } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { DutyBadges } from '../../components/duty-badges.js';
import { ConditionBadge, kindName, StateGlyph, VendorGlyph } from '../../components/glyphs.js';
import { Path } from '../../components/path.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { answers, conditionOf, conditionSince } from '../../live/condition.js';
import { useDrains, useLive, useLiveStatus, useServers, useSnapshot } from '../../live/live-context.js';
import { playing } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { DrainDialog } from '../routing/drains.js';
import { DevicesTab } from './devices-tab.js';
import { EventsTab } from './events-tab.js';
import { LibrariesTab } from './libraries-tab.js';
import { SessionsTab } from './server-tabs.js';
import { ServerOverview } from './server-overview.js';
import { ServerSettings } from './server-settings.js';
import { TasksTab } from './tasks-tab.js';
import { useRefreshServer } from './use-refresh-server.js';
import { UsersTab } from './users-tab.js';
import './servers.css';

export type ServerDetail = ConsoleServerDetailQuery['server'];
const TABS = ['overview', 'sessions', 'libraries', 'users', 'tasks', 'devices', 'events', 'settings'] as const;
type Tab = (typeof TABS)[number];

function Head({ server }: { server: FleetServer }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const refresh = useRefreshServer();
  const operator = useRole('OPERATOR');
  const drained = useDrains().has(server.id);
  const [drains, setDrains] = useState(false);
  const condition = conditionOf(server, snapshot?.stale);
  return (
    <>
      <div className="page-head server-head">
        <Path steps={[{ to: '/servers', label: 'Servers' }]} />
        <StateGlyph condition={condition} />
        <VendorGlyph kind={server.kind} />
        <h1 tabIndex={-1}>{server.alias}</h1>
        {server.role === 'PRIMARY' && <span className="badge outline">Primary</span>}
        <ConditionBadge condition={condition} sinceMs={conditionSince(server, condition, snapshot?.atMs)} />
        {server.readOnly && (
          <span className="badge fact">
            <Lock size={12} aria-hidden />
            Read-only
          </span>
        )}
        <DutyBadges server={server} />
        {server.demo && <span className="badge fact">DEMO</span>}
        <span className="dim">
          {kindName(server.kind)} {server.version}
          {server.platform && ` on ${server.platform}`}
        </span>
        {operator && (
          <span className="push inline">
            {drained ? (
              <Link to="/routing" className="button">
                <CircleDashed size={14} aria-hidden />
                See the drain
              </Link>
            ) : (
              <button type="button" className="button" onClick={() => setDrains(true)}>
                <CircleDashed size={14} aria-hidden />
                Drain…
              </button>
            )}
            <button type="button" className="button" onClick={() => refresh(server)}>
              <RotateCw size={14} aria-hidden />
              Ask again
            </button>
          </span>
        )}
      </div>
      {drains && <DrainDialog servers={[server]} onClose={() => setDrains(false)} onChanged={() => undefined} />}
      {!answers(condition) && (server.stateReason ?? server.stateCode) && (
        <div className={`callout ${condition === 'offline' ? 'danger' : 'warning'} server-trouble`}>
          <div className="callout-head">
            <span>{server.stateReason ?? 'The server does not answer.'}</span>
            {server.stateCode && <code className="push">{server.stateCode}</code>}
          </div>
          {server.stateNext && <p className="callout-next">Next: {server.stateNext}</p>}
        </div>
      )}
    </>
  );
}

function Tabs({ server, detail }: { server: FleetServer; detail: ServerDetail | undefined }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const counts: Partial<Record<Tab, number | null | undefined>> = { sessions: playing(snapshot).length, libraries: detail?.libraries.length, users: detail?.userCount };
  const { tab } = useParams({ from: '/frame/servers/$alias/{-$tab}' });
  const row = useRef<HTMLElement>(null);
  // A narrow screen shows five of them; the chosen one has to be among these.
  useEffect(() => {
    // newer browsers answer with a promise, which must not become the end of the effect
    row.current?.querySelector('[data-status="active"]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [tab]);
  return (
    <nav ref={row} className="tabs" aria-label={`Parts of ${server.alias}`}>
      {TABS.map((name) => (
        <Link key={name} to="/servers/$alias/{-$tab}" params={{ alias: server.slug, tab: name === 'overview' ? undefined : name }} activeOptions={{ exact: true, includeSearch: false }} className="tab">
          {name[0]!.toUpperCase()}
          {name.slice(1)}
          {counts[name] != null && <span className="dim"> {counts[name]}</span>}
        </Link>
      ))}
    </nav>
  );
}

function Detail({ server, tab }: { server: FleetServer; tab: Tab }): ReactNode {
  const [{ data, error, fetching }, reread] = useQuery({ query: ConsoleServerDetailDocument, variables: { alias: server.slug }, requestPolicy: 'cache-and-network' });
  const detail = data?.server;
  const body = () => {
    if (tab === 'sessions') return <SessionsTab server={server} />;
    if (tab === 'devices') return <DevicesTab key={server.id} server={server} />;
    if (tab === 'events') return <EventsTab key={server.id} server={server} />;
    if (error && !detail) {
      return (
        <div className="panel">
          <ErrorState title={`Usher could not read more about ${server.alias}`} problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} />
        </div>
      );
    }
    if (!detail) return <div className="panel">{fetching && <LoadingRows rows={6} height={40} label={`Loading ${server.alias}`} />}</div>;
    if (tab === 'libraries') return <LibrariesTab server={server} detail={detail} reread={() => reread({ requestPolicy: 'network-only' })} />;
    if (tab === 'tasks') return <TasksTab key={server.id} server={server} detail={detail} />;
    if (tab === 'users') return <UsersTab key={server.id} server={server} />;
    if (tab === 'settings') return <ServerSettings key={server.id} server={server} />;
    return <ServerOverview server={server} detail={detail} />;
  };
  return (
    <>
      <Head server={server} />
      <Tabs server={server} detail={detail} />
      {body()}
    </>
  );
}

/** Everything about one server. */
export default function ServerPage(): ReactNode {
  const { alias, tab } = useParams({ from: '/frame/servers/$alias/{-$tab}' });
  const servers = useServers();
  const { connection } = useLive();
  const { error } = useLiveStatus();
  const chosen = TABS.find((name) => name === tab) ?? 'overview';
  if (!servers) {
    return (
      <div className="panel page-alone">
        {error ? <ErrorState title="Usher could not read the servers" problem={problemOf(error)} onRetry={() => void connection.refresh()} /> : <LoadingRows rows={6} height={40} label="Loading the server" />}
      </div>
    );
  }
  const server = servers.find(({ slug }) => slug === alias);
  if (!server) {
    return (
      <div className="panel page-alone">
        <h1 tabIndex={-1} className="sr-only">
          No such server
        </h1>
        <EmptyState icon={ServerOff} title={`No server is called “${alias}”`} action={<Link to="/servers" className="button small">All servers</Link>}>
          It may have been renamed or removed.
        </EmptyState>
      </div>
    );
  }
  return <Detail server={server} tab={chosen} />;
}
