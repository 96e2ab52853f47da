import { ConsoleAbortMigrationRunDocument, ConsolePauseMigrationRunDocument, ConsoleResumeMigrationRunDocument, ConsoleRetryMigrationRunDocument } from '@usher/api-client';
import { ArrowRight, CircleAlert, CircleCheck, CircleDashed, Clock, Pause, Play, RotateCw, Square, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Dialog } from '../../components/dialog.js';
import { age, count, moment, plural } from '../../format/units.js';
import { useNow, useServers } from '../../live/live-context.js';
import { conditionOf, CONDITION_WORDS } from '../../live/condition.js';
import { StateGlyph, VendorGlyph } from '../../components/glyphs.js';
import { approvalEnd, hasEnded, isActive, living, RUN_STATE_WORDS, RUN_STEP_WORDS, settled, shareOf, THROTTLE_WORDS, troubled, type Plan, type Run } from './migration-words.js';
import { useStart } from './approve-step.js';
import { RateChart } from './rate-chart.js';
import { Signers } from './signatures.js';
import { nameOf, NEXT, Troubles } from './troubles.js';
import { useRun } from './use-plan.js';
import { useWizard } from './wizard.js';
import { Cells, Foot } from './wizard-head.js';

const STEP_ICONS = { DONE: CircleCheck, RUNNING: Play, WAITING: CircleDashed, FAILED: CircleAlert } as const;

function StepBars({ run }: { run: Run }): ReactNode {
  return (
    <ul className="panel mig-bars" aria-label="Steps of the run">
      {run.steps.map(({ step, rows, done, state }) => {
        const Icon = STEP_ICONS[state];
        return (
          <li key={step} className={step === 'copy-watch-states' ? 'wide' : ''}>
            <span className="inline">
              <Icon size={14} className={state === 'DONE' ? 'text-play' : state === 'FAILED' ? 'text-danger' : state === 'RUNNING' ? 'accent' : 'faint'} aria-label={state.toLowerCase()} role="img" />
              <span className="strong clip">{RUN_STEP_WORDS[step] ?? step}</span>
            </span>
            <span className="meter" aria-hidden>
              <span className={state === 'DONE' ? 'fill-ok' : state === 'FAILED' ? 'fill-danger' : 'mig-fill'} style={{ transform: `scaleX(${rows === 0 ? Number(state === 'DONE') : done / rows})` }} />
            </span>
            <span className="small dim">{rows === 0 ? (state === 'WAITING' ? 'waits' : 'nothing to do') : `${count(done)} of ${count(rows)}`}</span>
          </li>
        );
      })}
    </ul>
  );
}

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
  const { plan, orders, off } = useWizard();
  const start = useStart();
  if (plan.run) return <Running given={plan.run} />;
  return (
    <Foot
      icon={<CircleCheck size={16} className="text-play" aria-hidden />}
      title="Approved. Nothing has been written yet"
      actions={
        <button type="button" className="button primary" aria-disabled={off !== null || orders.busy !== null || undefined} onClick={start}>
          <Play size={14} aria-hidden />
          Start the run
        </button>
      }
    >
      {off ?? 'Starting asks for a fresh sign-in.'}
    </Foot>
  );
}
