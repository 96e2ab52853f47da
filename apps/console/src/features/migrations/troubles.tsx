import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { count, plural } from '../../format/units.js';
import type { Plan, Run } from './migration-words.js';

/** What a user of the plan is called at the source. */
export const nameOf = (plan: Plan, u: number): string => plan.users[u]?.sources[0]?.name ?? `user ${u + 1}`;

/** What to do about rows that failed or collided, by code. */
export const NEXT: Readonly<Record<string, string>> = {
  SERVER_RATE_LIMITED: 'The target asked for a pause; the rows are tried again.',
  AGENT_OFFLINE: 'The agent of the target does not answer. Check its machine; the run goes on from here.',
  SERVER_UNREACHABLE: 'The target does not answer. Check that it runs; the run goes on from here.',
  SERVER_REJECTED_KEY: 'Store a new key of the target, then resume.',
  CAPABILITY_CHANGED: 'The target did not keep what was written. Check the plan again.',
  TARGET_CHANGED: 'Somebody changed the title at the target meanwhile; it was left as it is.',
  NOT_VISIBLE: 'The account cannot see the title at the target any more.',
  APPROVAL_EXPIRED: 'Sign the plan again, then resume.',
};

export function Troubles({ plan, run, onRetry }: { plan: Plan; run: Run; onRetry: (() => void) | null }): ReactNode {
  if (run.troubles.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="mig-troubles">
      <div className="panel-head">
        <h2 id="mig-troubles">Troubles</h2>
        <span className="small dim">
          {count(run.troubles.reduce((sum, { rows }) => sum + rows, 0))} rows in {plural(run.troubles.length, 'group')}
        </span>
      </div>
      <ul className="mig-troubles">
        {run.troubles.map(({ code, state, rows, users }) => (
          <li key={`${code}${state}`}>
            <CircleAlert size={15} className={state === 'FAILED' ? 'text-danger' : 'text-warning'} aria-hidden />
            <span>
              <code className={state === 'FAILED' ? 'text-danger' : 'text-warning'}>{code}</code> <b className="strong">{plural(rows, 'row')}</b>{' '}
              <span className="dim">{state === 'CONFLICT' ? 'changed at the target, left alone' : state.toLowerCase()}: {users.slice(0, 4).map((u) => nameOf(plan, u)).join(', ')}{users.length > 4 ? ` and ${users.length - 4} more` : ''}</span>
              <span className="small dim block">{NEXT[code] ?? 'Look at the rows; retry them when the cause is gone.'}</span>
            </span>
            {state === 'FAILED' && onRetry && (
              <button type="button" className="button small" onClick={onRetry}>
                Retry failed
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
