import { ConsoleRoutesDocument, type ConsoleRoutesQuery } from '@usher/api-client';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { ErrorState, LoadingRows } from '../../components/state-view.js';
import { absolute, clockTime, count } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';

type RouteRow = ConsoleRoutesQuery['routes'][number];
const MOST = 50;
const FIRST = 6;
const AGAIN_MS = 15_000;
const STATE_WORDS: Readonly<Record<RouteRow['state'], string>> = { PLACED: 'not opened yet', OPEN: 'plays', MOVING: 'moves', ENDED: 'ended', EXPIRED: 'expired' };

interface LinksProps {
  byId: ReadonlyMap<string, FleetServer>;
  /** Id of the newest decision; the links are read again when it changes. */
  newest: string | undefined;
  onChoose(placementId: string): void;
}

/** Links that viewers have: where each leads now, and from which position. A link itself is told once, when it is made. */
export function Links({ byId, newest, onChoose }: LinksProps): ReactNode {
  const [all, setAll] = useState(false);
  const [{ data, error }, read] = useQuery({ query: ConsoleRoutesDocument, variables: { first: MOST }, requestPolicy: 'cache-and-network' });
  const again = useRef(read);
  useEffect(() => {
    again.current = read;
  });
  const asked = useRef(newest);
  useEffect(() => {
    if (asked.current !== newest) again.current({ requestPolicy: 'network-only' });
    asked.current = newest;
    const timer = setInterval(() => again.current({ requestPolicy: 'network-only' }), AGAIN_MS);
    return () => clearInterval(timer);
  }, [newest]);
  const routes = data?.routes;
  const body = () => {
    if (!routes) return error ? <ErrorState title="Usher could not read the links" problem={problemOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={2} height={36} label="Loading the links" />;
    if (routes.length === 0) return <p className="panel-body dim">No link is alive. One ends twelve hours after its last use.</p>;
    return (
      <table className="table links-table">
        <thead>
          <tr>
            <th scope="col">Link for</th>
            <th scope="col">Leads to</th>
            <th scope="col" className="num">Position</th>
            <th scope="col" className="num at-wide">Moves</th>
          </tr>
        </thead>
        <tbody>
          {routes.slice(0, all ? undefined : FIRST).map((route) => (
            <tr key={route.id} title={`ends ${absolute(Date.parse(route.expiresAt))}`}>
              <td>
                <button type="button" className="link-row" onClick={() => onChoose(route.placementId)}>
                  <span className="strong clip block">{route.title}</span>
                  <span className="small dim clip block">{route.userName ?? 'Unknown viewer'}</span>
                </button>
              </td>
              <td>
                {route.serverId ? (byId.get(route.serverId)?.alias ?? 'a removed server') : '–'}
                <span className="small dim block">{STATE_WORDS[route.state]}</span>
              </td>
              <td className="num">{clockTime(route.positionMs)}</td>
              <td className="num dim at-wide">{count(route.moves)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    );
  };
  return (
    <section className="panel" aria-labelledby="links-head">
      <div className="panel-head">
        <h2 id="links-head">Links</h2>
        <span className="small dim clip">where each leads now</span>
      </div>
      {body()}
      {routes && routes.length > FIRST && (
        <button type="button" className="link placements-more" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `${count(routes.length - FIRST)} more`}
        </button>
      )}
    </section>
  );
}
