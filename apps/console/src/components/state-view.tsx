import { CircleAlert, Lock, RotateCw, type LucideIcon } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Problem } from '../api/problem.js';
import { CopyButton } from './copy-button.js';

/** True after 150 ms, so that a fast answer shows no skeleton at all. */
function useSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return slow;
}

/** Skeleton rows in the geometry of the rows that will come. */
export function LoadingRows({ rows, height, label }: { rows: number; height: number; label: string }): ReactNode {
  const slow = useSlow();
  return (
    <div role="status" aria-label={label} className="loading-rows" style={{ minHeight: rows * height }}>
      {slow &&
        Array.from({ length: rows }, (_, index) => (
          <div key={index} className="loading-row" style={{ height }}>
            <span className="skeleton" style={{ width: 16 }} />
            <span className="skeleton" style={{ width: `${18 + ((index * 7) % 16)}%` }} />
            <span className="skeleton" style={{ width: '12%', marginLeft: 'auto' }} />
            <span className="skeleton" style={{ width: '7%' }} />
          </div>
        ))}
    </div>
  );
}

/** What is missing, why, and one thing to do. */
export function EmptyState({ icon: Icon, title, children, action }: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <div className="state">
      <Icon size={18} aria-hidden />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action && <div className="state-actions">{action}</div>}
    </div>
  );
}

/** Code and correlation id with Copy; both are what somebody asks for who is to help. */
export function CodeLine({ problem }: { problem: Pick<Problem, 'code' | 'correlationId'> }): ReactNode {
  const id = problem.correlationId;
  if (!problem.code && !id) return null;
  return (
    <span className="code-line">
      <span>{[problem.code, id?.slice(-8)].filter(Boolean).join(' · ')}</span>
      {id && <CopyButton text={id} label="Copy the correlation id" />}
    </span>
  );
}

/** Nothing to show because a read failed: cause in plain words, next action, code, correlation id, retry. */
export function ErrorState({ title, problem, onRetry }: { title: string; problem: Problem; onRetry?: () => void }): ReactNode {
  if (problem.code === 'FORBIDDEN') return <ForbiddenState title={title} problem={problem} />;
  return (
    <div className="state error" role="alert">
      <CircleAlert size={18} aria-hidden />
      <h2>{title}</h2>
      <p>
        {problem.message} {problem.next}
      </p>
      <div className="state-actions">
        {onRetry && (
          <button type="button" className="button small" onClick={onRetry}>
            <RotateCw size={13} aria-hidden />
            Retry
          </button>
        )}
        <CodeLine problem={problem} />
      </div>
    </div>
  );
}

/** The role is too low. */
export function ForbiddenState({ title, problem }: { title: string; problem: Problem }): ReactNode {
  return (
    <div className="state">
      <Lock size={18} aria-hidden />
      <h2>{title}</h2>
      <p>
        {problem.message} {problem.next}
      </p>
      <div className="state-actions">
        <CodeLine problem={problem} />
      </div>
    </div>
  );
}

/** A failed action beside the form or row that asked for it: what, next, code. */
export function ProblemNote({ problem }: { problem: Problem }): ReactNode {
  return (
    <div className="callout danger" role="alert">
      <div className="callout-head">
        <CircleAlert size={15} className="text-danger" aria-hidden />
        <span>{problem.message}</span>
      </div>
      {problem.next && <p className="callout-next">{problem.next}</p>}
      <CodeLine problem={problem} />
    </div>
  );
}
