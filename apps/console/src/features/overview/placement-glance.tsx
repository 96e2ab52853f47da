import { Link } from '@tanstack/react-router';
import { ConsoleSessionPlacementDocument } from '@usher/api-client';
import { Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { useQuery } from 'urql';
import { absolute } from '../../format/units.js';
import { useNow, useServers } from '../../live/live-context.js';
import { otherWords, placedWords, type PlacementGlance as Glance } from './placement-words.js';

/** The decision that led a stream here; null for those that came by themselves. It is written before the stream begins, so it is read once. */
export function usePlacement(sessionId: string): Glance | null {
  const [{ data }] = useQuery({ query: ConsoleSessionPlacementDocument, variables: { id: sessionId }, requestPolicy: 'network-only' });
  return data?.session?.id === sessionId ? data.session.placement : null;
}

/** Why it plays on this server, with the way to the whole decision. */
export function PlacementGlance({ placement }: { placement: Glance }): ReactNode {
  const servers = useServers() ?? [];
  const nowMs = useNow(60_000);
  const nameOf = (serverId: string) => servers.find(({ id }) => id === serverId)?.alias ?? 'a removed server';
  return (
    <section aria-labelledby="placement-head">
      <div className="inline source-head">
        <h3 className="small dim inline" id="placement-head">
          <Route size={13} aria-hidden /> Placement
        </h3>
        <Link to="/routing/decisions/$id" params={{ id: placement.id }} className="link small push" aria-label={`The decision ${placement.id.slice(-8)}`}>
          <code>{placement.id.slice(-8)}</code>
        </Link>
      </div>
      <p title={absolute(Date.parse(placement.at))}>{placedWords(placement, nameOf, nowMs)}</p>
      {otherWords(placement, nameOf).map((words, index) => (
        <p key={index} className="small dim">
          {words}
        </p>
      ))}
    </section>
  );
}
