import { ConsoleCheckMigrationPlanDocument, ConsoleDecideMigrationPlanDocument, ConsoleDiscardMigrationPlanDocument, ConsoleFreezeMigrationPlanDocument } from '@usher/api-client';
import { ArrowRight, CircleAlert, CircleCheck, Lock, RotateCw, ScanSearch, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { EmptyState } from '../../components/state-view.js';
import { count, plural } from '../../format/units.js';
import { sumOf } from './field-matrix.js';
import { Findings } from './findings.js';
import { FieldMatrix } from './matrix.js';
import { CHECK_STEP_WORDS, CHECK_STEPS, estimateWords, isHarmless, skipWord, type Plan } from './migration-words.js';
import { PlanRows } from './plan-rows.js';
import { useCheckProgress } from './use-plan.js';
import { useWizard } from './wizard.js';
import { Cells, Foot, type CellProps } from './wizard-head.js';

function CheckProgress({ plan, reread }: { plan: Plan; reread(): void }): ReactNode {
  const progress = useCheckProgress(plan, reread);
  if (plan.state !== 'CHECKING') return null;
  const at = progress?.step ? CHECK_STEPS.indexOf(progress.step) : 0;
  const share = (at + (progress?.total ? Math.min(1, progress.done / progress.total) : 0)) / CHECK_STEPS.length;
  return (
    <section className="panel mig-progress" role="status" aria-label="Progress of the check">
      <div className="inline">
        <span className="strong">{progress?.step ? CHECK_STEP_WORDS[progress.step] : 'Waiting for its turn'}</span>
        <span className="push small dim">
          step {at + 1} of {CHECK_STEPS.length}
          {progress && progress.done > 0 && ` · ${count(progress.done)}${progress.total === null ? '' : ` of ${count(progress.total)}`}`}
        </span>
      </div>
      <div className="meter" aria-hidden>
        <span className="mig-fill" style={{ transform: `scaleX(${share})` }} />
      </div>
      <p className="small dim">You may leave this page, the check goes on. Both servers are only read.</p>
    </section>
  );
}

/** What the check counted. */
function cellsOf(plan: Plan, openWarnings: number): CellProps[] {
  const { counts, estimate, findings } = plan;
  const of = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const blockers = of('BLOCKER');
  const left = sumOf(counts.skips, (name) => !isHarmless(name));
  return [
    { label: 'Blockers', value: blockers === 0 ? <span className="inline">0 <CircleCheck size={15} className="text-play" aria-hidden /></span> : <span className="text-danger">{blockers}</span>, note: 'must be 0 to freeze' },
    { label: 'Warnings', value: of('WARNING'), note: openWarnings > 0 ? <span className="text-warning">{openWarnings} to read and tick</span> : 'all understood' },
    { label: 'Not carried', value: count(left), note: counts.skips.filter(({ name }) => !isHarmless(name)).map(({ name, count: number }) => `${number} ${skipWord(name)}`).slice(0, 2).join(', ') || 'nothing is left behind' },
    { label: 'Writes', value: count(counts.writes), note: `${count(sumOf(counts.skips, isHarmless))} need none` },
    { label: 'Requests', value: estimate ? count(estimate.requests) : '–', note: 'reads and writes' },
    { label: 'Time', value: estimate ? estimateWords(estimate) : '–', note: estimate ? `quiet to watched, ${estimate.rate === 'MEASURED' ? 'measured in its last run' : 'assumed'}` : 'known after the check' },
  ];
}

/** Third step: what the check found, every row, and the freeze. */
export function CheckStep(): ReactNode {
  const wizard = useWizard();
  const { plan, orders, off, put, go, staged, understood } = wizard;
  const checked = plan.checkedAt !== null && plan.state !== 'CHECKING' && plan.state !== 'DRAFT';
  const frozen = plan.planSha256 !== null;
  const blockers = plan.findings.filter(({ severity }) => severity === 'BLOCKER').length;
  const warnings = plan.findings.filter(({ severity, id }) => severity === 'WARNING' && !understood.has(id));
  const openWarnings = frozen ? 0 : warnings.length;
  const busy = orders.busy !== null || plan.state === 'CHECKING';

  const check = async () => {
    if (off || busy) return;
    const begun = await orders.send('check', ConsoleCheckMigrationPlanDocument, { id: plan.id }, ({ checkMigrationPlan }) => checkMigrationPlan);
    if (begun) put(begun);
  };
  const decide = async () => {
    if (off || busy) return;
    const decided = await orders.send('decide', ConsoleDecideMigrationPlanDocument, { input: { id: plan.id, version: plan.version, decisions: [...staged.values()] } }, ({ decideMigrationPlan }) => decideMigrationPlan);
    if (!decided) return;
    wizard.unstage();
    put(decided);
    const begun = await orders.send('check', ConsoleCheckMigrationPlanDocument, { id: plan.id }, ({ checkMigrationPlan }) => checkMigrationPlan);
    if (begun) put(begun);
  };
  const freeze = async () => {
    const done = await orders.send('freeze', ConsoleFreezeMigrationPlanDocument, { input: { id: plan.id, version: plan.version } }, ({ freezeMigrationPlan }) => freezeMigrationPlan);
    if (!done) return;
    put(done);
    go('approve');
  };
  const discard = async () => {
    const done = await orders.send('discard', ConsoleDiscardMigrationPlanDocument, { id: plan.id }, ({ discardMigrationPlan }) => discardMigrationPlan);
    if (done) put(done);
  };

  const open = [blockers > 0 ? plural(blockers, 'blocker') : '', openWarnings > 0 ? plural(openWarnings, 'warning') : '', staged.size > 0 ? `${plural(staged.size, 'decision')} to save` : ''].filter(Boolean);
  const canFreeze = checked && plan.state === 'CHECKED' && open.length === 0 && !off && !busy;
  const next = () => {
    const target = document.getElementById('mig-findings');
    target?.scrollIntoView({ block: 'center' });
    const first = target?.querySelector<HTMLElement>('.blocker .link, .mig-tick input:not(:checked)');
    (first ?? target)?.focus({ preventScroll: true });
  };
  const again = plan.kind === 'USERS' && !plan.run && plan.state !== 'VOID' && (
    <button type="button" className="button" aria-disabled={off !== null || busy || undefined} onClick={() => void check()}>
      <RotateCw size={14} aria-hidden />
      {plan.checkedAt ? 'Check again' : 'Check'}
    </button>
  );

  if (!checked && plan.state !== 'CHECKING') {
    return (
      <>
        <CheckProgress plan={plan} reread={wizard.reread} />
        <div className="panel">
          <EmptyState icon={ScanSearch} title={plan.checkedAt ? 'This version has not been checked' : 'This plan has not been checked yet'} action={again || undefined}>
            {off ?? 'The check reads both servers, matches titles and says for every person and title what arrives. It writes nothing.'}
          </EmptyState>
        </div>
      </>
    );
  }
  return (
    <>
      <CheckProgress plan={plan} reread={wizard.reread} />
      {checked && (
        <>
          <Cells cells={cellsOf(plan, openWarnings)} />
          <div className="stack-panels">
            {plan.users.length > 0 && <FieldMatrix plan={plan} />}
            <div className="mig-columns">
              <PlanRows />
              <div className="stack-panels">
                <Findings />
                {plan.kind === 'USERS' && plan.state !== 'VOID' && !plan.run && (
                  <p className="inline small dim mig-discard">
                    <button type="button" className="button small" aria-disabled={off !== null || busy || undefined} onClick={() => !off && !busy && void discard()}>
                      Discard this plan
                    </button>
                    It cannot be taken back; nothing was written.
                  </p>
                )}
              </div>
            </div>
          </div>
        </>
      )}
      <Foot
        icon={blockers > 0 ? <CircleAlert size={16} className="text-danger" aria-hidden /> : open.length > 0 ? <TriangleAlert size={16} className="text-warning" aria-hidden /> : <CircleCheck size={16} className="text-play" aria-hidden />}
        title={plan.state === 'CHECKING' ? 'The check runs' : frozen ? 'This plan is frozen' : open.length > 0 ? `${open.join(', ')} before this plan can be frozen` : 'This plan can be frozen'}
        actions={
          <>
            {plan.kind === 'USERS' && (
              <button type="button" className="button quiet back" onClick={() => go('map')}>
                Back to Map
              </button>
            )}
            {again}
            {frozen ? (
              <button type="button" className="button primary" onClick={() => go(plan.run ? 'run' : 'approve')}>
                {plan.run ? 'To the run' : 'To the signatures'}
                <ArrowRight size={15} aria-hidden />
              </button>
            ) : (
              <>
                <button type="button" className={`button ${canFreeze ? 'primary' : ''}`} aria-disabled={!canFreeze || undefined} onClick={() => canFreeze && void freeze()}>
                  <Lock size={14} aria-hidden />
                  Freeze plan
                </button>
                {staged.size > 0 ? (
                  <button type="button" className="button primary" aria-disabled={off !== null || busy || undefined} onClick={() => void decide()}>
                    Save {plural(staged.size, 'decision')} and check again
                  </button>
                ) : (
                  open.length > 0 && (
                    <button type="button" className="button primary" onClick={next}>
                      Next open decision
                      <ArrowRight size={15} aria-hidden />
                    </button>
                  )
                )}
              </>
            )}
          </>
        }
      >
        {off ?? (frozen ? 'Its bytes do not change any more. A changed decision makes a new version.' : staged.size > 0 ? 'Decisions make a new version; it is checked again.' : 'Freezing writes nothing to a media server.')}
      </Foot>
    </>
  );
}
