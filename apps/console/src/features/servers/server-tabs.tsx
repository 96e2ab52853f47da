import { Link } from '@tanstack/react-router';
import { Film, Library as LibraryIcon, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { DeliveryBadge, ReasonLine } from '../../components/delivery-badge.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { EmptyState } from '../../components/state-view.js';
import { Position } from '../../components/ticking.js';
import { mainTitle, secondLine } from '../../format/media.js';
import { count, mbps, moment } from '../../format/units.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useNow, useSnapshot } from '../../live/live-context.js';
import { playing } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import { sessionKey } from '../overview/session-key.js';
import { Unknown } from './detail-parts.js';
import type { ServerDetail } from './server-page.js';

const number = (value: number | null) => (value === null ? <Unknown /> : count(value));

interface LibrariesProps {
  server: FleetServer;
  libraries: ServerDetail['libraries'];
  aside?: ReactNode;
  foot?: ReactNode;
  onRemove?: ((library: ServerDetail['libraries'][number]) => void) | undefined;
}

/** Libraries with their counts as the server reports them. */
export function LibrariesTable({ server, libraries, aside, foot, onRemove }: LibrariesProps): ReactNode {
  const nowMs = useNow(60_000);
  return (
    <section className="panel" aria-labelledby="libraries-head">
      <div className="panel-head">
        <h2 id="libraries-head">Libraries</h2>
        <span className="small dim">{libraries.length > 0 && libraries.length}</span>
        {aside}
      </div>
      {libraries.length === 0 ? (
        <EmptyState icon={LibraryIcon} title="No library is visible to this key">
          {server.alias} has not been read yet, or the key may see no library. An administrator&rsquo;s key sees all of them.
        </EmptyState>
      ) : (
        <table className="table library-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col" className="num">Titles</th>
              <th scope="col" className="num">Episodes, tracks</th>
              <th scope="col" className="num">Read</th>
              {onRemove && <th scope="col"><span className="sr-only">Action</span></th>}
            </tr>
          </thead>
          <tbody>
            {libraries.map((library) => (
              <tr key={library.vendorId}>
                <td className="strong">{library.name}</td>
                <td className="dim">{library.type}</td>
                <td className="num">{number(library.itemCount)}</td>
                <td className="num dim">{number(library.childCount)}</td>
                <td className="num dim">{moment(Date.parse(library.readAt), nowMs)}</td>
                {onRemove && (
                  <td className="num">
                    <button type="button" className="icon-button" aria-label={`Remove ${library.name}`} title="Remove…" onClick={() => onRemove(library)}>
                      <Trash2 size={14} aria-hidden />
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {foot}
    </section>
  );
}

/** Streams of this server; each opens in the drawer of the Overview. */
export function SessionsTab({ server }: { server: FleetServer }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const sessions = playing(snapshot);
  const stale = !answers(conditionOf(server, snapshot?.stale));
  const connected = (snapshot?.sessions.length ?? 0) - sessions.length;
  return (
    <section className="panel">
      {sessions.length === 0 ? (
        <EmptyState icon={Film} title="Nothing playing">
          {connected > 0 ? `${connected} apps are connected and idle.` : `No app is connected to ${server.alias} now.`}
        </EmptyState>
      ) : (
        <table className="table stacked">
          <thead>
            <tr>
              <th scope="col">Title</th>
              <th scope="col">Viewer</th>
              <th scope="col">Delivery</th>
              <th scope="col" className="num">Mbps</th>
              <th scope="col">Position</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <td>
                  <Link to="/" search={(search) => ({ ...search, session: sessionKey(server, session.id) })} className="server-link">
                    {session.item && mainTitle(session.item)}
                  </Link>
                  <span className="small dim block">{session.item && secondLine(session.item, session.stream ?? null)}</span>
                </td>
                <td>
                  {session.userName ?? 'Unknown viewer'}
                  <span className="small dim block">{session.deviceName}</span>
                </td>
                <td>
                  {session.stream && (
                    <span className="inline">
                      <DeliveryBadge stream={session.stream} stale={stale} />
                      <ReasonLine stream={session.stream} />
                    </span>
                  )}
                </td>
                <td className="num">{session.stream?.bitRateKbps == null ? <Unknown /> : mbps(session.stream.bitRateKbps)}</td>
                <td className="position-cell">
                  <ProgressBar session={session} stale={stale} />
                  <span className="small dim">
                    <Position session={session} stale={stale} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
