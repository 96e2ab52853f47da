import { Ghost, MessageSquare, PanelRight, Pause, Play, Square, FastForward } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { ActionMenu } from '../../components/action-menu.js';
import { DeliveryBadge, DeliveryLine, ReasonLine } from '../../components/delivery-badge.js';
import { Poster } from '../../components/poster.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { Position } from '../../components/ticking.js';
import { useToast } from '../../components/toast.js';
import { deliveryMark, episodeCode, mainTitle, NETWORK_WORDS, secondLine } from '../../format/media.js';
import { clockTime, mbps } from '../../format/units.js';
import { conditionOf } from '../../live/condition.js';
import { useSession, useSnapshot } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { FlagWords } from './flags.js';
import { loadFormDialog } from './load-form-dialog.js';
import type { Density } from './rows.js';
import { sessionName, whyOff } from './session-controls.js';
import type { SessionForm } from './session-forms.js';
import { useSessionActions } from './use-session-actions.js';

interface SessionRowProps {
  server: FleetServer;
  sessionId: string;
  stale: boolean;
  density: Density;
  onOpen(server: FleetServer, sessionId: string): void;
  onForm(form: SessionForm, server: FleetServer, sessionId: string): void;
}

function SessionMenu({ server, session, onOpen, onForm }: Pick<SessionRowProps, 'server' | 'onOpen' | 'onForm'> & { session: LiveSession }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const operator = useRole('OPERATOR');
  const toast = useToast();
  const { pauseOrResume } = useSessionActions(server, session);
  const paused = session.stream?.state === 'PAUSED';
  const off = (control: Parameters<typeof whyOff>[0]) => whyOff(control, session, server, conditionOf(server, snapshot?.stale), operator);
  const toggle = () => {
    void pauseOrResume().then((problem) => problem && toast(`${problem.message} ${problem.code ?? ''}`));
  };
  return (
    <ActionMenu
      label={`Actions on ${sessionName(session)}`}
      onOpen={loadFormDialog}
      actions={() => [
        { label: 'Open', icon: PanelRight, run: () => onOpen(server, session.id) },
        { label: paused ? 'Resume' : 'Pause', icon: paused ? Play : Pause, off: off('pause'), run: toggle },
        { label: 'Seek…', icon: FastForward, off: off('seek'), run: () => onForm('seek', server, session.id) },
        { label: 'Send notice…', icon: MessageSquare, off: off('message'), run: () => onForm('message', server, session.id) },
        { label: 'Stop…', icon: Square, danger: true, off: off('stop'), run: () => onForm('stop', server, session.id) },
      ]}
    />
  );
}

const GhostMark = () => (
  <span className="ghost" role="img" aria-label="Not heard of for 90 seconds" title="The server still lists it, but nothing was heard of it for 90 seconds.">
    <Ghost size={12} />
  </span>
);

/** The class that draws the edge of the row. */
const edgeOf = (stream: NonNullable<LiveSession['stream']>, stale: boolean) => `edge mark-${deliveryMark(stream)} ${stale ? 'faded' : ''}`;

/** The person where one is known, else the account. */
const personOf = (session: LiveSession) => session.identityName ?? session.userName ?? 'Unknown viewer';

/** Length of the title, or what stands there for live television. */
const lengthOf = (session: LiveSession) => (session.item?.durationMs ? clockTime(session.item.durationMs) : session.item?.type === 'LIVE' ? 'live' : '–');

const rateOf = (session: LiveSession): string => {
  if (session.stream?.state === 'PAUSED') return '0.0';
  return session.stream?.bitRateKbps == null ? '–' : mbps(session.stream.bitRateKbps);
};

function NarrowCard({ session, stale }: { session: LiveSession; stale: boolean }): ReactNode {
  const { item, stream } = session;
  if (!item || !stream) return null;
  return (
    <div role="rowheader" className={`session-card ${edgeOf(stream, stale)}`}>
      <Poster item={item} stale={stale} />
      <div className="session-card-body">
        <div className="card-line">
          <span className="title clip">
            {mainTitle(item)} <span className="dim">{item.seriesTitle === null ? secondLine(item, stream) : episodeCode(item)}</span>
          </span>
          <span className="num push">
            {rateOf(session)} <span className="dim">Mbps</span>
          </span>
        </div>
        <div className="small dim card-viewer">
          {session.ghost && <GhostMark />}
          <span className="clip">{[personOf(session), session.flags.length === 0 && session.deviceName, session.flags.length === 0 && NETWORK_WORDS[session.network]].filter(Boolean).join(' · ')}</span>
          <FlagWords flags={session.flags} />
        </div>
        <div className="card-line">
          <DeliveryBadge stream={stream} stale={stale} />
          {deliveryMark(stream) !== 'play' && <ReasonLine stream={stream} />}
        </div>
        <ProgressBar session={session} stale={stale} />
        <div className="card-line small dim">
          <Position session={session} stale={stale} />
          <span className="num push">{lengthOf(session)}</span>
        </div>
      </div>
    </div>
  );
}

/** Everything about a stream at a glance, its poster in front. */
function Card({ server, session, stale, onOpen, onForm }: Pick<SessionRowProps, 'server' | 'stale' | 'onOpen' | 'onForm'> & { session: LiveSession }): ReactNode {
  const { item, stream } = session;
  if (!item || !stream) return null;
  return (
    <>
      <div role="rowheader" className={`big-card ${edgeOf(stream, stale)}`}>
        <div className="big-card-head">
          <Poster item={item} stale={stale} card />
          <div className="two-lines">
            <span className="title clip">{mainTitle(item)}</span>
            <span className="small dim clip">{secondLine(item, stream)}</span>
            <span className="clip big-card-person">{personOf(session)}</span>
            {session.flags.length > 0 ? (
              <FlagWords flags={session.flags} />
            ) : (
              <span className="small dim clip">
                {session.ghost && <GhostMark />}
                {session.deviceName ?? session.client ?? 'Unknown device'}
              </span>
            )}
          </div>
        </div>
        <div className="card-line">
          <DeliveryBadge stream={stream} stale={stale} />
          <span className="num push">
            {rateOf(session)} <span className="dim">Mbps {NETWORK_WORDS[session.network]}</span>
          </span>
        </div>
        <ReasonLine stream={stream} />
        <ProgressBar session={session} stale={stale} />
        <div className="card-line small">
          <Position session={session} stale={stale} />
          <span className="num dim push">{lengthOf(session)}</span>
        </div>
      </div>
      <div role="gridcell" className="big-card-menu">
        <SessionMenu server={server} session={session} onOpen={onOpen} onForm={onForm} />
      </div>
    </>
  );
}

function Wide({ session, stale, compact }: { session: LiveSession; stale: boolean; compact: boolean }): ReactNode {
  const { item, stream } = session;
  if (!item || !stream) return null;
  if (compact) {
    return (
      <>
        <div role="rowheader" className={`title clip ${edgeOf(stream, stale)}`}>
          {mainTitle(item)} <span className="dim">{item.seriesTitle === null ? item.year : episodeCode(item)}</span>
        </div>
        <div role="gridcell" className="clip">
          {session.ghost && <GhostMark />}
          {personOf(session)} <FlagWords flags={session.flags} short />
        </div>
        <div role="gridcell" className="delivery-line clip">
          <DeliveryLine stream={stream} stale={stale} />
        </div>
        <div role="gridcell" className="num">
          {rateOf(session)}
        </div>
        <div role="gridcell" className="progress-inline">
          <ProgressBar session={session} stale={stale} />
          <Position session={session} stale={stale} className="small dim" />
        </div>
      </>
    );
  }
  return (
    <>
      <div role="rowheader" className={`session-title ${edgeOf(stream, stale)}`}>
        <Poster item={item} stale={stale} />
        <div className="two-lines">
          <span className="title clip">{mainTitle(item)}</span>
          <span className="small dim clip">{secondLine(item, stream)}</span>
        </div>
      </div>
      <div role="gridcell" className="two-lines">
        <span className="clip">{personOf(session)}</span>
        {session.flags.length > 0 ? (
          <FlagWords flags={session.flags} />
        ) : (
          <span className="small dim clip">
            {session.ghost && <GhostMark />}
            {session.deviceName ?? session.client ?? 'Unknown device'}
          </span>
        )}
      </div>
      <div role="gridcell" className="two-lines delivery-cell">
        <DeliveryBadge stream={stream} stale={stale} />
        <ReasonLine stream={stream} />
      </div>
      <div role="gridcell" className="two-lines num">
        <span>{rateOf(session)}</span>
        <span className="small dim">{NETWORK_WORDS[session.network]}</span>
      </div>
      <div role="gridcell" className="progress-cell">
        <ProgressBar session={session} stale={stale} />
        <div className="small dim">
          <Position session={session} stale={stale} />
          <span className="num">{lengthOf(session)}</span>
        </div>
      </div>
    </>
  );
}

/** One stream. It renders on its own changes only; between snapshots the bar and the clock move without rendering. */
export const SessionRow = memo(function SessionRow({ server, sessionId, stale, density, onOpen, onForm }: SessionRowProps): ReactNode {
  const session = useSession(server.id, sessionId);
  if (!session?.stream) return null;
  if (density === 'narrow') return <NarrowCard session={session} stale={stale} />;
  if (density === 'cards') return <Card server={server} session={session} stale={stale} onOpen={onOpen} onForm={onForm} />;
  return (
    <>
      <Wide session={session} stale={stale} compact={density === 'compact'} />
      <div role="gridcell">
        <SessionMenu server={server} session={session} onOpen={onOpen} onForm={onForm} />
      </div>
    </>
  );
});
