import { useId, useMemo, useState, type FormEvent, type ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { ProblemNote } from '../../components/state-view.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { RecurrenceFields } from './recurrence-fields.js';
import { allZones } from './week.js';
import { durationMin, draftProblems, inputOf, type DraftProblems, type WindowDraft } from './window-draft.js';
import { WindowPreview } from './window-preview.js';

const MOST_TEXT = 500;
export type SendWindow = (draft: WindowDraft) => Promise<Problem | null>;

const ENDS = ['the same day', 'the next day', '2 days later', '3 days later', '4 days later', '5 days later', '6 days later', '7 days later'];

interface PartProps {
  draft: WindowDraft;
  wrong: DraftProblems;
  set(change: Partial<WindowDraft>): void;
}

function Servers({ draft, wrong, set, servers }: PartProps & { servers: readonly FleetServer[] }): ReactNode {
  const toggle = (id: string) => set({ serverIds: draft.serverIds.includes(id) ? draft.serverIds.filter((other) => other !== id) : [...draft.serverIds, id] });
  return (
    <fieldset className="field choices">
      <legend className="label">Servers</legend>
      <div className="server-chips">
        {servers.map((server) => (
          <label key={server.id} className="server-chip">
            <input type="checkbox" className="sr-only" checked={draft.serverIds.includes(server.id)} onChange={() => toggle(server.id)} />
            <VendorGlyph kind={server.kind} size={14} />
            {server.alias}
          </label>
        ))}
      </div>
      {wrong.servers && <span className="field-error">{wrong.servers}</span>}
    </fieldset>
  );
}

function Times({ draft, wrong, set }: PartProps): ReactNode {
  const id = useId();
  const zones = useMemo(() => [...new Set([draft.timeZone, ...allZones()])], [draft.timeZone]);
  const next = draft.days === 0 && draft.to <= draft.from && draft.to !== '';
  return (
    <>
      <div className="window-times">
        <Field label="Day" type="date" value={draft.day} onValue={(day) => set({ day })} error={wrong.time ?? null} />
        <Field label="From" type="time" value={draft.from} onValue={(from) => set({ from })} />
        <Field label="To" type="time" value={draft.to} onValue={(to) => set({ to })} />
      </div>
      <div className="register-pair">
        <div className="field">
          <label className="label" htmlFor={`${id}-ends`}>
            Ends
          </label>
          <select id={`${id}-ends`} className="input" value={next ? 1 : draft.days} onChange={(event) => set({ days: Number(event.target.value) })}>
            {ENDS.map((word, index) => (
              <option key={word} value={index} disabled={index === 0 && next}>
                {word}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label className="label" htmlFor={`${id}-zone`}>
            In the time of
          </label>
          <select id={`${id}-zone`} className="input" value={draft.timeZone} onChange={(event) => set({ timeZone: event.target.value })}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </select>
        </div>
      </div>
    </>
  );
}

function Before({ draft, wrong, set }: PartProps): ReactNode {
  const id = useId();
  return (
    <div className="window-before">
      <div className="inline">
        <label className="choice">
          <input type="checkbox" checked={draft.drains} onChange={(event) => set({ drains: event.target.checked })} />
          Drain
        </label>
        <input className="input" aria-label="Minutes of draining" inputMode="numeric" disabled={!draft.drains} value={draft.drainMin} aria-invalid={wrong.drain ? true : undefined} onChange={(event) => set({ drainMin: event.target.value })} />
        <span>min before</span>
      </div>
      {wrong.drain && <span className="field-error">{wrong.drain}</span>}
      <div className="inline">
        <label className="choice">
          <input type="checkbox" checked={draft.notifies} onChange={(event) => set({ notifies: event.target.checked })} />
          Notices
        </label>
        <input className="input wide" aria-label="Minutes of the notices" disabled={!draft.notifies} value={draft.noticeMin} aria-invalid={wrong.notices ? true : undefined} onChange={(event) => set({ noticeMin: event.target.value })} />
        <span>min before</span>
      </div>
      {wrong.notices && <span className="field-error">{wrong.notices}</span>}
      {draft.notifies && (
        <div className="field">
          <label className="label" htmlFor={`${id}-text`}>
            Text of the notices
          </label>
          <textarea id={`${id}-text`} className="input" maxLength={MOST_TEXT} value={draft.noticeText} placeholder="Made from the window when it is empty" onChange={(event) => set({ noticeText: event.target.value })} />
        </div>
      )}
    </div>
  );
}

interface WindowFormProps {
  first: WindowDraft;
  servers: readonly FleetServer[];
  /** A second zone in which the next dates are told. */
  otherTimeZone: string | null;
  verb: string;
  send: SendWindow;
  onClose(): void;
}

/** A maintenance window and, beside it, what it would mean. */
export function WindowForm({ first, servers, otherTimeZone, verb, send, onClose }: WindowFormProps): ReactNode {
  const operator = useRole('OPERATOR');
  const [draft, setDraft] = useState(first);
  const [shown, setShown] = useState(false);
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const set = (change: Partial<WindowDraft>) => setDraft((kept) => ({ ...kept, ...change }));
  const found = draftProblems(draft);
  const wrong = shown ? found : {};
  const complete = Object.keys(found).length === 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setShown(true);
    if (!operator || !complete || state.busy) return;
    setState({ busy: true, problem: null });
    const problem = await send(draft);
    setState({ busy: false, problem });
  };
  const part = { draft, wrong, set };
  return (
    <form className="register" onSubmit={(event) => void submit(event)}>
      <div className="window-columns" tabIndex={0} role="group" aria-label="Window and its dates">
        <div className="window-fields stack">
          <Field label="What" value={draft.title} onValue={(title) => set({ title })} maxLength={120} placeholder="Kernel update" error={wrong.title ?? null} data-autofocus />
          <Servers {...part} servers={servers} />
          <Times {...part} />
          <RecurrenceFields value={draft.recurrence} day={draft.day} onValue={(change) => set({ recurrence: { ...draft.recurrence, ...change } })} />
          <Before {...part} />
          {state.problem && <ProblemNote problem={state.problem} />}
        </div>
        <WindowPreview input={complete ? inputOf(draft) : null} otherTimeZone={otherTimeZone} />
      </div>
      <div className="dialog-foot">
        <span className="small dim foot-words">
          {operator ? (complete ? `Lasts ${durationMin(draft)} min. Each date can be canceled alone.` : 'Nothing is planned before the button is pressed.') : 'Planning needs the role operator. FORBIDDEN'}
        </span>
        <button type="button" className="button quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button primary" aria-disabled={!operator || state.busy || undefined}>
          {verb}
        </button>
      </div>
    </form>
  );
}
