import { CircleAlert, CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { kindName, VendorGlyph } from '../../components/glyphs.js';
import { ProblemNote } from '../../components/state-view.js';
import { failureWords, stageWord, type ConnectionTest } from './connection-words.js';

const WORDS = { OK: 'passed', FAILED: 'failed', SKIPPED: 'not tried' } as const;

const ICONS = {
  OK: <CircleCheck size={16} className="text-play" aria-hidden />,
  FAILED: <CircleAlert size={16} className="text-danger" aria-hidden />,
  SKIPPED: <CircleDashed size={16} className="faint" aria-hidden />,
} as const;

const BEFORE = ['address', 'connection', 'tls', 'media server', 'key', 'administrator'];

interface ConnectionTestProps {
  test: ConnectionTest | null;
  problem: Problem | null;
  busy: boolean;
}

/** Stages of a connection test with their verdicts, then what it found or why it failed and what to do next. */
export function ConnectionTestView({ test, problem, busy }: ConnectionTestProps): ReactNode {
  const stages = test?.stages ?? BEFORE.map((name) => ({ name, verdict: 'SKIPPED' as const }));
  return (
    <div className="connection-test" aria-live="polite" aria-busy={busy}>
      <div className="inline">
        <h2>Connection test</h2>
        <span className="push small dim">{busy ? 'testing…' : test ? (test.latencyMs === null ? '' : `${Math.round(test.latencyMs)} ms`) : 'not run yet'}</span>
      </div>
      <ul className="stages">
        {stages.map(({ name, verdict }) => (
          <li key={name}>
            {ICONS[verdict]}
            <span className={verdict === 'SKIPPED' ? 'faint' : ''}>{stageWord(name)}</span>
            <span className={`push small ${verdict === 'FAILED' ? 'text-danger' : 'dim'}`}>{busy ? '' : WORDS[verdict]}</span>
          </li>
        ))}
      </ul>
      {problem && <ProblemNote problem={problem} />}
      {test && !test.ok && <Failure test={test} />}
      {test?.ok && (
        <div className="callout ok">
          <div className="callout-head">
            <VendorGlyph kind={test.kind} />
            <span>
              {kindName(test.kind)} {test.version}
              {test.name && <span className="dim"> “{test.name}”</span>}
            </span>
          </div>
          {test.versionTested === false && (
            <p className="callout-next text-warning">
              <TriangleAlert size={13} aria-hidden /> This version has not been tested with Usher.
            </p>
          )}
        </div>
      )}
      {test?.warnings.map((warning) => (
        <p key={warning} className="warning-line small">
          <TriangleAlert size={13} className="text-warning" aria-hidden /> {warning}
        </p>
      ))}
    </div>
  );
}

function Failure({ test }: { test: ConnectionTest }): ReactNode {
  const { title, why } = failureWords(test);
  return (
    <div className="callout danger" role="alert">
      <div className="callout-head">
        <CircleAlert size={16} className="text-danger" aria-hidden />
        <span>{title}</span>
        {test.code && <code className="push text-danger">{test.code}</code>}
      </div>
      <dl className="why-next">
        <dt>Why</dt>
        <dd>
          {why}
          {test.tlsProblem && ` Certificate: ${test.tlsProblem}.`}
        </dd>
        {test.next && (
          <>
            <dt>Next</dt>
            <dd>{test.next}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
