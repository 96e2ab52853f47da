import { ConsoleAbortMigrationRunDocument, ConsolePauseMigrationRunDocument, ConsoleResumeMigrationRunDocument, ConsoleRetryMigrationRunDocument, ConsoleStartMigrationRunDocument } from '@usher/api-client';
import { ArrowRight, CircleAlert, CircleCheck, Clock, Pause, Play, RotateCw, Square, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { age, count, moment, plural } from '../../format/units.js';
import { useNow, useServers } from '../../live/live-context.js';
import { conditionOf, CONDITION_WORDS } from '../../live/condition.js';
import { StateGlyph, VendorGlyph } from '../../components/glyphs.js';
import { approvalEnd, hasEnded, isActive, living, RUN_STATE_WORDS, settled, shareOf, THROTTLE_WORDS, troubled, type Plan, type Run } from './migration-words.js';
import { RateChart } from './rate-chart.js';
import { Signers } from './signatures.js';
import { StepBars } from './step-bars.js';
import { useRun } from './use-plan.js';
import { useWizard } from './wizard.js';
import { Cells, Foot } from './wizard-head.js';

const nameOf = (plan: Plan, u: number): string => plan.users[u]?.sources[0]?.name ?? `user ${u + 1}`;

function People({ plan, run }: { plan: Plan; run: Run }): ReactNode {
  const left = (user: Run['users'][number]) => user.rows - user.done - user.skipped - user.conflict - user.failed;
  const done = run.users.filter((user) => left(user) === 0).length;
  return (
    <section className="panel" aria-labelledby="mig-run-users">
      <div className="panel-head">
        <h2 id="mig-run-users">Users</h2>
        <span className="small dim">
          {done} of {run.users.length} done
        </span>
      </div>
      <ul className="mig-user-bars">
        {run.users.map((user) => {
          const bad = user.conflict + user.failed;
          const rest = left(user);
          return (
            <li key={user.u}>
              <span className="clip">
                <b className="strong">{nameOf(plan, user.u)}</b> <span className="dim">→ {plan.users[user.u]?.targetName}</span>
              </span>
              <span className="meter" aria-hidden>
                <span className={rest === 0 ? 'fill-ok' : 'mig-fill'} style={{ transform: `scaleX(${user.rows === 0 ? 1 : (user.rows - rest) / user.rows})` }} />
              </span>
              <span className="num">
                {count(user.rows - rest)} <span className="dim">/ {count(user.rows)}</span>
              </span>
              <span className={`num small ${bad > 0 ? 'text-danger' : rest === 0 ? 'text-play' : 'dim'}`}>
                {bad > 0 ? `${count(bad)} in trouble` : rest === 0 ? 'done' : rest === user.rows ? 'waiting' : `${Math.floor(((user.rows - rest) / user.rows) * 100)} %`}
                {user.skipped > 0 && <span className="dim block">{count(user.skipped)} right already</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What to do about rows that failed or collided, by code. */
const NEXT: Readonly<Record<string, string>> = {
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

function ServersInRun({ plan }: { plan: Plan }): ReactNode {
  const servers = useServers();
  return (
    <section className="panel" aria-labelledby="mig-run-servers">
      <div className="panel-head">
        <h2 id="mig-run-servers">Servers in this run</h2>
      </div>
      <ul className="mig-run-servers">
        {([[plan.target, 'target, written'], [plan.source, 'source, read only']] as const).map(([{ serverId, alias, kind }, word]) => {
          const server = servers?.find(({ id }) => id === serverId);
          const condition = server ? conditionOf(server) : null;
          return (
            <li key={serverId}>
              <VendorGlyph kind={kind} />
              <b className="clip">{alias}</b>
              <span className="badge fact">{word}</span>
              <span className="inline small push">
                {condition && <StateGlyph condition={condition} />}
                {condition ? CONDITION_WORDS[condition].toLowerCase() : 'not in the fleet'}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="panel-note small dim">
        <b className="block strong">Every old value is stored before its write</b>
        Undo stays possible for 30 days after the run. When the approval ends no ticket is made any more: the run pauses, it does not stop.
      </p>
    </section>
  );
}

function AbortDialog({ onAbort, onClose }: { onAbort(): void; onClose(): void }): ReactNode {
  const { plan, orders } = useWizard();
  return (
    <Dialog title="Abort this run?" width={440} onClose={onClose}>
      <div className="dialog-body stack">
        <p className="dim">The open batch is settled, then the run ends for good. What was written on {plan.target.alias} stays; an undo takes it back for 30 days. To stop only for a while, pause it instead.</p>
        <div className="inline form-foot">
          <button type="button" className="button push" data-autofocus onClick={onClose}>
            Let it go on
          </button>
          <button type="button" className="button destroy" aria-disabled={orders.busy !== null || undefined} onClick={onAbort}>
            Abort the run
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Running({ given }: { given: Run }): ReactNode {
  const { plan, orders, off, reread, put, go } = useWizard();
  const nowMs = useNow(1_000);
  const { run, rates } = useRun(given, reread);
  const [aborting, setAborting] = useState(false);
  const endMs = approvalEnd(plan.approvals, nowMs);
  const { counts } = run;
  const bad = troubled(counts);
  const ended = hasEnded(run.state);
  const throttle = isActive(run.state) ? THROTTLE_WORDS[run.throttle] : null;
  const took = (next: Run | null) => {
    if (next) put({ ...plan, run: next });
    setAborting(false);
  };
  const busy = off !== null || orders.busy !== null;
  const id = run.runId;
  const pause = () => !busy && void orders.send('pause', ConsolePauseMigrationRunDocument, { id }, ({ pauseMigrationRun }) => pauseMigrationRun).then(took);
  const resume = () => !busy && void orders.send('resume', ConsoleResumeMigrationRunDocument, { id }, ({ resumeMigrationRun }) => resumeMigrationRun).then(took);
  const abort = () => !busy && void orders.send('abort', ConsoleAbortMigrationRunDocument, { id }, ({ abortMigrationRun }) => abortMigrationRun).then(took);
  const retry = () => !busy && void orders.send('retry', ConsoleRetryMigrationRunDocument, { id }, ({ retryMigrationRun }) => retryMigrationRun).then(took);
  const paused = run.state === 'PAUSED';
  const wait = run.code !== null && (paused || run.state === 'FAILED');
  return (
    <>
      {wait && (
        <div className={`callout ${run.state === 'FAILED' ? 'danger' : 'warning'} mig-note`} role="status">
          <div className="callout-head">
            <TriangleAlert size={15} className={run.state === 'FAILED' ? 'text-danger' : 'text-warning'} aria-hidden />
            <span>{run.message ?? 'The run stands.'}</span>
            <span className="code-line">{run.code}</span>
          </div>
          {NEXT[run.code!] && <p className="callout-next">{NEXT[run.code!]}</p>}
          {endMs === null && !off && (
            <button type="button" className="button small" onClick={() => go('approve')}>
              Sign again
            </button>
          )}
        </div>
      )}
      <Cells
        cells={[
          { label: 'Done', value: (shareOf(counts) * 100).toFixed(1), unit: '%', note: `${count(settled(counts))} of ${count(counts.rows)} rows` },
          { label: 'Rate', value: run.rowsPerSecond === null || !isActive(run.state) ? '–' : count(Math.round(run.rowsPerSecond)), unit: '/s', note: throttle ? <span className="text-warning">{throttle}</span> : 'as fast as the target bears' },
          { label: 'Time left', value: run.remainingMs === null || !isActive(run.state) ? '–' : age(run.remainingMs), note: `started ${moment(Date.parse(run.startedAt), nowMs)}` },
          { label: 'Right already', value: count(counts.skipped), note: 'needed no write' },
          { label: 'In trouble', value: <span className={bad > 0 ? 'text-danger' : ''}>{count(bad)}</span>, note: bad > 0 ? `${count(counts.failed)} failed, ${count(counts.conflict)} collided` : 'nothing failed' },
          { label: 'Approval ends in', value: endMs === null ? <span className="text-warning">ended</span> : age(endMs - nowMs), note: living(plan.approvals, nowMs).map(({ name }) => name).join(', ') || 'no living signature' },
        ]}
      />
      <StepBars run={run} />
      <div className="mig-columns">
        <div className="stack-panels">
          {!ended && <RateChart rates={rates} words={throttle} />}
          <People plan={plan} run={run} />
          <Troubles plan={plan} run={run} onRetry={off ? null : retry} />
        </div>
        <div className="stack-panels">
          <ServersInRun plan={plan} />
          <aside className="panel mig-side" aria-label="Signatures">
            <Signers />
          </aside>
        </div>
      </div>
      <Foot
        icon={paused ? <Pause size={16} className="text-warning" aria-hidden /> : ended ? <CircleCheck size={16} className="dim" aria-hidden /> : <Clock size={16} className="dim" aria-hidden />}
        title={`${RUN_STATE_WORDS[run.state]}${counts.intent > 0 ? `, ${plural(counts.intent, 'row')} being settled` : ''}`}
        actions={
          <>
            {!ended && (
              <button type="button" className="button danger" aria-disabled={busy || undefined} onClick={() => !busy && setAborting(true)}>
                <Square size={13} aria-hidden />
                Abort…
              </button>
            )}
            {counts.failed > 0 && (
              <button type="button" className="button" aria-disabled={busy || undefined} onClick={retry}>
                <RotateCw size={14} aria-hidden />
                Retry {plural(counts.failed, 'failed row')}
              </button>
            )}
            {(run.state === 'RUNNING' || run.state === 'QUEUED') && (
              <button type="button" className="button" aria-disabled={busy || undefined} onClick={pause}>
                <Pause size={14} aria-hidden />
                Pause at a safe point
              </button>
            )}
            {paused && (
              <button type="button" className="button primary" aria-disabled={busy || endMs === null || undefined} onClick={() => endMs !== null && resume()}>
                <Play size={14} aria-hidden />
                Resume
              </button>
            )}
            {(run.state === 'VERIFYING' || run.state === 'AWAITING_DECISION' || ended) && (
              <button type="button" className="button primary" onClick={() => go(ended ? 'finish' : 'verify')}>
                {ended ? 'To the end' : 'To the read-back'}
                <ArrowRight size={15} aria-hidden />
              </button>
            )}
          </>
        }
      >
        {off ?? (paused && endMs === null ? 'Resuming needs a living signature. APPROVAL_EXPIRED' : ended ? `${count(run.requests)} requests were sent.` : 'You can close this page. The run goes on and shows in the top bar.')}
      </Foot>
      {aborting && <AbortDialog onAbort={abort} onClose={() => setAborting(false)} />}
    </>
  );
}

/** Fifth step: how far the run is, what slows it, and what failed. */
export function RunStep(): ReactNode {
  const { plan, orders, off, put } = useWizard();
  if (plan.run) return <Running given={plan.run} />;
  const start = () => void orders.send('start', ConsoleStartMigrationRunDocument, { planId: plan.id }, ({ startMigrationRun }) => startMigrationRun).then((run) => run && put({ ...plan, run, runId: run.runId }));
  return (
    <Foot
      icon={<CircleCheck size={16} className="text-play" aria-hidden />}
      title="Approved. Nothing has been written yet"
      actions={
        <button type="button" className="button primary" aria-disabled={off !== null || orders.busy !== null || undefined} onClick={() => !off && start()}>
          <Play size={14} aria-hidden />
          Start the run
        </button>
      }
    >
      {off ?? 'Starting asks for a fresh sign-in.'}
    </Foot>
  );
}
