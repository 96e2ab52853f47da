import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { MismatchState } from '@usher/api-client';
import { Ban, Check, ChevronRight, CircleCheck, FilterX } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemOf } from '../../api/problem.js';
import { Path } from '../../components/path.js';
import { EmptyState, ErrorState, ForbiddenState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { plural } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import { inScope } from '../../frame/scope.js';
import { useRole } from '../auth/auth-context.js';
import { ComparePage } from './compare-page.js';
import { STATES } from './mismatch-words.js';
import { RULE_WORDS } from './rule-words.js';
import { SeverityMark } from './severity-mark.js';
import { useMismatches, type Mismatch, type MismatchList } from './use-mismatches.js';
import './mismatches.css';

function Line({ mismatch }: { mismatch: Mismatch }): ReactNode {
  const servers = [...new Set(mismatch.evidence.map(({ serverAlias }) => serverAlias))];
  return (
    <li>
      <Link to="/users/mismatches/{-$id}" params={{ id: mismatch.id }} className="mm-line">
        <SeverityMark severity={mismatch.severity} />
        <span className="mm-line-text">
          <b className="strong block">{mismatch.text}</b>
          <span className="small dim block">{[RULE_WORDS[mismatch.rule], ...servers].join(' · ')}</span>
          {mismatch.state === 'OPEN' && mismatch.resolution !== null && (
            <span className="small block">
              {mismatch.resolution} <span className="dim">{mismatch.resolvedBy}</span>
            </span>
          )}
        </span>
        <span className="small dim num">
          <Age atMs={Date.parse(mismatch.firstSeenAt)} />
        </span>
        <ChevronRight size={14} className="faint" aria-hidden />
      </Link>
    </li>
  );
}

/** Which rules are evaluated; those that cannot say what they lack. */
function Rules({ rules }: { rules: MismatchList['rules'] }): ReactNode {
  const off = rules.filter(({ runs }) => !runs);
  return (
    <section className="panel" aria-labelledby="mm-rules">
      <div className="panel-head">
        <h2 id="mm-rules">Rules</h2>
        <span className="aside small dim">
          {rules.length - off.length} of {rules.length} run
        </span>
      </div>
      <ul className="mm-rules">
        {[...off, ...rules.filter(({ runs }) => runs)].map(({ rule, runs, reason }) => (
          <li key={rule}>
            {runs ? <Check size={14} className="text-ok" role="img" aria-label="Runs" /> : <Ban size={14} className="text-warning" role="img" aria-label="Does not run" />}
            <span>
              {RULE_WORDS[rule]}
              {reason && <span className="small dim block">{reason}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const SAY = { OPEN: 'No mismatches', IGNORED: 'Nothing is ignored', RESOLVED: 'Nothing was resolved yet' } as const;

function Board(): ReactNode {
  const navigate = useNavigate();
  const { state: wanted, servers: scope } = useSearch({ from: '/frame/users/mismatches/{-$id}' });
  const state = STATES.find((option) => option.state.toLowerCase() === wanted)?.state ?? 'OPEN';
  const { list, error, reread } = useMismatches(state);
  const servers = useServers();
  const inView = new Set(inScope(servers ?? [], scope).map((server) => server.id));
  const shown = list?.mismatches.filter(({ evidence }) => !scope || evidence.length === 0 || evidence.some(({ serverId }) => inView.has(serverId))) ?? [];
  const show = (next: MismatchState) => void navigate({ to: '/users/mismatches/{-$id}', search: (old) => ({ ...old, state: next === 'OPEN' ? undefined : next.toLowerCase() }), replace: true });
  const checked = list?.checkedAt ? <Age atMs={Date.parse(list.checkedAt)} suffix=" ago" /> : null;
  const body = () => {
    if (!list) return <div className="panel">{error ? <ErrorState title={problemOf(error).code === 'FORBIDDEN' ? 'Mismatches are for operators' : 'Usher could not read the mismatches'} problem={problemOf(error)} onRetry={reread} /> : <LoadingRows rows={6} height={56} label="Loading the mismatches" />}</div>;
    const hidden = list.mismatches.length - shown.length;
    return (
      <div className="mm-board">
        <section className="panel" aria-labelledby="mm-list">
          <div className="panel-head">
            <h2 id="mm-list">{STATES.find((option) => option.state === state)?.label}</h2>
            <span className="aside small dim">{shown.length}</span>
          </div>
          {shown.length === 0 ? (
            <EmptyState icon={hidden > 0 ? FilterX : CircleCheck} title={hidden > 0 ? 'Nothing in this scope' : SAY[state]}>
              {hidden > 0 ? `${plural(hidden, 'mismatch', 'mismatches')} of other servers.` : state === 'OPEN' && (checked ? <>Last check {checked}.</> : 'The first check runs when the servers have been read.')}
            </EmptyState>
          ) : (
            <ul className="mm-lines">
              {shown.map((mismatch) => (
                <Line key={mismatch.id} mismatch={mismatch} />
              ))}
            </ul>
          )}
        </section>
        <Rules rules={list.rules} />
      </div>
    );
  };
  return (
    <>
      <div className="page-head">
        <Path steps={[{ to: '/users/{-$person}', label: 'Users' }]} />
        <h1 tabIndex={-1}>Mismatches</h1>
        {list && (
          <span className="small dim">
            {list.open} open{checked && <>, last check {checked}</>}
          </span>
        )}
        <div className="segmented push" role="radiogroup" aria-label="State">
          {STATES.map((option) => (
            <label key={option.state}>
              <input type="radio" name="mismatch-state" checked={option.state === state} onChange={() => show(option.state)} />
              {option.label}
            </label>
          ))}
        </div>
      </div>
      {body()}
    </>
  );
}

/** Accounts and streams that do not fit together: found by rules, explained, answered by a person. */
export default function MismatchesPage(): ReactNode {
  const operator = useRole('OPERATOR');
  const { id } = useParams({ from: '/frame/users/mismatches/{-$id}' });
  if (operator) return id === undefined ? <Board /> : <ComparePage key={id} id={id} />;
  return (
    <>
      <div className="page-head">
        <Path steps={[{ to: '/users/{-$person}', label: 'Users' }]} />
        <h1 tabIndex={-1}>Mismatches</h1>
      </div>
      <div className="panel">
        <ForbiddenState title="Mismatches are for operators" problem={{ code: 'FORBIDDEN', message: 'They show who plays where.', next: 'Ask a superadmin for the role operator.', correlationId: null, details: {} }} />
      </div>
    </>
  );
}
