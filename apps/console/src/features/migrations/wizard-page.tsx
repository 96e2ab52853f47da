import { useNavigate, useParams } from '@tanstack/react-router';
import { ConsoleCheckMigrationPlanDocument, type MigrationDecisionInput } from '@usher/api-client';
import { Lock, RotateCw, TriangleAlert } from 'lucide-react';
import { useMemo, useState, type ComponentType, type ReactNode } from 'react';
import type { Problem } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows, ProblemNote } from '../../components/state-view.js';
import { useRole } from '../auth/auth-context.js';
import { ApproveStep } from './approve-step.js';
import { CheckStep } from './check-step.js';
import { FinishStep } from './finish-step.js';
import { MapStep } from './map-step.js';
import { currentStep, STEP_WORDS, stepLock, STEPS, type Plan, type StepName } from './migration-words.js';
import { RunStep } from './run-step.js';
import { SelectStep } from './select-step.js';
import { draftOf, isSame } from './plan-draft.js';
import { useOrders, usePlan, type PlanReading } from './use-plan.js';
import { VerifyStep } from './verify-step.js';
import { WizardContext, type Wizard } from './wizard.js';
import { WizardHead } from './wizard-head.js';
import './migrations.css';
import './migrations-narrow.css';


const PAGES: Readonly<Record<StepName, ComponentType>> = { select: SelectStep, map: MapStep, check: CheckStep, approve: ApproveStep, run: RunStep, verify: VerifyStep, finish: FinishStep };

/** What an order was refused for, with the button that leads on. */
function Refused({ problem, wizard }: { problem: Problem; wizard: Wizard }): ReactNode {
  const { plan, orders, off } = wizard;
  const again = () => void orders.send('check', ConsoleCheckMigrationPlanDocument, { id: plan.id }, ({ checkMigrationPlan }) => checkMigrationPlan).then((checked) => {
    if (!checked) return;
    wizard.put(checked);
    wizard.go('check');
  });
  const ways: Readonly<Record<string, readonly [string, () => void]>> = {
    PLAN_STALE: ['Read the plan again', wizard.reread],
    MIGRATION_OFFLINE: ['Try again', wizard.reread],
    PLAN_BLOCKED: ['Show what blocks', () => wizard.go('check')],
    APPROVAL_EXPIRED: ['Sign again', () => wizard.go('approve')],
    APPROVAL_MISSING: ['To the signatures', () => wizard.go('approve')],
    RUN_CONFLICT: ['Read the plan again', wizard.reread],
    CAPABILITY_CHANGED: ['Check again', again],
  };
  const way = ways[problem.code ?? ''];
  return (
    <div className="mig-note">
      <ProblemNote problem={problem} />
      {way && !off && (
        <button
          type="button"
          className="button small"
          onClick={() => {
            orders.forget();
            way[1]();
          }}
        >
          <RotateCw size={13} aria-hidden />
          {way[0]}
        </button>
      )}
    </div>
  );
}

/** A plan that may not go on as it is, and what to do. */
function PlanNote({ wizard }: { wizard: Wizard }): ReactNode {
  const { plan, orders, off } = wizard;
  const [stale, isVoid] = [plan.state === 'STALE', plan.state === 'VOID'];
  const failed = plan.state === 'DRAFT' && plan.code !== null;
  if ((!stale && !isVoid && !failed) || plan.run) return null;
  const check = () => void orders.send('check', ConsoleCheckMigrationPlanDocument, { id: plan.id }, ({ checkMigrationPlan }) => checkMigrationPlan).then((checked) => {
    if (!checked) return;
    wizard.put(checked);
    wizard.go('check');
  });
  return (
    <div className="callout warning mig-note" role="status">
      <div className="callout-head">
        <TriangleAlert size={15} className="text-warning" aria-hidden />
        <span>{isVoid ? 'This plan was discarded. Nothing was written.' : failed ? 'The last check could not be finished' : 'This plan is stale: signatures for it are void'}</span>
        {plan.code && <span className="code-line">{plan.code}</span>}
      </div>
      {!isVoid && <p className="callout-next">{plan.message ?? 'Something changed on a server since the plan was checked.'} {plan.kind === 'ROLLBACK' ? 'Make the undo again from its run.' : ''}</p>}
      {!isVoid && plan.kind === 'USERS' && (
        <button type="button" className="button small" aria-disabled={off !== null || orders.busy !== null || undefined} onClick={off ? undefined : check}>
          <RotateCw size={13} aria-hidden />
          Check again
        </button>
      )}
    </div>
  );
}

/** A change that was typed and not kept is not part of what the later steps show. */
function UnsavedNote({ wizard: { plan, edit, setEdit, go } }: { wizard: Wizard }): ReactNode {
  if (!edit || isSame(edit.draft, draftOf(plan))) return null;
  return (
    <div className="callout warning mig-note" role="status">
      <div className="callout-head">
        <TriangleAlert size={15} className="text-warning" aria-hidden />
        <span>You changed this plan and did not save it; what you see here is without your change</span>
      </div>
      <span className="inline">
        <button type="button" className="button small" onClick={() => go('map')}>
          Back to Map
        </button>
        <button type="button" className="button small quiet" onClick={() => setEdit(null)}>
          Forget the change
        </button>
      </span>
    </div>
  );
}

function Steps({ reading, plan, step }: { reading: PlanReading; plan: Plan; step: StepName | null }): ReactNode {
  const navigate = useNavigate();
  const superadmin = useRole('SUPERADMIN');
  const orders = useOrders('Your signature, a start and an undo write to a media server.');
  const [edit, setEdit] = useState<Wizard['edit']>(null);
  const [staged, setStaged] = useState<ReadonlyMap<string, MigrationDecisionInput>>(new Map());
  const [understood, setUnderstood] = useState<{ version: number; ids: ReadonlySet<string> }>({ version: plan.version, ids: new Set() });
  const at = step ?? currentStep(plan);
  const lock = stepLock(plan, at);
  const Page = PAGES[at];
  const wizard = useMemo(
    (): Wizard => ({
      plan,
      orders,
      off: superadmin ? null : 'Migrations need the role superadmin. FORBIDDEN',
      reread: reading.reread,
      put: reading.put,
      go: (name, search = {}) => void navigate({ to: '/migrations/$id/{-$step}', params: { id: plan.id, step: name }, search: ({ servers }) => ({ servers, ...search }) }),
      edit,
      setEdit,
      staged,
      stage: (decisions) => setStaged((before) => new Map([...before, ...decisions.map((decision) => [decision.id, decision] as const)])),
      unstage: () => setStaged(new Map()),
      understood: understood.version === plan.version ? understood.ids : new Set(),
      understand: (id, is) =>
        setUnderstood((before) => {
          const ids = new Set(before.version === plan.version ? before.ids : []);
          if (is) ids.add(id);
          else ids.delete(id);
          return { version: plan.version, ids };
        }),
    }),
    [plan, orders, superadmin, reading, navigate, edit, staged, understood],
  );
  return (
    <WizardContext value={wizard}>
      <WizardHead step={at} />
      <PlanNote wizard={wizard} />
      {at !== 'select' && at !== 'map' && <UnsavedNote wizard={wizard} />}
      {reading.error && (
        <div className="mig-note">
          <ProblemNote problem={reading.error} />
          <button type="button" className="button small" onClick={reading.reread}>
            <RotateCw size={13} aria-hidden />
            Try again
          </button>
        </div>
      )}
      {orders.problem && <Refused problem={orders.problem} wizard={wizard} />}
      {lock === null ? (
        <Page />
      ) : (
        <div className="panel">
          <EmptyState
            icon={Lock}
            title={`${STEP_WORDS[at]} is not open yet`}
            action={
              <button type="button" className="button small" onClick={() => wizard.go(currentStep(plan))}>
                Go on with {STEP_WORDS[currentStep(plan)]}
              </button>
            }
          >
            {lock}
          </EmptyState>
        </div>
      )}
      {orders.prompt}
    </WizardContext>
  );
}

/** One plan through all its steps. The address names plan and step, so that it can be left and taken up again anywhere. */
export default function WizardPage(): ReactNode {
  const { id, step } = useParams({ from: '/frame/migrations/$id/{-$step}' });
  const reading = usePlan(id);
  const named = STEPS.find((name) => name === step) ?? null;
  if (reading.plan) return <Steps key={id} reading={reading} plan={reading.plan} step={named} />;
  return (
    <>
      <div className="page-head">
        <h1 tabIndex={-1}>Migration</h1>
      </div>
      <div className="panel">{reading.error ? <ErrorState title={reading.error.code === 'MIGRATION_OFFLINE' ? 'The migration service does not run' : 'Usher could not read this plan'} problem={reading.error} onRetry={reading.reread} /> : <LoadingRows rows={8} height={48} label="Loading the plan" />}</div>
    </>
  );
}
