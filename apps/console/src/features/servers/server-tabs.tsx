import { Link } from '@tanstack/react-router';
import { ConsoleServerUsersDocument } from '@usher/api-client';
import { Film, Library as LibraryIcon, Users } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { DeliveryBadge, ReasonLine } from '../../components/delivery-badge.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age, Position } from '../../components/ticking.js';
import { mainTitle, secondLine } from '../../format/media.js';
import { count, mbps, moment } from '../../format/units.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useNow, useSnapshot } from '../../live/live-context.js';
import { playing } from '../../live/totals.js';
import type { FleetServer } from '../../live/live-types.js';
import { sessionKey } from '../overview/session-key.js';
import type { ServerDetail } from './server-page.js';

const Unknown = () => (
  <span className="faint" title="not reported">
    –
  </span>
);
const number = (value: number | null) => (value === null ? <Unknown /> : count(value));

/** Libraries with their counts as the server reports them. */
export function LibrariesTable({ server, libraries }: { server: FleetServer; libraries: ServerDetail['libraries'] }): ReactNode {
  const nowMs = useNow(60_000);
  return (
    <section className="panel" aria-labelledby="libraries-head">
      <div className="panel-head">
        <h2 id="libraries-head">Libraries</h2>
        <span className="small dim">{libraries.length > 0 && libraries.length}</span>
      </div>
      {libraries.length === 0 ? (
        <EmptyState icon={LibraryIcon} title="No library is visible to this key">
          {server.alias} has not been read yet, or the key may see no library. An administrator&rsquo;s key sees all of them.
        </EmptyState>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col" className="num">Titles</th>
              <th scope="col" className="num">Episodes, tracks</th>
              <th scope="col" className="num">Read</th>
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
              </tr>
            ))}
          </tbody>
        </table>
      )}
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
                  {session.stream && <DeliveryBadge stream={session.stream} stale={stale} />}
                  {session.stream && <ReasonLine stream={session.stream} />}
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

/** Accounts of this server. */
export function UsersTab({ server }: { server: FleetServer }): ReactNode {
  const [{ data, error, fetching }, reread] = useQuery({ query: ConsoleServerUsersDocument, variables: { serverId: server.id } });
  const [text, setText] = useState('');
  if (error && !data) {
    return (
      <section className="panel">
        <ErrorState title="Usher could not read the users" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} />
      </section>
    );
  }
  if (!data) return <section className="panel">{fetching && <LoadingRows rows={6} height={36} label="Loading the users" />}</section>;
  const needle = text.trim().toLowerCase();
  const users = data.users.filter((user) => [user.name, user.email].some((word) => word?.toLowerCase().includes(needle)));
  if (data.users.length === 0) {
    return (
      <section className="panel">
        <EmptyState icon={Users} title="No users yet">
          Users appear after the first time that {server.alias} is read.
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="panel">
      <div className="panel-head">
        <input data-page-search className="input users-search" aria-label="Filter users" placeholder="Name or e-mail" value={text} onChange={(event) => setText(event.target.value)} />
        <span className="aside small dim">
          {users.length} of {data.users.length}
        </span>
        <Link to="/users/{-$person}" className="link">
          People
        </Link>
      </div>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">E-mail</th>
            <th scope="col">Rights</th>
            <th scope="col" className="num">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.vendorId}>
              <td className="strong">{user.name}</td>
              <td className="dim">{user.email ?? <Unknown />}</td>
              <td>
                <span className="tags">
                  {user.isAdministrator && <span className="badge outline">Administrator</span>}
                  {!user.enabled && <span className="badge fact">Disabled</span>}
                </span>
              </td>
              <td className="num dim">{user.lastSeenAt ? <Age atMs={Date.parse(user.lastSeenAt)} suffix=" ago" /> : <Unknown />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
