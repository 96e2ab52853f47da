import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { BitRateLine, bitRateSamples, rateWords } from '../mirror/bit-rate-line.js';
import { CopyText } from '../mirror/copy-text.js';
import { EventList } from '../mirror/event-list.js';
import { supportText } from '../mirror/support-text.js';
import { useMirrorGlance } from '../mirror/use-mirror.js';
import '../mirror/mirror.css';
import { sessionKey } from './session-key.js';

const MOST_EVENTS = 6;

/** Bit rate and timeline of a stream, as its server reported them; quiet where nothing is kept yet. */
export function DrawerMirror({ server, session }: { server: FleetServer; session: LiveSession }): ReactNode {
  const { mirror, error } = useMirrorGlance(session.id);
  const rates = useMemo(() => (mirror ? bitRateSamples(mirror) : []), [mirror]);
  const problem = error && problemOf(error);
  return (
    <>
      <section className="drawer-section">
        <div className="inline source-head">
          <h3 className="small dim">Bit rate, last 5 minutes</h3>
          <span className="push small">{rateWords(rates, mirror?.live ?? true)}</span>
        </div>
        {mirror ? <BitRateLine mirror={mirror} stream={session.stream} /> : <p className="small dim">{problem ? `${problem.message} ${problem.code ?? ''}` : 'Reading…'}</p>}
      </section>
      <section className="drawer-section">
        <div className="inline source-head">
          <h3 className="small dim">Timeline, as {server.alias} reports it</h3>
          <span className="push inline small">
            {mirror && <CopyText text={supportText(mirror, server)} label="Copy as text" />}
            <Link to="/sessions/$key/mirror" params={{ key: sessionKey(server, session.id) }} className="link">
              Open mirror
            </Link>
          </span>
        </div>
        {mirror && (mirror.events.length > 0 ? <EventList events={mirror.events.slice(-MOST_EVENTS)} /> : <p className="small dim">Nothing has happened since Usher looks at this stream.</p>)}
      </section>
    </>
  );
}
