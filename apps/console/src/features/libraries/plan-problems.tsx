import { Check, CircleAlert, Info, ShieldCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../components/state-view.js';
import type { Plan } from './plan-words.js';

type PlanProblem = Plan['problems'][number];
const ORDER: readonly PlanProblem['severity'][] = ['BLOCKER', 'WARNING', 'INFORMATION'];
const ICONS = {
  BLOCKER: <CircleAlert size={15} className="text-danger" aria-label="Blocks" />,
  WARNING: <TriangleAlert size={15} className="text-warning" aria-label="Warning" />,
  INFORMATION: <Info size={15} className="dim" aria-label="For information" />,
} as const;

export const inOrder = (problems: readonly PlanProblem[]): PlanProblem[] => problems.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));

interface PlanProblemsProps {
  plan: Plan;
  busy: boolean;
  /** Brings the row of the path map for a folder into view. */
  onPath(path: string): void;
  onCheck(): void;
}

/** What stands in the way: what, code, why, next action and its button; what is fine is one line. */
export function PlanProblems({ plan, busy, onPath, onCheck }: PlanProblemsProps): ReactNode {
  return (
    <section className="panel" aria-labelledby="problems-head" id="plan-problems" tabIndex={-1}>
      <div className="panel-head">
        <h2 id="problems-head">Problems</h2>
        <span className="small dim">
          {plan.blockers} {plan.blockers === 1 ? 'blocks' : 'block'}, {plan.warnings} to look at, {plan.fine.length} {plan.fine.length === 1 ? 'is' : 'are'} fine
        </span>
      </div>
      {plan.problems.length === 0 && (
        <EmptyState icon={ShieldCheck} title="Nothing stands in the way">
          Every folder, every title and the space were checked.
        </EmptyState>
      )}
      <ul className="plan-problems">
        {inOrder(plan.problems).map((problem) => (
          <li key={problem.id}>
            {ICONS[problem.severity]}
            <div className="problem-what">
              <div>
                <span className="strong">{problem.title}</span> <code className={problem.severity === 'BLOCKER' ? 'text-danger' : 'dim'}>{problem.code}</code>
              </div>
              <div className="small dim">{problem.why}</div>
              {problem.examples.length > 0 && (
                <div className="small dim problem-examples">
                  {problem.examples.slice(0, 3).map((example) => (
                    <code key={example}>{example}</code>
                  ))}
                  {problem.count > 3 && <span>and {problem.count - Math.min(3, problem.examples.length)} more</span>}
                </div>
              )}
              <div className="small">
                <span className="dim">Next:</span> {problem.next}
              </div>
            </div>
            {problem.path !== null ? (
              <button type="button" className="button small" onClick={() => onPath(problem.path ?? '')}>
                Show in the map
              </button>
            ) : (
              problem.severity !== 'INFORMATION' && (
                <button type="button" className="button small" aria-disabled={busy || undefined} onClick={onCheck}>
                  Check again
                </button>
              )
            )}
          </li>
        ))}
      </ul>
      {plan.fine.length > 0 && (
        <p className="panel-note small dim inline">
          <Check size={13} className="text-play" aria-hidden />
          <span>Fine: {plan.fine.join(', ')}</span>
        </p>
      )}
    </section>
  );
}
