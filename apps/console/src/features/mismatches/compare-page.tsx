import { Link, useNavigate } from '@tanstack/react-router';
import { CircleCheck, Flag } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { CopyButton } from '../../components/copy-button.js';
import { Path } from '../../components/path.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { useKeys } from '../../frame/keyboard.js';
import { useNow } from '../../live/live-context.js';
import { AllowancesPanel, EvidencePanel, HabitsPanel, LanesPanel } from './compare-panels.js';
import { Answered, DecisionPanel } from './decision-panel.js';
import { GridByServer } from './grid-by-server.js';
import { gridOf, SEVERITY_TONES, SEVERITY_WORDS } from './mismatch-words.js';
import { RULE_WORDS } from './rule-words.js';
import { SideBySide } from './side-by-side.js';
import { useComparison, type Comparison } from './use-comparison.js';
import { useMismatches, type MismatchList } from './use-mismatches.js';

const MINUTE_MS = 60_000;

/** The probable answer before everything else, with how much speaks for it and against it. */
function Verdict({ comparison: { mismatch, verdict, facts } }: { comparison: Comparison }): ReactNode {
  const { rule, severity, state, text, why, firstSeenAt } = mismatch;
  const [forIt, against] = (['FOR', 'AGAINST'] as const).map((side) => facts.filter((fact) => fact.side === side).length);
  return (
    <section className={`panel mm-verdict ${state === 'OPEN' && severity !== 'LOW' ? SEVERITY_TONES[severity] : ''}`} aria-labelledby="mm-verdict">
      <div>
        <h2 id="mm-verdict">{verdict ?? text}</h2>
        <p className="dim">
          {verdict && `${text}. `}
          {why}
        </p>
      </div>
      <dl>
        <div>
          <dt className="small dim">Rule</dt>
          <dd className="strong">
            {RULE_WORDS[rule]}, {SEVERITY_WORDS[severity]}
          </dd>
        </div>
        {facts.length > 0 && (
          <>
            <div>
              <dt className="small dim">For it</dt>
              <dd className={forIt ? 'text-danger' : undefined}>{forIt}</dd>
            </div>
            <div>
              <dt className="small dim">Against it</dt>
              <dd>{against}</dd>
            </div>
          </>
        )}
        <div>
          <dt className="small dim">Found</dt>
          <dd>
            <Age atMs={Date.parse(firstSeenAt)} suffix=" ago" />
          </dd>
        </div>
        <div>
          <dt className="small dim">Last seen</dt>
          <dd>
            <Age atMs={Date.parse(mismatch.lastSeenAt)} suffix=" ago" />
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** Where it stands among the open ones; `j` and `k` go to the neighbours. */
function Neighbours({ id, open, onGo }: { id: string; open: MismatchList['mismatches']; onGo(id: string): void }): ReactNode {
  const index = open.findIndex((one) => one.id === id);
  const step = (by: number) => () => {
    const next = open[index + by];
    if (index >= 0 && next) onGo(next.id);
  };
  useKeys({ j: step(1), k: step(-1) });
  if (index < 0) return null;
  return (
    <span className="small dim inline mm-neighbours">
      <button type="button" className="kbd" aria-label="The one before" aria-disabled={index === 0 || undefined} onClick={step(-1)}>
        K
      </button>
      <button type="button" className="kbd" aria-label="The next one" aria-disabled={index === open.length - 1 || undefined} onClick={step(1)}>
        J
      </button>
      {index + 1} of {open.length} open
    </span>
  );
}

function Body({ comparison, onDone, reread }: { comparison: Comparison; onDone(): void; reread(): void }): ReactNode {
  const { mismatch, facts, lanes, personId, habits, allowances } = comparison;
  const nowMs = useNow(MINUTE_MS);
  const grid = gridOf(mismatch.evidence);
  const knowsOne = personId !== null || habits.length > 0;
  return (
    <div className="stack-panels">
      <Verdict comparison={comparison} />
      <div className="mm-columns">
        <div className="stack-panels">
          {grid ? <GridByServer comparison={comparison} grid={grid} /> : <SideBySide comparison={comparison} />}
          {knowsOne && lanes.length > 0 && <LanesPanel comparison={comparison} />}
          {knowsOne && <HabitsPanel comparison={comparison} nowMs={nowMs} />}
        </div>
        <div className="stack-panels">
          {facts.length > 0 && <EvidencePanel facts={facts} nowMs={nowMs} />}
          {mismatch.state === 'OPEN' ? (
            <DecisionPanel key={`${mismatch.id}${mismatch.resolution}`} comparison={comparison} onDone={(does) => (does === 'keep' ? reread() : onDone())} />
          ) : (
            <section className="panel" aria-labelledby="mm-answered">
              <div className="panel-head">
                <h2 id="mm-answered">What was said</h2>
              </div>
              <div className="panel-body">
                <Answered mismatch={mismatch} />
              </div>
            </section>
          )}
          {allowances.length > 0 && <AllowancesPanel allowances={allowances} nowMs={nowMs} onDone={reread} />}
        </div>
      </div>
    </div>
  );
}

/** One mismatch in full: the probable answer, the sides, what speaks for and against it, and what an operator says to it. */
export function ComparePage({ id }: { id: string }): ReactNode {
  const navigate = useNavigate();
  const { list } = useMismatches('OPEN');
  const { comparison, error, reread } = useComparison(id, list);
  const go = (next: string | undefined) => void navigate({ to: '/users/mismatches/{-$id}', params: { id: next }, search: (old) => ({ ...old, state: undefined }) });
  const toList = (
    <Link to="/users/mismatches/{-$id}" params={{ id: undefined }} className="button small">
      To the list
    </Link>
  );
  const body = () => {
    if (comparison) return <Body comparison={comparison} onDone={() => go(undefined)} reread={reread} />;
    const problem = error && problemOf(error);
    return (
      <div className="panel">
        {!problem && <LoadingRows rows={8} height={48} label="Comparing" />}
        {problem?.code === 'NOT_FOUND' && (
          <EmptyState icon={CircleCheck} title="This mismatch is not here any more" action={toList}>
            Answered ones are kept for 90 days.
          </EmptyState>
        )}
        {problem && problem.code !== 'NOT_FOUND' && <ErrorState title="Usher could not read this mismatch" problem={problem} onRetry={reread} />}
      </div>
    );
  };
  const mismatch = comparison?.mismatch;
  return (
    <>
      <div className="page-head">
        <Path steps={[{ to: '/users/{-$person}', label: 'Users' }, { to: '/users/mismatches/{-$id}', params: { id: undefined }, label: 'Mismatches' }]} />
        <h1 tabIndex={-1}>{comparison?.personName ?? (mismatch ? RULE_WORDS[mismatch.rule] : 'Mismatch')}</h1>
        {mismatch && (
          <>
            {comparison.personName && (
              <span className={`badge ${mismatch.state !== 'OPEN' || mismatch.severity === 'LOW' ? 'fact' : SEVERITY_TONES[mismatch.severity]}`}>
                <Flag size={12} aria-hidden />
                {RULE_WORDS[mismatch.rule]}
              </span>
            )}
            {mismatch.state !== 'OPEN' && <span className="badge fact">{mismatch.state === 'IGNORED' ? 'Ignored' : 'Resolved'}</span>}
            <span className="inline">
              <code className="faint">{id.slice(-8)}</code>
              <CopyButton text={location.href} label="Copy the link" />
            </span>
          </>
        )}
        <span className="push">
          <Neighbours id={id} open={list?.mismatches ?? []} onGo={go} />
        </span>
      </div>
      {body()}
    </>
  );
}
