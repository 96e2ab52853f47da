import { Link } from '@tanstack/react-router';
import { Flag } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { ProblemNote } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { useToast } from '../../components/toast.js';
import { absolute } from '../../format/units.js';
import { useServers, useSnapshots } from '../../live/live-context.js';
import { playing } from '../../live/totals.js';
import { sessionKey } from '../overview/session-key.js';
import { answersTo, compareRows, gridOf, SEVERITY_TONES, SEVERITY_WORDS, type Evidence } from './mismatch-words.js';
import { RULE_WORDS } from './rule-words.js';
import { useAnswer, type Mismatch } from './use-mismatches.js';
import { CheckButton } from './watch-check.js';

const IGNORE_DAYS = 30;

/** Head of one column: where it was seen, with a way to the stream while it plays. */
function Side({ evidence }: { evidence: Evidence }): ReactNode {
  const server = useServers()?.find(({ id }) => id === evidence.serverId);
  const snapshots = useSnapshots();
  const plays = evidence.sessionId !== null && playing(snapshots.get(evidence.serverId)).some(({ id }) => id === evidence.sessionId);
  return (
    <>
      <span className="inline strong">
        <VendorGlyph kind={server?.kind ?? null} size={14} />
        {evidence.serverAlias}
      </span>
      {plays && server && evidence.sessionId && (
        <Link to="/" search={(old) => ({ ...old, session: sessionKey(server, evidence.sessionId!) })} className="link small">
          Open the stream
        </Link>
      )}
    </>
  );
}

/** What each side says. Rows that contradict have a ground; it scrolls sideways in itself where there are many sides. */
function Compare({ rule, evidence }: Pick<Mismatch, 'rule' | 'evidence'>): ReactNode {
  return (
    <section className="panel" aria-labelledby="mm-compare">
      <div className="panel-head">
        <h2 id="mm-compare">Side by side</h2>
        <span className="aside small dim">what contradicts has a ground</span>
      </div>
      <div className="table-scroll" role="group" aria-labelledby="mm-compare" tabIndex={0}>
        <table className="table mm-compare">
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">What</span>
              </th>
              {evidence.map((side, index) => (
                <th key={index} scope="col">
                  <Side evidence={side} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {compareRows(rule, evidence).map(({ label, values, differs }) => (
              <tr key={label} className={differs ? 'mm-differs' : undefined}>
                <th scope="row">{label}</th>
                {values.map((value, index) => (
                  <td key={index}>{value ?? <span className="faint">not reported</span>}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">Seen</th>
              {evidence.map(({ at }, index) => (
                <td key={index} title={absolute(Date.parse(at))}>
                  <Age atMs={Date.parse(at)} suffix=" ago" />
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Titles or libraries of which the servers say different things. */
function Differences({ mismatch }: { mismatch: Mismatch }): ReactNode {
  const { rule, evidence, state } = mismatch;
  const grid = gridOf(evidence);
  if (!grid) return <Compare rule={rule} evidence={evidence} />;
  const person = evidence[0]?.identityId ?? null;
  return (
    <section className="panel" aria-labelledby="mm-compare">
      <div className="panel-head">
        <h2 id="mm-compare">Side by side</h2>
        {rule === 'WATCH_STATE' && state === 'OPEN' && person && <CheckButton identityId={person} />}
      </div>
      <div className="table-scroll" role="group" aria-labelledby="mm-compare" tabIndex={0}>
        <table className="table mm-compare">
          <thead>
            <tr>
              <th scope="col">{rule === 'WATCH_STATE' ? 'Title' : 'Library'}</th>
              {grid.columns.map((side) => (
                <th key={side.serverId} scope="col">
                  <Side evidence={side} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.rows.map(({ item, values }) => (
              <tr key={item}>
                <th scope="row">{item}</th>
                {values.map((value, index) => (
                  <td key={index}>{value ?? <span className="faint">not reported</span>}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">Read</th>
              {grid.columns.map(({ serverId, at }) => (
                <td key={serverId} title={absolute(Date.parse(at))}>
                  <Age atMs={Date.parse(at)} suffix=" ago" />
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What an operator says it is. Nothing is chosen before, and nothing is stopped by the answer. */
function Answers({ mismatch, onDone }: { mismatch: Mismatch; onDone(): void }): ReactNode {
  const toast = useToast();
  const [chosen, setChosen] = useState<string | null>(null);
  const { busy, problem, resolve, ignore } = useAnswer((words) => {
    toast(words);
    onDone();
  });
  const answers = answersTo(mismatch.rule);
  const answer = answers.find(({ key }) => key === chosen);
  const later = answer?.resolution === null;
  const send = () => {
    if (!answer) return;
    if (answer.resolution === null) ignore(mismatch.id, IGNORE_DAYS);
    else resolve(mismatch.id, answer.resolution);
  };
  return (
    <section className="panel" aria-labelledby="mm-answer">
      <div className="panel-head">
        <h2 id="mm-answer">What is it?</h2>
        <span className="small dim">kept with your name</span>
      </div>
      <div className="panel-body stack">
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
        {problem && <ProblemNote problem={problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" aria-disabled={busy || undefined} onClick={() => ignore(mismatch.id, IGNORE_DAYS)}>
            Ignore 30 d
          </button>
          <button type="button" className="button primary" aria-disabled={busy || !answer || undefined} onClick={send}>
            {later ? 'Ask again in 30 d' : 'Resolve'}
          </button>
        </div>
        {!answer && <p className="small dim">Choose what it is to resolve it.</p>}
      </div>
    </section>
  );
}

/** One mismatch: the sentence, why it is one, the sides, and what an operator says to it. */
export function MismatchPanel({ mismatch, onDone }: { mismatch: Mismatch; onDone(): void }): ReactNode {
  const { rule, severity, state, text, why, firstSeenAt, lastSeenAt, ignoredUntil, resolution, resolvedBy } = mismatch;
  return (
    <div className="stack-panels">
      <section className={`panel mm-verdict ${state === 'OPEN' ? SEVERITY_TONES[severity] : ''}`} aria-labelledby="mm-verdict">
        <div>
          <h2 id="mm-verdict">{text}</h2>
          <p className="dim">{why}</p>
        </div>
        <dl>
          <div>
            <dt className="small dim">Rule</dt>
            <dd className="strong">{RULE_WORDS[rule]}</dd>
          </div>
          <div>
            <dt className="small dim">Severity</dt>
            <dd className={severity === 'LOW' ? '' : `text-${SEVERITY_TONES[severity]}`}>{SEVERITY_WORDS[severity]}</dd>
          </div>
          <div>
            <dt className="small dim">Found</dt>
            <dd>
              <Age atMs={Date.parse(firstSeenAt)} suffix=" ago" />
            </dd>
          </div>
          <div>
            <dt className="small dim">Last seen</dt>
            <dd>
              <Age atMs={Date.parse(lastSeenAt)} suffix=" ago" />
            </dd>
          </div>
        </dl>
      </section>
      <div className="mm-columns">
        <Differences mismatch={mismatch} />
        {state === 'OPEN' ? (
          <Answers mismatch={mismatch} onDone={onDone} />
        ) : (
          <section className="panel" aria-labelledby="mm-answered">
            <div className="panel-head">
              <h2 id="mm-answered">What was said</h2>
            </div>
            <div className="panel-body">
              <p>{resolution ?? 'Not asked for now.'}</p>
              <p className="small dim">
                {resolvedBy && `By ${resolvedBy}. `}
                {ignoredUntil && `Asked again after ${absolute(Date.parse(ignoredUntil))} if it still holds.`}
              </p>
            </div>
          </section>
        )}
      </div>
    </div>
  );
}

/** The red flag of a row in the list; a circle of its severity where it is not high. */
export const SeverityMark = ({ severity }: { severity: Mismatch['severity'] }): ReactNode => (
  <Flag size={14} className={severity === 'LOW' ? 'dim' : `text-${SEVERITY_TONES[severity]}`} aria-label={`Severity ${SEVERITY_WORDS[severity]}`} role="img" />
);
