import { useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { mainTitle } from '../../format/media.js';
import { clockTime } from '../../format/units.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { parsePosition } from './session-controls.js';
import { useSessionActions } from './use-session-actions.js';

export type SessionForm = 'stop' | 'seek' | 'message';

interface FormProps {
  server: FleetServer;
  session: LiveSession;
  onDone(): void;
}

const MOST_REASON = 160;
const MOST_NOTICE = 500;
const REASONS = ['Restart soon', 'Too many streams', 'Please use your own account'];

export const FORM_TITLES: Readonly<Record<SessionForm, string>> = { stop: 'Stop this stream?', seek: 'Go to a position', message: 'Send a notice' };

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

function StopForm({ server, session, onDone }: FormProps): ReactNode {
  const actions = useSessionActions(server, session);
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

function SeekForm({ server, session, onDone }: FormProps): ReactNode {
  const actions = useSessionActions(server, session);
  const { busy, problem, send } = useSend(onDone);
  const [text, setText] = useState(clockTime(session.stream?.positionMs ?? 0));
  const [error, setError] = useState<string | null>(null);
  const length = session.item?.durationMs ?? 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const positionMs = parsePosition(text);
    if (positionMs === null) setError('Write it as hours:minutes:seconds, like 1:08:04.');
    else if (positionMs > length) setError(`The title ends at ${clockTime(length)}.`);
    else send(() => actions.seek(positionMs));
  };
  return (
    <form className="dialog-body stack" onSubmit={submit}>
      <Field label="Position" value={text} error={error} hint={`Hours:minutes:seconds, up to ${clockTime(length)}`} data-autofocus onValue={setText} inputMode="numeric" />
      {problem && <ProblemNote problem={problem} />}
      <div className="inline form-foot">
        <button type="button" className="button push" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button primary" aria-disabled={busy || undefined}>
          Go there
        </button>
      </div>
    </form>
  );
}

function NoticeForm({ server, session, onDone }: FormProps): ReactNode {
  const actions = useSessionActions(server, session);
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

const FORMS = { stop: StopForm, seek: SeekForm, message: NoticeForm } as const;

/** The form of one command; in a popover of the drawer or in a window of its own. */
export function SessionFormBody({ form, ...props }: FormProps & { form: SessionForm }): ReactNode {
  const Form = FORMS[form];
  return <Form {...props} />;
}
