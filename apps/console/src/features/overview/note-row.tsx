import type { ReactNode } from 'react';
import { Age } from '../../components/ticking.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useSnapshot } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';

/** Last row of a server without streams, or of one that does not answer: what is known, and what to do next. */
export function NoteRow({ server }: { server: FleetServer }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const condition = conditionOf(server, snapshot?.stale);
  return (
    <div role="gridcell" className="note-cell small dim">
      {answers(condition) ? (
        <span className="clip">
          Nothing playing.
          {server.lastPlaybackAt && (
            <>
              {' '}
              Last playback <Age atMs={Date.parse(server.lastPlaybackAt)} suffix=" ago" />.
            </>
          )}
        </span>
      ) : (
        <span className="note-lines">
          {server.lastSeenAt && (
            <>
              Last seen <Age atMs={Date.parse(server.lastSeenAt)} suffix=" ago" />.{' '}
            </>
          )}
          {server.stateReason} {server.stateNext && <span className="note-next">Next: {server.stateNext}</span>}
        </span>
      )}
    </div>
  );
}
