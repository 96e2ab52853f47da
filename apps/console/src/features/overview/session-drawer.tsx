import { Modal, Popover } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Ban, Settings, FastForward, MessageSquare, Pause, Play, Square, X, type LucideIcon } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { CopyButton } from '../../components/copy-button.js';
import { DeliveryBadge } from '../../components/delivery-badge.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { Poster } from '../../components/poster.js';
import { ProgressBar } from '../../components/progress-bar.js';
import { ProblemNote } from '../../components/state-view.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { Age, EndsAt, Position } from '../../components/ticking.js';
import { belowRealTime, mainTitle, NETWORK_WORDS, reasonSentences, secondLine } from '../../format/media.js';
import { clockTime } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import { answers, conditionOf } from '../../live/condition.js';
import { useLive, useSession, useSnapshot } from '../../live/live-context.js';
import { playing } from '../../live/totals.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { FORM_TITLES, SessionFormBody, type SessionForm } from './session-forms.js';
import { whyOff, type SessionControl } from './session-controls.js';
import { sessionKey } from './session-key.js';
import { SourceTable } from './source-table.js';
import { useSessionActions } from './use-session-actions.js';
import './drawer.css';

interface DrawerProps {
  server: FleetServer;
  session: LiveSession;
}

const CONTROLS: readonly { control: Exclude<SessionControl, 'pause'>; form: SessionForm; label: string; icon: LucideIcon }[] = [
  { control: 'message', form: 'message', label: 'Notice…', icon: MessageSquare },
  { control: 'seek', form: 'seek', label: 'Seek…', icon: FastForward },
  { control: 'stop', form: 'stop', label: 'Stop…', icon: Square },
];

function Controls({ server, session }: DrawerProps): ReactNode {
  const snapshot = useSnapshot(server.id);
  const operator = useRole('OPERATOR');
  const { pauseOrResume } = useSessionActions(server, session);
  const [form, setForm] = useState<SessionForm | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const condition = conditionOf(server, snapshot?.stale);
  const off = (control: SessionControl) => whyOff(control, session, server, condition, operator);
  const paused = session.stream?.state === 'PAUSED';
  const reasons = [...new Set((['pause', 'message', 'seek', 'stop'] as const).map(off).filter((reason) => reason !== null))];
  return (
    <div className="drawer-controls">
      <div className="drawer-buttons">
        <button type="button" className="button" aria-disabled={off('pause') ? true : undefined} onClick={() => !off('pause') && void pauseOrResume().then(setProblem)}>
          {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
          {paused ? 'Resume' : 'Pause'}
        </button>
        {CONTROLS.map(({ control, form: name, label, icon: Icon }) => (
          <Popover key={control} opened={form === name} onChange={(opened) => setForm(opened ? name : null)} position="bottom-end" trapFocus returnFocus transitionProps={{ duration: 0 }} width={360} withinPortal={false}>
            <Popover.Target>
              <button type="button" className={`button ${control === 'stop' ? 'danger' : ''}`} aria-disabled={off(control) ? true : undefined} onClick={() => !off(control) && setForm(form === name ? null : name)}>
                <Icon size={14} aria-hidden />
                {label}
              </button>
            </Popover.Target>
            <Popover.Dropdown className="menu form-popover" aria-label={FORM_TITLES[name]}>
              <h3 className="popover-title">{FORM_TITLES[name]}</h3>
              <SessionFormBody form={name} server={server} session={session} onDone={() => setForm(null)} />
            </Popover.Dropdown>
          </Popover>
        ))}
      </div>
      {reasons.map((reason) => (
        <p key={reason} className="off-reason small dim">
          <Ban size={12} aria-hidden /> {reason}
        </p>
      ))}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}

function Body({ server, session, ended }: DrawerProps & { ended: boolean }): ReactNode {
  const snapshot = useSnapshot(server.id);
  const stale = ended || !answers(conditionOf(server, snapshot?.stale));
  const { item, stream } = session;
  if (!item || !stream) return null;
  const reasons = reasonSentences(stream);
  const speed = stream.transcode?.speed;
  return (
    <>
      <section className="drawer-top">
        <Poster item={item} stale={stale} large />
        <div className="drawer-facts">
          <h2>
            {mainTitle(item)} <span className="dim">{item.year}</span>
          </h2>
          {item.seriesTitle !== null && <div className="dim">{secondLine(item, stream)}</div>}
          <div className="drawer-person">{session.userName ?? 'Unknown viewer'}</div>
          <div className="inline dim">
            <VendorGlyph kind={server.kind} size={14} />
            <span>
              {[server.alias, session.deviceName, [session.client, session.clientVersion].filter(Boolean).join(' ')].filter(Boolean).join(' · ')}
            </span>
          </div>
          <div className="dim">{[NETWORK_WORDS[session.network], session.address].filter(Boolean).join(' · ')}</div>
          <div className="inline drawer-badge">
            <DeliveryBadge stream={stream} stale={stale} />
            {speed != null && (
              <span className={`small ${belowRealTime(stream) ? 'text-warning' : ''}`}>
                <b>{speed.toFixed(1)}×</b> real time{stream.transcode?.throttled ? ', waits for the player' : ''}
              </span>
            )}
          </div>
        </div>
      </section>
      <section className="drawer-progress">
        <ProgressBar session={session} stale={stale} large />
        <div className="inline small">
          <b>
            <Position session={session} stale={stale} />
          </b>
          {stream.transcode?.progressPercent != null && item.durationMs && <span className="dim">transcoded to {clockTime((item.durationMs * stream.transcode.progressPercent) / 100)}</span>}
          <span className="push">{!stale && <EndsAt session={session} />}</span>
          <span className="dim">{item.durationMs ? clockTime(item.durationMs) : 'no end'}</span>
        </div>
      </section>
      {ended ? (
        <p className="callout">
          Ended <Age atMs={snapshot?.atMs ?? null} suffix=" ago" />. Its row stands in History.
        </p>
      ) : (
        <Controls server={server} session={session} />
      )}
      <SourceTable stream={stream} />
      {stream.delivery !== 'DIRECT_PLAY' && (
        <section className="drawer-section">
          <h3 className="small dim">{stream.delivery === 'TRANSCODE' ? 'Why it transcodes' : 'Why it is not played directly'}</h3>
          <ul className="why">
            {(reasons.length > 0 ? reasons : ['The server gives no reason']).map((reason) => (
              <li key={reason}>
                <Settings size={14} className={stream.delivery === 'TRANSCODE' ? 'text-transcode' : 'text-stream'} aria-hidden /> {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
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
