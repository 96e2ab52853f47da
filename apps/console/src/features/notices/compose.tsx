import { ConsoleSendNoticeDocument } from '@usher/api-client';
import { Send } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useClient } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { problemOf, type Problem } from '../../api/problem.js';
import { Field } from '../../components/field.js';
import { ProblemNote } from '../../components/state-view.js';
import { moment, plural, zone } from '../../format/units.js';
import { useLive, useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import type { Forecast } from './forecast.js';
import { draftProblems, EMPTY_DRAFT, MOST_TEXT, targetsOf, timesOf, type DraftProblems, type NoticeDraft, type NoticeRow } from './notice-draft.js';
import { TargetChoice } from './target-choice.js';

const TRIES = [[15, '15 minutes'], [60, '1 hour'], [240, '4 hours'], [1_440, '24 hours']] as const;

interface ComposeProps {
  draft: NoticeDraft;
  servers: readonly FleetServer[];
  forecast: Forecast | undefined;
  onDraft(draft: NoticeDraft): void;
  onSent(notice: NoticeRow): void;
}

/** Text, targets and times of a new notice. The button repeats how many it reaches; nothing is sent before it is pressed. */
export function Compose({ draft, servers, forecast, onDraft, onSent }: ComposeProps): ReactNode {
  const client = useClient();
  const { store } = useLive();
  const nowMs = useNow(60_000);
  const operator = useRole('OPERATOR');
  const primary = servers.find(({ role }) => role === 'PRIMARY');
  const [wrong, setWrong] = useState<DraftProblems>({});
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null });
  const set = (change: Partial<NoticeDraft>) => {
    setWrong({});
    onDraft({ ...draft, ...change });
  };
  const times = timesOf(draft, nowMs);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const targets = targetsOf(draft);
    const found = draftProblems(draft, store.clock.now());
    setWrong(found);
    if (!operator || state.busy || !targets || Object.keys(found).length > 0) return;
    setState({ busy: true, problem: null });
    const { showAt, expiresAt } = timesOf(draft, store.clock.now());
    const { data, error } = await client.mutation(ConsoleSendNoticeDocument, { input: { text: draft.text.trim(), targets, showAt, expiresAt, idempotencyKey: newIdempotencyKey() } }).toPromise();
    setState({ busy: false, problem: error ? problemOf(error) : null });
    if (!data) return;
    onDraft({ ...EMPTY_DRAFT, kind: draft.kind, serverIds: draft.serverIds });
    onSent(data.sendNotice);
  };
  const verb = draft.showAt ? 'Plan notice' : forecast ? `Send to ${plural(forecast.canTake, 'session')}` : 'Send notice';
  return (
    <form className="panel compose" onSubmit={(event) => void submit(event)} aria-labelledby="compose-head">
      <div className="panel-head">
        <h2 id="compose-head">New notice</h2>
        <span className="small dim clip">{primary ? `in the name of ${primary.alias}, the primary server` : 'no primary server is chosen'}</span>
      </div>
      <div className="panel-body stack">
        <div className="field">
          <div className="label">
            <label htmlFor="notice-text">Text</label>
            <span className="small dim">
              {draft.text.length} of {MOST_TEXT}
            </span>
          </div>
          <textarea
            id="notice-text"
            className="input"
            value={draft.text}
            maxLength={MOST_TEXT}
            aria-invalid={wrong.text ? true : undefined}
            aria-describedby={wrong.text ? 'notice-text-error' : undefined}
            onChange={(event) => set({ text: event.target.value })}
          />
          {wrong.text && (
            <span className="field-error" id="notice-text-error">
              {wrong.text}
            </span>
          )}
        </div>
        <TargetChoice draft={draft} servers={servers} error={wrong.targets} onDraft={set} />
        <div className="register-pair">
          <Field label="Send" aside={<span className="small dim">empty = now</span>} type="datetime-local" value={draft.showAt} error={wrong.showAt ?? null} onValue={(showAt) => set({ showAt })} />
          <div className="field">
            <label className="label" htmlFor="notice-tries">
              Try for
            </label>
            <select id="notice-tries" className="input" value={draft.tryMin} onChange={(event) => set({ tryMin: Number(event.target.value) })}>
              {TRIES.map(([minutes, word]) => (
                <option key={minutes} value={minutes}>
                  {word}
                </option>
              ))}
            </select>
          </div>
        </div>
        <p className="hint">
          {zone()}. {Number.isNaN(times.expiresAtMs) ? '' : `A server that is away gets it when it is back, until ${moment(times.expiresAtMs, nowMs)}.`}
        </p>
        <div className="field">
          <div className="label">
            <span>On the screen</span>
            <span className="small dim">most apps show it for some seconds</span>
          </div>
          <div className="screen-preview">
            <div className="screen-box">
              <span className="strong block">Usher</span>
              <span className={draft.text.trim() ? '' : 'faint'}>{draft.text.trim() || 'Your text'}</span>
            </div>
          </div>
        </div>
        {state.problem && <ProblemNote problem={state.problem} />}
      </div>
      <div className="panel-foot">
        <span className="small dim push-right">{operator ? 'No player tells whether a viewer saw it.' : 'Sending needs the role operator. FORBIDDEN'}</span>
        <button type="submit" className="button primary" aria-disabled={!operator || state.busy || undefined}>
          <Send size={15} aria-hidden />
          {verb}
        </button>
      </div>
    </form>
  );
}
