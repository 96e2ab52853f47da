import { Popover } from '@mantine/core';
import { Ban, FastForward, Gauge, Info, MessageSquare, Pause, Play, RotateCcw, Square, type LucideIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { ProblemNote } from '../../components/state-view.js';
import { conditionOf } from '../../live/condition.js';
import { useSnapshot } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { FORM_TITLES, SessionFormBody, type SessionForm } from './session-forms.js';
import { offLines, whyOff, type SessionControl } from './session-controls.js';
import type { Expected } from './use-expected.js';
import { useSessionActions } from './use-session-actions.js';

interface Control {
  readonly control: Exclude<SessionControl, 'pause'>;
  readonly form: SessionForm;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Stands only where the app takes it; the others keep their place with a reason. */
  readonly rare?: boolean;
}

const CONTROLS: readonly Control[] = [
  { control: 'message', form: 'message', label: 'Notice…', icon: MessageSquare },
  { control: 'seek', form: 'seek', label: 'Seek…', icon: FastForward },
  { control: 'limitBitRate', form: 'limitBitRate', label: 'Limit…', icon: Gauge, rare: true },
  { control: 'play', form: 'play', label: 'Again…', icon: RotateCcw, rare: true },
  { control: 'stop', form: 'stop', label: 'Stop…', icon: Square },
];

interface ControlsProps {
  server: FleetServer;
  session: LiveSession;
  expect(change: Expected | null): void;
}

/** What can be done about a stream. What cannot keeps its place, with the reason in a sentence below. */
export function DrawerControls({ server, session, expect }: ControlsProps): ReactNode {
  const snapshot = useSnapshot(server.id);
  const operator = useRole('OPERATOR');
  const [form, setForm] = useState<SessionForm | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [note, setNote] = useState<string | null>(null);
  const place = { say: setNote, expect };
  const { pauseOrResume } = useSessionActions(server, session, place);
  const condition = conditionOf(server, snapshot?.stale);
  const off = (control: SessionControl) => whyOff(control, session, server, condition, operator);
  const paused = session.stream?.state === 'PAUSED';
  const shown = CONTROLS.filter(({ control, rare }) => !rare || session.controls[control]);
  const lines = offLines([{ label: paused ? 'Resume' : 'Pause', off: off('pause') }, ...shown.map(({ control, label }) => ({ label, off: off(control) }))]);
  return (
    <div className="drawer-controls">
      <div className={`drawer-buttons ${shown.length > 3 ? 'many' : ''}`}>
        <button type="button" className="button" aria-disabled={off('pause') ? true : undefined} onClick={() => !off('pause') && void pauseOrResume().then(setProblem)}>
          {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
          {paused ? 'Resume' : 'Pause'}
        </button>
        {shown.map(({ control, form: name, label, icon: Icon }) => (
          <Popover key={control} opened={form === name} onChange={(opened) => setForm(opened ? name : null)} position="bottom-end" trapFocus returnFocus transitionProps={{ duration: 0 }} width={360} withinPortal={false}>
            <Popover.Target>
              <button type="button" className={`button ${control === 'stop' ? 'danger' : ''}`} aria-disabled={off(control) ? true : undefined} onClick={() => !off(control) && setForm(form === name ? null : name)}>
                <Icon size={14} aria-hidden />
                {label}
              </button>
            </Popover.Target>
            <Popover.Dropdown className="menu form-popover" aria-label={FORM_TITLES[name]}>
              <h3 className="popover-title">{FORM_TITLES[name]}</h3>
              <SessionFormBody form={name} server={server} session={session} place={place} onDone={() => setForm(null)} />
            </Popover.Dropdown>
          </Popover>
        ))}
      </div>
      {lines.map(({ sentence, code }) => (
        <p key={sentence} className="off-reason small dim">
          <Ban size={12} aria-hidden />
          <span>
            {sentence} <code className="faint">{code}</code>
          </span>
        </p>
      ))}
      <div role="status">
        {note && (
          <p className="off-reason small">
            <Info size={12} aria-hidden /> {note}
          </p>
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
