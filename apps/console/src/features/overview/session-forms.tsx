import { useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { mainTitle } from '../../format/media.js';
import { clockTime } from '../../format/units.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { parseMbps, parsePosition } from './session-controls.js';
import { useSessionActions, type OrderPlace } from './use-session-actions.js';
import './session-forms.css';

export type SessionForm = 'stop' | 'seek' | 'message' | 'limitBitRate' | 'play';

interface FormProps {
  server: FleetServer;
  session: LiveSession;
  place?: OrderPlace | undefined;
  onDone(): void;
}

const MOST_REASON = 160;
const MOST_NOTICE = 500;
const REASONS = ['Restart soon', 'Too many streams', 'Please use your own account'];

export const FORM_TITLES: Readonly<Record<SessionForm, string>> = { stop: 'Stop this stream?', seek: 'Go to a position', message: 'Send a notice', limitBitRate: 'Limit the bit rate', play: 'Play it again' };

/** Sends once, also when Enter is pressed again, and keeps what was typed when it fails. */
function useSend(onDone: () => void): { busy: boolean; problem: Problem | null; send(run: () => Promise<Problem | null>): void } {
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const send = (run: () => Promise<Problem | null>) => {
    if (state.busy) return;
    setState({ busy: true, problem: null });
    void run().then((problem) => {
      setState({ busy: false, problem });
      if (!problem) onDone();
    });
  };
  return { ...state, send };
}

/** Control or Command with Enter sends a form from within its text. */
function sendOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

function Foot({ submit, busy, onDone }: { submit: string; busy: boolean; onDone(): void }): ReactNode {
  return (
    <div className="inline form-foot">
      <button type="button" className="button push" onClick={onDone}>
        Cancel
      </button>
      <button type="submit" className="button primary" aria-disabled={busy || undefined}>
        {submit}
      </button>
    </div>
  );
}

function StopForm({ server, session, place, onDone }: FormProps): ReactNode {
  const actions = useSessionActions(server, session, place);
  const { busy, problem, send } = useSend(onDone);
  const [reason, setReason] = useState('');
  const name = session.userName ?? 'the viewer';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(() => actions.stop(reason.trim()));
  };
  return (
    <form className="dialog-body stack" onSubmit={submit}>
      <p className="dim">
        {server.alias} stops {session.item ? mainTitle(session.item) : 'the stream'} at {clockTime(session.stream?.positionMs ?? 0)}. The position is kept, so {name} can resume.
      </p>
      <div className="field">
        <label className="label" htmlFor="stop-reason">
          Reason, sent to {name}&rsquo;s app where it can show one
        </label>
        <textarea id="stop-reason" className="input" value={reason} maxLength={MOST_REASON} data-autofocus onKeyDown={sendOnEnter} onChange={(event) => setReason(event.target.value)} />
      </div>
      <div className="presets">
        {REASONS.map((preset) => (
          <button key={preset} type="button" className="button small" onClick={() => setReason(preset)}>
            {preset}
          </button>
        ))}
      </div>
      {problem && <ProblemNote problem={problem} />}
      <div className="inline form-foot">
        <span className="hint push">
          {reason.length} of {MOST_REASON}, Ctrl ↵ stops
        </span>
        <button type="button" className="button" onClick={onDone}>
          Keep playing
        </button>
        <button type="submit" className="button destroy" aria-disabled={busy || undefined}>
          Stop stream
        </button>
      </div>
    </form>
  );
}

/** A position to go to, in the stream that runs or in the same title played once more. */
function PositionForm({ server, session, place, onDone, again }: FormProps & { again: boolean }): ReactNode {
  const actions = useSessionActions(server, session, place);
  const { busy, problem, send } = useSend(onDone);
  const [text, setText] = useState(clockTime(again ? 0 : (session.stream?.positionMs ?? 0)));
  const [error, setError] = useState<string | null>(null);
  const length = session.item?.durationMs ?? 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const positionMs = parsePosition(text);
    if (positionMs === null) setError('Write it as hours:minutes:seconds, like 1:08:04.');
    else if (positionMs > length) setError(`The title ends at ${clockTime(length)}.`);
    else send(() => (again ? actions.playAgain(positionMs) : actions.seek(positionMs)));
  };
  return (
    <form className="dialog-body stack" onSubmit={submit}>
      {again && <p className="dim">{session.deviceName ?? 'The device'} starts {session.item ? mainTitle(session.item) : 'the title'} once more. It helps a player that hangs.</p>}
      <Field label="Position" value={text} error={error} hint={`Hours:minutes:seconds, up to ${clockTime(length)}`} data-autofocus onValue={setText} inputMode="numeric" />
      {problem && <ProblemNote problem={problem} />}
      <Foot submit={again ? 'Play from there' : 'Go there'} busy={busy} onDone={onDone} />
    </form>
  );
}

const SeekForm = (props: FormProps): ReactNode => <PositionForm {...props} again={false} />;
const PlayForm = (props: FormProps): ReactNode => <PositionForm {...props} again />;

const LIMITS = ['1', '4', '8', '20'];

function LimitForm({ server, session, place, onDone }: FormProps): ReactNode {
  const actions = useSessionActions(server, session, place);
  const { busy, problem, send } = useSend(onDone);
  const [text, setText] = useState('8');
  const [error, setError] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const kbps = parseMbps(text);
    if (kbps === null) setError('A number from 0.1 to 1,000.');
    else send(() => actions.limitBitRate(kbps));
  };
  return (
    <form className="dialog-body stack" onSubmit={submit}>
      <Field label="Mbps at most" value={text} error={error} hint="Above it the server converts. The limit holds for this client; no server can take it away, only put one above anything." data-autofocus onValue={setText} inputMode="decimal" />
      <div className="presets">
        {LIMITS.map((limit) => (
          <button key={limit} type="button" className="button small" onClick={() => setText(limit)}>
            {limit} Mbps
          </button>
        ))}
        <button type="button" className="button small" aria-disabled={busy || undefined} onClick={() => send(() => actions.limitBitRate(null))}>
          Lift the limit
        </button>
      </div>
      {problem && <ProblemNote problem={problem} />}
      <Foot submit="Set the limit" busy={busy} onDone={onDone} />
    </form>
  );
}

function NoticeForm({ server, session, place, onDone }: FormProps): ReactNode {
  const actions = useSessionActions(server, session, place);
  const { busy, problem, send } = useSend(onDone);
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) send(() => actions.notice(text.trim()));
  };
  return (
    <form className="dialog-body stack" onSubmit={submit}>
      <div className="field">
        <label className="label" htmlFor="notice-text">
          Text, shown on {session.deviceName ?? 'the device'}
        </label>
        <textarea id="notice-text" className="input" value={text} maxLength={MOST_NOTICE} data-autofocus onKeyDown={sendOnEnter} onChange={(event) => setText(event.target.value)} />
      </div>
      {problem && <ProblemNote problem={problem} />}
      <div className="inline form-foot">
        <span className="hint push">
          {text.length} of {MOST_NOTICE}, Ctrl ↵ sends
        </span>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button primary" aria-disabled={busy || !text.trim() || undefined}>
          Send notice
        </button>
      </div>
    </form>
  );
}

const FORMS = { stop: StopForm, seek: SeekForm, message: NoticeForm, limitBitRate: LimitForm, play: PlayForm } as const;

/** The form of one command; in a popover of the drawer or in a window of its own. */
export function SessionFormBody({ form, ...props }: FormProps & { form: SessionForm }): ReactNode {
  const Form = FORMS[form];
  return <Form {...props} />;
}
