import { Link, useNavigate } from '@tanstack/react-router';
import { ConsoleCreateMigrationRollbackDocument, ConsoleMigrationRunOfDocument } from '@usher/api-client';
import { ArrowRight, Check, CircleCheck, FileText, Undo2 } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { newIdempotencyKey } from '../../api/idempotency-key.js';
import { ProblemNote } from '../../components/state-view.js';
import { count, duration, moment, plural } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { troubled, type Run } from './migration-words.js';
import { Troubles } from './troubles.js';
import { useReport } from './use-report.js';
import { useWizard } from './wizard.js';
import { Cells, Foot } from './wizard-head.js';

/** Of an undo: which plan it takes back. */
function Original({ runId }: { runId: string }): ReactNode {
  const [{ data }] = useQuery({ query: ConsoleMigrationRunOfDocument, variables: { id: runId } });
  if (!data) return null;
  return (
    <Link to="/migrations/$id/{-$step}" params={{ id: data.migrationRun.planId, step: 'finish' }} className="link">
      To the migration that was taken back
    </Link>
  );
}

function Undo({ run }: { run: Run }): ReactNode {
  const { plan, orders, off } = useWizard();
  const navigate = useNavigate();
  const nowMs = useNow(60_000);
  const key = useRef(newIdempotencyKey());
  const untilMs = run.rollbackUntil ? Date.parse(run.rollbackUntil) : null;
  const open = untilMs !== null && untilMs > nowMs;
  const written = run.counts.done + run.counts.verified;
  const undo = () => {
    if (off || orders.busy) return;
    void orders.send('rollback', ConsoleCreateMigrationRollbackDocument, { input: { idempotencyKey: key.current, runId: run.runId } }, ({ createMigrationRollback }) => createMigrationRollback).then((made) => {
      if (made) void navigate({ to: '/migrations/$id/{-$step}', params: { id: made.id, step: 'approve' } });
    });
  };
  if (plan.kind === 'ROLLBACK') {
    return (
      <section className="panel" aria-labelledby="mig-undo-head">
        <div className="panel-head">
          <h2 id="mig-undo-head">This was an undo</h2>
        </div>
        <div className="panel-body stack tight">
          <p className="dim">Where the run’s value still stood, the former one was put back. What somebody changed since was left alone and is listed.</p>
          {plan.ofRunId && <Original runId={plan.ofRunId} />}
        </div>
      </section>
    );
  }
  return (
    <section className="panel" aria-labelledby="mig-undo-head">
      <div className="panel-head">
        <h2 id="mig-undo-head">Undo</h2>
        <span className="aside small dim">{untilMs === null ? '' : open ? `possible until ${moment(untilMs, nowMs)}` : 'undo ended'}</span>
      </div>
      <div className="panel-body stack tight">
        <p>
          <b>At most {plural(written, 'write')} would be put back.</b> <span className="dim">What somebody changed at {plan.target.alias} since stays as it is and is listed.</span>
        </p>
        <ul className="mig-points flat">
          <li>
            <Check size={14} className="text-play" aria-hidden />
            <span>Accounts that this run made are removed only if nobody used them</span>
          </li>
          <li>
            <Check size={14} className="text-play" aria-hidden />
            <span>Nothing else on {plan.target.alias} is deleted</span>
          </li>
          <li>
            <Check size={14} className="text-play" aria-hidden />
            <span>The undo is a plan of its own: read, signed and run like this one</span>
          </li>
        </ul>
        {run.rollbackPlanId ? (
          <Link to="/migrations/$id/{-$step}" params={{ id: run.rollbackPlanId }} className="button">
            <Undo2 size={14} aria-hidden />
            To the undo
          </Link>
        ) : (
          <button type="button" className="button danger" aria-disabled={!open || off !== null || orders.busy !== null || undefined} onClick={() => open && undo()}>
            <Undo2 size={14} aria-hidden />
            {orders.busy === 'rollback' ? 'Preparing the undo…' : 'Undo this run…'}
          </button>
        )}
        {!open && !run.rollbackPlanId && <p className="small dim">{untilMs === null ? 'Nothing was written that could be put back.' : 'Former values are kept for 30 days. Make a plan in the other direction instead. ROLLBACK_WINDOW_CLOSED'}</p>}
      </div>
    </section>
  );
}

/** Last step: what became of it, the report, and the way back. */
export function FinishStep(): ReactNode {
  const { plan, off, go } = useWizard();
  const nowMs = useNow(60_000);
  const { run } = plan;
  const report = useReport(run?.runId ?? '');
  if (!run) return null;
  const { counts, verification } = run;
  const made = plan.users.filter(({ decision }) => decision === 'CREATE');
  const written = counts.done + counts.verified;
  const bad = troubled(counts);
  const ways: Readonly<Record<string, string>> = { DONE: 'Finished', ABORTED: 'Aborted; what was written stays', FAILED: 'Failed; what was written stays' };
  return (
    <>
      <Cells
        cells={[
          { label: 'Written', value: count(written), note: `of ${count(counts.rows)} rows` },
          { label: 'Right already', value: count(counts.skipped), note: 'needed no write' },
          { label: 'Not written', value: <span className={bad > 0 ? 'text-warning' : ''}>{count(bad + counts.new + counts.intent)}</span>, note: bad > 0 ? `${count(counts.conflict)} changed since, ${count(counts.failed)} failed` : 'nothing' },
          { label: 'Read back', value: verification ? count(verification.same) : '–', note: verification ? 'equal to the plan' : 'not read back' },
          { label: 'Accounts made', value: count(made.length), note: made.map(({ targetName }) => targetName).slice(0, 3).join(', ') || 'none' },
          { label: 'Duration', value: run.endedAt ? duration(Date.parse(run.endedAt) - Date.parse(run.startedAt)) : '–', note: run.endedAt ? `ended ${moment(Date.parse(run.endedAt), nowMs)}` : '' },
        ]}
      />
      <div className="mig-columns">
        <div className="stack-panels">
          <section className="panel" aria-labelledby="mig-people-head">
            <div className="panel-head">
              <h2 id="mig-people-head">Who moved</h2>
              <span className="small dim">
                {plan.source.alias} → {plan.target.alias}
              </span>
            </div>
            <ul className="mig-moved">
              {plan.users.map((user, u) => {
                const of = run.users.find((each) => each.u === u);
                const lost = (of?.failed ?? 0) + (of?.conflict ?? 0);
                return (
                  <li key={u}>
                    <b className="strong clip">{user.sources.map(({ name }) => name).join(' + ')}</b>
                    <span className="clip">
                      → {user.targetName} {user.decision === 'CREATE' && <span className="badge fact">new</span>}
                    </span>
                    <span className="num small dim">{of ? `${count(of.done + of.skipped)} of ${count(of.rows)} rows` : ''}</span>
                    <span className={`num small ${lost > 0 ? 'text-warning' : 'text-play'}`}>{lost > 0 ? `${count(lost)} not written` : 'whole'}</span>
                  </li>
                );
              })}
            </ul>
            {made.length > 0 && <p className="panel-note small dim">New accounts have a password that nobody knows. Set one at {plan.target.alias} and tell the person.</p>}
          </section>
          <Troubles plan={plan} run={run} onRetry={null} />
        </div>
        <Undo run={run} />
      </div>
      {report.problem && (
        <div className="mig-note">
          <ProblemNote problem={report.problem} />
        </div>
      )}
      <Foot
        icon={<CircleCheck size={16} className={run.state === 'DONE' ? 'text-play' : 'text-warning'} aria-hidden />}
        title={ways[run.state] ?? 'The run has ended'}
        actions={
          <>
            {run.verification && (
              <button type="button" className="button quiet" onClick={() => go('verify')}>
                What was read back
              </button>
            )}
            <button type="button" className="button" aria-disabled={!run.hasReport || report.read !== null || undefined} onClick={() => run.hasReport && report.save()}>
              <FileText size={14} aria-hidden />
              {report.read === null ? 'Signed report' : `${plural(report.read, 'part')} read`}
            </button>
            <Link to="/migrations" className="button primary">
              All migrations
              <ArrowRight size={15} aria-hidden />
            </Link>
          </>
        }
      >
        {off ?? (run.hasReport ? 'The report can be checked without a connection: usher migrations report --verify FILE' : 'There is no report of this run.')}
      </Foot>
    </>
  );
}
