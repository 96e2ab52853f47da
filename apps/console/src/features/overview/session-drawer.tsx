import { Modal } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { Settings, X, Zap } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.js';
import { DeliveryBadge } from '../../components/delivery-badge.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { Poster } from '../../components/poster.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { Age, EndsAt, Position } from '../../components/ticking.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { adviceOf, belowRealTime, hardwareWord, mainTitle, NETWORK_WORDS, reasonsOf, secondLine } from '../../format/media.js';
import { clockTime } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useLive, useSession, useSnapshot } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { preparedOf } from '../../live/progress.js';
import { playing } from '../../live/totals.js';
import { Connections } from './connections.js';
import { DrawerControls } from './drawer-controls.js';
import { DrawerMirror } from './drawer-mirror.js';
import { FlagWords } from './flags.js';
import { sessionKey } from './session-key.js';
import { SourceTable } from './source-table.js';
import { useExpected } from './use-expected.js';
import './drawer.css';

interface DrawerProps {
  server: FleetServer;
  session: LiveSession;
}

function Facts({ server, session, stale }: DrawerProps & { stale: boolean }): ReactNode {
  const { item, stream } = session;
  if (!item || !stream) return null;
  const speed = stream.transcode?.speed;
  return (
    <section className="drawer-top">
      <Poster item={item} stale={stale} large />
      <div className="drawer-facts">
        <h2>
          {mainTitle(item)} <span className="dim">{item.year}</span>
        </h2>
        {item.seriesTitle !== null && <div className="dim">{secondLine(item, stream)}</div>}
        <div className="drawer-person">
          <b>{session.identityName ?? session.userName ?? 'Unknown viewer'}</b>
          {session.identityName !== null && session.userName !== session.identityName && <span className="dim">{session.userName}</span>}
          <FlagWords flags={session.flags} />
        </div>
        <div className="inline dim">
          <VendorGlyph kind={server.kind} size={14} />
          <span>{[server.alias, session.deviceName, [session.client, session.clientVersion].filter(Boolean).join(' ')].filter(Boolean).join(' · ')}</span>
        </div>
        <div className="dim">{[NETWORK_WORDS[session.network], session.address].filter(Boolean).join(' · ')}</div>
        <div className="inline drawer-badge">
          <DeliveryBadge stream={stream} stale={stale} suffix={hardwareWord(stream)} />
          {speed != null && (
            <span className={`small ${belowRealTime(stream) ? 'text-warning' : ''}`}>
              <b>{speed.toFixed(1)}×</b> real time{stream.transcode?.throttled ? ', throttled: it waits for the player' : ''}
            </span>
          )}
        </div>
      </div>
    </section>
  );
}

function Why({ stream }: { stream: NonNullable<LiveSession['stream']> }): ReactNode {
  if (stream.delivery === 'DIRECT_PLAY') return null;
  const reasons = reasonsOf(stream);
  const advice = adviceOf(stream);
  return (
    <section className="drawer-section">
      <h3 className="small dim">{stream.delivery === 'TRANSCODE' ? 'Why it transcodes' : 'Why it is not played directly'}</h3>
      <ul className="why">
        {(reasons.length > 0 ? reasons : [{ reason: '', sentence: 'The server gives no reason' }]).map(({ reason, sentence }) => (
          <li key={sentence}>
            <Settings size={14} className={stream.delivery === 'TRANSCODE' ? 'text-transcode' : 'text-stream'} aria-hidden /> {sentence}
            {reason && <code className="push faint">{reason}</code>}
          </li>
        ))}
      </ul>
      {advice && (
        <p className="why-advice">
          <Zap size={14} className="text-accent" aria-hidden /> {advice}
        </p>
      )}
    </section>
  );
}

function Body({ server, session: live, ended }: DrawerProps & { ended: boolean }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const { shown: session, expect } = useExpected(live);
  const stale = ended || !answers(conditionOf(server, snapshot?.stale));
  const { item, stream } = session;
  if (!item || !stream) return null;
  const preparedMs = preparedOf(session);
  return (
    <>
      <Facts server={server} session={session} stale={stale} />
      <section className="drawer-progress">
        <ProgressBar session={session} stale={stale} large />
        <div className="inline small">
          <b>
            <Position session={session} stale={stale} />
          </b>
          {preparedMs !== null && (
            <span className="dim">
              {stream.delivery === 'TRANSCODE' ? 'transcoded' : 'prepared'} to {clockTime(preparedMs)}
            </span>
          )}
          <span className="push">{!stale && <EndsAt session={session} />}</span>
          <span className="dim">{item.durationMs ? clockTime(item.durationMs) : 'no end'}</span>
        </div>
      </section>
      {ended ? (
        <p className="callout">
          Ended <Age atMs={snapshot?.atMs ?? null} suffix=" ago" />.{' '}
          <Link to="/history" className="link">
            Open in History
          </Link>
        </p>
      ) : (
        <DrawerControls server={server} session={session} expect={expect} />
      )}
      <SourceTable stream={stream} />
      <Why stream={stream} />
      <DrawerMirror server={server} session={session} />
      <Connections key={stream.playbackId} session={session} />
    </>
  );
}

/** One stream in full: who, what arrives and why, and what can be done about it. Its address can be shared. */
export default function SessionDrawer({ server, sessionId }: { server: FleetServer; sessionId: string }): ReactNode {
  const navigate = useNavigate();
  useReturnFocus();
  const { store } = useLive();
  const live = useSession(server.id, sessionId);
  const last = useRef(live);
  if (live?.stream) last.current = live;
  const session = live?.stream ? live : last.current;
  const narrow = useNarrow();
  const all = playing(store.snapshots.get(server.id));
  const index = all.findIndex(({ id }) => id === sessionId);
  const go = (key: string | undefined) => void navigate({ to: '.', search: (old) => ({ ...old, session: key }), replace: key !== undefined });
  const step = (by: number) => {
    const next = all[index + by];
    if (index >= 0 && next) go(sessionKey(server, next.id));
  };
  const close = () => go(undefined);
  return (
    <Modal.Root opened onClose={close} lockScroll={false} size={narrow ? '100%' : 640} padding={0} radius={0} transitionProps={{ duration: 0 }} classNames={{ inner: 'drawer-inner', content: 'dialog-content drawer', overlay: 'dialog-overlay' }}>
      <Modal.Overlay />
      <Modal.Content aria-label={session?.item ? `Stream of ${mainTitle(session.item)}` : 'Stream'} onKeyDown={(event) => onStepKey(event, step)}>
        <div className="drawer-head">
          <span className="dim drawer-place" tabIndex={-1} data-autofocus>
            {server.alias}
            {index >= 0 && ` · ${index + 1} of ${all.length}`}
          </span>
          <span className="push inline">
            {!narrow && (
              <span className="small dim inline">
                <kbd className="kbd">K</kbd> <kbd className="kbd">J</kbd>
              </span>
            )}
            <CopyButton text={location.href} label="Copy the link to this stream" />
            <button type="button" className="icon-button" onClick={close} aria-label="Close" title="Close">
              <X size={16} />
            </button>
          </span>
        </div>
        <div className="drawer-body">{session ? <Body server={server} session={session} ended={!live?.stream} /> : <p className="state dim">This stream is not listed any more. Its row stands in History.</p>}</div>
      </Modal.Content>
    </Modal.Root>
  );
}

/** `j` and `k` go to the neighbours, as in the list; in a field they are letters. */
function onStepKey(event: { key: string; target: EventTarget; preventDefault(): void }, step: (by: number) => void): void {
  if (event.target instanceof HTMLElement && /^(INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
  if (event.key === 'j') step(1);
  else if (event.key === 'k') step(-1);
}
