import { Link } from '@tanstack/react-router';
import { Flag, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { mainTitle, NETWORK_WORDS } from '../../format/media.js';
import { useServers, useSnapshots } from '../../live/live-context.js';
import type { LiveSession } from '../../live/live-types.js';
import { playing } from '../../live/totals.js';
import { useRole } from '../auth/auth-context.js';
import { RULE_WORDS } from '../mismatches/rule-words.js';
import { PlacementGlance, usePlacement } from './placement-glance.js';
import { sessionKey } from './session-key.js';

/** Why it plays here where Usher chose it, other streams of the same person, and what speaks against it being one person. */
export function Connections({ session }: { session: LiveSession }): ReactNode {
  const servers = useServers() ?? [];
  const snapshots = useSnapshots();
  const operator = useRole('OPERATOR');
  const { identityId, flags } = session;
  const placement = usePlacement(session.id);
  const others = identityId === null ? [] : servers.flatMap((server) => playing(snapshots.get(server.id)).filter((other) => other.identityId === identityId && other.id !== session.id).map((other) => ({ server, other })));
  if (!placement && flags.length === 0 && others.length === 0) return null;
  return (
    <div className="drawer-section connections">
      {placement && <PlacementGlance placement={placement} />}
      {others.length > 0 && (
        <section>
          <h3 className="small dim inline">
            <UserRound size={13} aria-hidden /> {session.identityName ?? 'The same person'} elsewhere
          </h3>
          <ul>
            {others.map(({ server, other }) => (
              <li key={other.id}>
                <Link to="/" search={(old) => ({ ...old, session: sessionKey(server, other.id) })} className="inline link">
                  <VendorGlyph kind={server.kind} size={14} />
                  {server.alias}, {other.item ? mainTitle(other.item) : 'a stream'}
                </Link>
                <div className="small dim">{[other.deviceName, NETWORK_WORDS[other.network]].filter(Boolean).join(' · ')}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {flags.map(({ mismatchId, rule, text }) => (
        <section key={mismatchId}>
          <div className="inline source-head">
            <h3 className="small text-danger inline">
              <Flag size={13} aria-hidden /> {RULE_WORDS[rule]}
            </h3>
            {operator && (
              <Link to="/users/mismatches/{-$id}" params={{ id: mismatchId }} className="link small push">
                Compare
              </Link>
            )}
          </div>
          <p>{text}</p>
        </section>
      ))}
    </div>
  );
}
