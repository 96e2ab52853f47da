import { Link, useNavigate } from '@tanstack/react-router';
import { Ban, Flag, Square } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { ProblemNote } from '../../components/state-view.js';
import { useToast } from '../../components/toast.js';
import { absolute } from '../../format/units.js';
import { conditionOf } from '../../live/condition.js';
import { useServers, useSnapshots } from '../../live/live-context.js';
import type { FleetServer, LiveSession } from '../../live/live-types.js';
import { useRole } from '../auth/auth-context.js';
import { offLines, whyOff } from '../overview/session-controls.js';
import { FORM_TITLES, SessionFormBody } from '../overview/session-forms.js';
import { answersTo, resolutionOf, type Answer } from './mismatch-words.js';
import type { Comparison } from './use-comparison.js';
import { useAnswer, type Mismatch } from './use-mismatches.js';

const IGNORE_DAYS = 30;
const MOST_NOTE = 400;

/** The side that began last and still plays. */
function useNewest({ sides }: Comparison): { server: FleetServer; session: LiveSession } | null {
  const servers = useServers();
  const snapshots = useSnapshots();
  const live = sides.flatMap(({ evidence: { serverId, sessionId }, sinceAt }) => {
    const server = servers?.find(({ id }) => id === serverId);
    const session = snapshots.get(serverId)?.sessions.find(({ id }) => id === sessionId);
    return server && session?.stream ? [{ server, session, sinceMs: sinceAt === null ? 0 : Date.parse(sinceAt) }] : [];
  });
  return live.sort((a, b) => b.sinceMs - a.sinceMs)[0] ?? null;
}

/** Stops the newest stream, with a reason; apart from every answer, as no answer stops anything. */
function StopNewest({ server, session }: { server: FleetServer; session: LiveSession }): ReactNode {
  const [open, setOpen] = useState(false);
  const operator = useRole('OPERATOR');
  const stale = useSnapshots().get(server.id)?.stale;
  const off = whyOff('stop', session, server, conditionOf(server, stale), operator);
  return (
    <>
      <button type="button" className="button danger" aria-disabled={off ? true : undefined} onClick={() => !off && setOpen(true)}>
        <Square size={14} aria-hidden />
        Stop {server.alias}…
      </button>
      {open && (
        <Dialog title={FORM_TITLES.stop} width={440} onClose={() => setOpen(false)}>
          <SessionFormBody form="stop" server={server} session={session} onDone={() => setOpen(false)} />
        </Dialog>
      )}
      {offLines([{ label: 'Stop', off }]).map(({ sentence, code }) => (
        <p key={code} className="off-reason small dim">
          <Ban size={12} aria-hidden />
          <span>
            {sentence} <code className="faint">{code}</code>
          </span>
        </p>
      ))}
    </>
  );
}

/** An answer that was given, with its author. */
export function Answered({ mismatch: { state, resolution, resolvedBy, ignoredUntil } }: { mismatch: Mismatch }): ReactNode {
  const by = resolvedBy && `By ${resolvedBy}. `;
  return (
    <div className={state === 'OPEN' ? 'callout' : undefined}>
      <p>{resolution ?? 'Not asked for now.'}</p>
      <p className="small dim">
        {by}
        {state === 'OPEN' && 'The flag stays until it ends or is answered otherwise.'}
        {ignoredUntil && `Asked again after ${absolute(Date.parse(ignoredUntil))} if it still holds.`}
      </p>
    </div>
  );
}

/** What an operator says it is. Nothing is chosen before, and no answer stops a stream. */
export function DecisionPanel({ comparison, onDone }: { comparison: Comparison; onDone(does: Answer['does']): void }): ReactNode {
  const { mismatch, allowable, personId, personName } = comparison;
  const toast = useToast();
  const navigate = useNavigate();
  const newest = useNewest(comparison);
  const [chosen, setChosen] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const answers = answersTo(mismatch.rule, allowable.length > 0);
  const answer = answers.find(({ key }) => key === chosen);
  const { busy, problem, resolve, ignore } = useAnswer((words) => {
    toast(words);
    if (answer?.does === 'split' && personId) void navigate({ to: '/users/{-$person}', params: { person: personId } });
    else onDone(answer?.does ?? 'resolve');
  });
  const send = () => {
    if (!answer) return;
    if (answer.does === 'later') ignore(mismatch.id, IGNORE_DAYS, note);
    else resolve(mismatch.id, resolutionOf(answer, note), { ...(answer.does === 'keep' && { keepFlag: true }), ...(answer.does === 'allow' && { allowNetworks: allowable }) });
  };
  return (
    <section className="panel" aria-labelledby="mm-answer">
      <div className="panel-head">
        <h2 id="mm-answer">What is it?</h2>
        <span className="small dim">kept with your name</span>
      </div>
      <div className="panel-body stack">
        {mismatch.resolution !== null && <Answered mismatch={mismatch} />}
        <div role="radiogroup" aria-labelledby="mm-answer" className="mm-answers">
          {answers.map(({ key, label, hint }) => (
            <label key={key} className={`mm-choice ${key === chosen ? 'chosen' : ''}`}>
              <input type="radio" name="answer" checked={key === chosen} onChange={() => setChosen(key)} />
              <span>
                <b className="strong block">{label}</b>
                <span className="small dim">{hint}</span>
              </span>
            </label>
          ))}
        </div>
        <div className="field">
          <label className="label" htmlFor="mm-note">
            Note, if there is more to say
          </label>
          <textarea id="mm-note" className="input" rows={2} value={note} maxLength={MOST_NOTE} onChange={(event) => setNote(event.target.value)} />
        </div>
        {personId && answer?.does === 'split' && (
          <Link to="/users/{-$person}" params={{ person: personId }} className="link small">
            Look at the accounts of {personName ?? 'this person'} first
          </Link>
        )}
        {problem && <ProblemNote problem={problem} />}
        <div className="mm-foot">
          {newest && <StopNewest key={newest.session.id} {...newest} />}
          <button type="button" className="button primary push" aria-disabled={busy || !answer || undefined} onClick={send}>
            {answer?.does === 'keep' && <Flag size={14} aria-hidden />}
            {answer?.verb ?? 'Resolve'}
          </button>
        </div>
        {!answer && <p className="small dim">Choose what it is to answer.</p>}
      </div>
    </section>
  );
}
