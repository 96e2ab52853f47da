import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { ConsoleLibrariesDocument, type ConsoleLibraryFragment } from '@usher/api-client';
import { CopyCheck, FilterX, LibraryBig, ScanSearch, Search, Server } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { ActionMenu } from '../../components/action-menu.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { absolute, count, moment, plural } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { useScopedServers } from '../../live/use-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { useActivities, type Activity } from '../activities/use-activities.js';
import { useRole } from '../auth/auth-context.js';
import { whyNoOrder } from '../servers/use-orders.js';
import { OverlapPanel } from './overlap-panel.js';
import { useScan } from './use-scan.js';
import './libraries.css';

type LibraryRow = ConsoleLibraryFragment;

const Unknown = () => (
  <span className="faint" title="not reported">
    –
  </span>
);

function Row({ library, server, scan }: { library: LibraryRow; server: FleetServer; scan: Activity | undefined }): ReactNode {
  const nowMs = useNow(60_000);
  const operator = useRole('OPERATOR');
  const start = useScan();
  const readMs = Date.parse(library.readAt);
  return (
    <tr>
      <td data-cell="name">
        <span className="strong block clip">{library.name}</span>
        <span className="small dim block">{library.type}</span>
      </td>
      <td data-cell="server">
        <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug, tab: 'libraries' }} className="inline library-server">
          <VendorGlyph kind={server.kind} size={14} />
          <span className="clip">{server.alias}</span>
        </Link>
      </td>
      <td className="num">{library.itemCount === null ? <Unknown /> : count(library.itemCount)}</td>
      <td className="num dim at-wide">{library.childCount === null ? <Unknown /> : count(library.childCount)}</td>
      <td className="num dim" title={absolute(readMs)} data-cell="read">
        {scan ? (
          <span className="scan">
            <span className="meter" aria-hidden>
              <span className="fill-neutral" style={{ transform: `scaleX(${(scan.progressPercent ?? 0) / 100})` }} />
            </span>
            scanning{scan.progressPercent !== null && ` ${Math.round(scan.progressPercent)} %`}
          </span>
        ) : (
          moment(readMs, nowMs)
        )}
      </td>
      <td data-cell="menu">
        <ActionMenu label={`Actions on ${library.name} of ${server.alias}`} actions={() => [{ label: 'Scan library', icon: ScanSearch, off: scan ? 'A scan runs.' : whyNoOrder('scan', server, operator), run: () => start(library, server.alias) }]} />
      </td>
    </tr>
  );
}

function Libraries({ servers }: { servers: readonly FleetServer[] }): ReactNode {
  const navigate = useNavigate();
  const { q, from, to, servers: scope } = useSearch({ from: '/frame/libraries' });
  const serverIds = useMemo(() => (scope ? servers.map(({ id }) => id) : null), [scope, servers]);
  const [{ data, error }, reread] = useQuery({ query: ConsoleLibrariesDocument, variables: { serverIds }, requestPolicy: 'cache-and-network' });
  const { activities } = useActivities();
  const set = (change: object) => void navigate({ to: '.', search: (old) => ({ ...old, ...change }), replace: true });
  const libraries = data?.libraries;
  const needle = q?.trim().toLowerCase() ?? '';
  const rows = servers.flatMap((server) =>
    (libraries ?? [])
      .filter((library) => library.serverId === server.id && [library.name, library.type, server.alias].some((word) => word.toLowerCase().includes(needle)))
      .map((library) => ({ library, server })),
  );
  const scanOf = (library: LibraryRow) => activities?.find((activity) => activity.type === 'SCAN' && activity.serverId === library.serverId && (activity.libraryId === library.vendorId || activity.libraryId === null));
  const list = () => {
    if (!libraries) return error ? <ErrorState title="Usher could not read the libraries" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={8} height={48} label="Loading the libraries" />;
    if (libraries.length === 0) {
      return (
        <EmptyState icon={LibraryBig} title="No library is visible to these keys">
          The servers have not been read yet, or their keys may see no library. An administrator&rsquo;s key sees all of them.
        </EmptyState>
      );
    }
    if (rows.length === 0) {
      return (
        <EmptyState icon={FilterX} title="No library matches this filter" action={<button type="button" className="button small" onClick={() => set({ q: undefined })}>Clear filter</button>}>
          {plural(libraries.length, 'library', 'libraries')} hidden by it.
        </EmptyState>
      );
    }
    return (
      <table className="table library-table">
        <thead>
          <tr>
            <th scope="col">Library</th>
            <th scope="col">Server</th>
            <th scope="col" className="num">Titles</th>
            <th scope="col" className="num at-wide">Episodes, tracks</th>
            <th scope="col" className="num">Read</th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ library, server }) => (
            <Row key={`${library.serverId}${library.vendorId}`} library={library} server={server} scan={scanOf(library)} />
          ))}
        </tbody>
      </table>
    );
  };
  return (
    <>
      <div className="filter-bar">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label="Filter libraries" placeholder="Library, type, server…" value={q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
          <kbd className="kbd">/</kbd>
        </div>
        {libraries && <span className="push small dim">{plural(libraries.length, 'library', 'libraries')} on {plural(new Set(libraries.map(({ serverId }) => serverId)).size, 'server')}</span>}
      </div>
      <div className="library-columns">
        <div className="panel">{list()}</div>
        <OverlapPanel servers={servers} from={from} to={to} onPair={(source, target) => set({ from: source, to: target })} />
      </div>
    </>
  );
}

/** Libraries of the scope with their counts, and what two servers have in common. */
export default function LibrariesPage(): ReactNode {
  const servers = useScopedServers();
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Libraries</h1>
        <span className="push inline">
          <Link to="/libraries/precheck" className="button">
            <CopyCheck size={15} aria-hidden />
            Precheck a copy
          </Link>
        </span>
      </div>
      {!servers && (
        <div className="panel">
          <LoadingRows rows={8} height={48} label="Loading the fleet" />
        </div>
      )}
      {servers?.length === 0 && (
        <div className="panel">
          <EmptyState icon={Server} title="No servers yet">
            Libraries appear after the first server is registered.
          </EmptyState>
        </div>
      )}
      {servers && servers.length > 0 && <Libraries servers={servers} />}
    </>
  );
}
