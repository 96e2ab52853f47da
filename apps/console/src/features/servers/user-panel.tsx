import { ConsoleCollectionsDocument, ConsolePlaylistsDocument, ConsoleUserDiscoveryDocument, type ConsoleListedItemFragment } from '@usher/api-client';
import { ListMusic } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { EmptyState } from '../../components/state-view.js';
import { count, plural } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { ReadPanel, Unknown, useMayRead } from './detail-parts.js';
import { ListedTitle } from './listed-title.js';

const MOST = 5;
const TYPE_WORDS: Readonly<Record<string, string>> = { MOVIE: 'films', SERIES: 'series', EPISODE: 'episodes', ALBUM: 'albums', TRACK: 'tracks' };

function Rows({ label, rows, empty }: { label: string; rows: readonly ConsoleListedItemFragment[]; empty: string }): ReactNode {
  return (
    <div className="user-list">
      <h3 className="small dim">
        {label} {rows.length > 0 && count(rows.length)}
      </h3>
      {rows.length === 0 && <p className="small faint">{empty}</p>}
      <ul>
        {rows.slice(0, MOST).map(({ item }) => (
          <li key={item.vendorId}>
            <ListedTitle item={item} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Discovery({ server, userId }: { server: FleetServer; userId: string }): ReactNode {
  const mayRead = useMayRead(server, 'users.discovery', false);
  const [{ data, error }, read] = useQuery({ query: ConsoleUserDiscoveryDocument, variables: { serverId: server.id, userId }, pause: !mayRead });
  const found = data?.userDiscovery;
  return (
    <ReadPanel title="First page" note="what the server shows this user" server={server} needs={{ capability: 'users.discovery', what: 'tell what it shows a user' }} ready={!!found} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {found && (
        <div className="panel-body stack">
          <Rows label="Go on watching" rows={found.resume} empty="Nothing is begun." />
          <Rows label="Next up" rows={found.nextUp} empty="No series is going on." />
          <Rows label="Latest" rows={found.latest} empty="Nothing new." />
          <p className="small dim">Favorites: {found.favorites.length === 0 ? 'none, or not reported' : found.favorites.map(({ type, count: many }) => `${count(many)} ${TYPE_WORDS[type] ?? type.toLowerCase()}`).join(', ')}</p>
        </div>
      )}
    </ReadPanel>
  );
}

function Lists({ title, note, rows }: { title: string; note?: string; rows: readonly { vendorId: string; name: string; itemCount: number | null; smart: boolean; more?: string }[] }): ReactNode {
  if (rows.length === 0) return <EmptyState icon={ListMusic} title={`No ${title.toLowerCase()}`}>{note}</EmptyState>;
  return (
    <ul className="listed-rows">
      {rows.map((row) => (
        <li key={row.vendorId}>
          <span className="strong clip">{row.name}</span>
          {row.smart && <span className="badge fact">by rules</span>}
          <span className="push small dim">{row.itemCount === null ? <Unknown /> : plural(row.itemCount, 'title')}</span>
        </li>
      ))}
    </ul>
  );
}

function Playlists({ server, userId }: { server: FleetServer; userId: string }): ReactNode {
  const mayRead = useMayRead(server, 'playlists.read', false);
  const [{ data, error }, read] = useQuery({ query: ConsolePlaylistsDocument, variables: { serverId: server.id, userId }, pause: !mayRead });
  return (
    <ReadPanel title="Playlists" note={data && count(data.playlists.length)} server={server} needs={{ capability: 'playlists.read', what: 'list the playlists of a user' }} ready={!!data} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {data && <Lists title="Playlists" note="This user has made none." rows={data.playlists} />}
    </ReadPanel>
  );
}

/** Of the server, so the same for all of its users. */
export function Collections({ server }: { server: FleetServer }): ReactNode {
  const mayRead = useMayRead(server, 'collections.read', false);
  const [{ data, error }, read] = useQuery({ query: ConsoleCollectionsDocument, variables: { serverId: server.id }, pause: !mayRead });
  return (
    <ReadPanel title="Collections" note={data && `${count(data.collections.length)}, the same for all users`} server={server} needs={{ capability: 'collections.read', what: 'list collections' }} ready={!!data} error={error} onRetry={() => read({ requestPolicy: 'network-only' })}>
      {data && <Lists title="Collections" note={`Nobody has made one on ${server.alias}.`} rows={data.collections} />}
    </ReadPanel>
  );
}

/** What one user of the server is shown and has made. */
export function UserPanel({ server, userId }: { server: FleetServer; userId: string }): ReactNode {
  return (
    <>
      <Discovery server={server} userId={userId} />
      <Playlists server={server} userId={userId} />
    </>
  );
}
