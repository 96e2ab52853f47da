import { Link } from '@tanstack/react-router';
import { ArrowRight, Check, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { Path } from '../../components/path.js';
import { moment } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { currentStep, stateBadge, STEP_WORDS, stepLock, stepsOf, type Plan, type Run, type StepName, type Tone } from './migration-words.js';
import { useWizard } from './wizard.js';

export function StateBadge({ state, run }: { state: Plan['state']; run: Pick<Run, 'state'> | null }): ReactNode {
  const { word, tone } = stateBadge(state, run);
  return <ToneBadge tone={tone}>{word}</ToneBadge>;
}

export const ToneBadge = ({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode => <span className={`badge ${tone} ${tone === 'accent' || tone === 'ok' ? 'mig-filled' : ''}`}>{children}</span>;

/** `Basement → Attic` with both marks. */
export function FromTo({ source, target }: Pick<Plan, 'source' | 'target'>): ReactNode {
  return (
    <>
      <VendorGlyph kind={source.kind} />
      <span className="clip">{source.alias}</span>
      <ArrowRight size={15} className="dim" aria-label="to" role="img" />
      <VendorGlyph kind={target.kind} />
      <span className="clip">{target.alias}</span>
    </>
  );
}

function StepBar({ step }: { step: StepName }): ReactNode {
  const { plan } = useWizard();
  const steps = stepsOf(plan);
  const reached = steps.indexOf(currentStep(plan));
  return (
    <nav aria-label="Steps" className="mig-steps">
      <ol>
        {steps.map((name, index) => {
          const lock = stepLock(plan, name);
          const words = (
            <>
              {index < reached && name !== step ? <Check size={13} aria-hidden className="accent" /> : <span aria-hidden>{index + 1}</span>}
              <span className="mig-step-word">{name === 'check' && plan.kind === 'ROLLBACK' ? 'Rows' : STEP_WORDS[name]}</span>
              {index < reached && <span className="sr-only">, done</span>}
            </>
          );
          const look = index < reached ? 'done' : '';
          return (
            <li key={name} className={`${look} ${name === step ? 'here' : ''}`}>
              {lock === null ? (
                <Link to="/migrations/$id/{-$step}" params={{ id: plan.id, step: name }} search={({ servers }) => ({ servers })} className="mig-step" aria-current={name === step ? 'step' : undefined}>
                  {words}
                </Link>
              ) : (
                <span className="mig-step faint" title={lock} aria-current={name === step ? 'step' : undefined}>
                  {words}
                  <span className="sr-only">, not open yet</span>
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** Which plan, in which state, at which step; and that the source stays as it is. */
export function WizardHead({ step }: { step: StepName }): ReactNode {
  const { plan } = useWizard();
  const nowMs = useNow(60_000);
  const steps = stepsOf(plan);
  return (
    <>
      <div className="page-head mig-head">
        <Path steps={[{ to: '/migrations', label: 'Migrations' }]} />
        <h1 tabIndex={-1} className="inline">
          {plan.kind === 'ROLLBACK' && <span>Undo</span>}
          <FromTo source={plan.source} target={plan.target} />
        </h1>
        <StateBadge state={plan.state} run={plan.run} />
        <span className="inline small dim">
          plan <code>{plan.id.slice(-8)}</code>
          <CopyButton text={plan.id} label="Copy the id of this plan" />
        </span>
        <span className="push inline small dim mig-head-end">
          {plan.planSha256 && (
            <span className="inline">
              hash <code>{plan.planSha256.slice(0, 12)}</code>
              <CopyButton text={plan.planSha256} label="Copy the hash of this plan" />
            </span>
          )}
          {!plan.planSha256 && plan.checkedAt && <span>checked {moment(Date.parse(plan.checkedAt), nowMs)}</span>}
          <span className="inline">
            <ShieldCheck size={14} aria-hidden />
            Nothing is changed on {plan.source.alias}
          </span>
        </span>
        <span className="mig-step-words small dim">
          Step {steps.indexOf(step) + 1} of {steps.length} · {STEP_WORDS[step]}
        </span>
      </div>
      <StepBar step={step} />
    </>
  );
}

export interface CellProps {
  label: string;
  value: ReactNode;
  unit?: string;
  note?: ReactNode;
}

/** The strip of figures below the steps. */
export function Cells({ cells }: { cells: readonly CellProps[] }): ReactNode {
  return (
    <dl className="panel mig-cells">
      {cells.map(({ label, value, unit, note }) => (
        <div key={label}>
          <dt className="small dim">{label}</dt>
          <dd>
            <span className="panel-number">
              {value}
              {unit && <span className="small dim"> {unit}</span>}
            </span>
            <span className="small dim block">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What is still to do, in words; the primary button does the next thing. */
export function Foot({ icon, title, children, actions }: { icon: ReactNode; title: ReactNode; children?: ReactNode; actions: ReactNode }): ReactNode {
  return (
    <div className="mig-foot">
      {icon}
      <span className="push-right">
        <b className="block">{title}</b>
        {children && <span className="small dim block">{children}</span>}
      </span>
      {actions}
    </div>
  );
}
