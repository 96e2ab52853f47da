import { ConsoleApproveMigrationPlanDocument, ConsoleStartMigrationRunDocument } from '@usher/api-client';
import { ArrowRight, CircleCheck, Clock, Lock, PenLine, Play } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { age, count, moment, plural } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { useAuth } from '../auth/auth-context.js';
import { AgentChecks, Limits, Lost, lossRows, Samples, Written } from './approve-parts.js';
import { approvalEnd, estimateWords, living, peopleWords } from './migration-words.js';
import { SignForm, Signers, type SignDraft } from './signatures.js';
import { useWizard } from './wizard.js';
import { Cells, Foot } from './wizard-head.js';

/** Starts the run of an approved plan. A repeat answers the run that exists. */
export function useStart(): () => void {
  const { plan, orders, off, put, go } = useWizard();
  return () => {
    if (off || orders.busy) return;
    void orders.send('start', ConsoleStartMigrationRunDocument, { planId: plan.id }, ({ startMigrationRun }) => startMigrationRun).then((run) => {
      if (!run) return;
      put({ ...plan, run, runId: run.runId });
      go('run');
    });
  };
}

function Countdown({ endMs }: { endMs: number }): ReactNode {
  const left = Math.max(0, endMs - useNow(1_000));
  const [minutes, seconds] = [Math.floor(left / 60_000), Math.floor(left / 1_000) % 60];
  return <>{minutes >= 60 ? age(left) : `${minutes}:${String(seconds).padStart(2, '0')}`}</>;
}

/** Signed by everybody who is needed: what was signed, until when, and the start. */
function Approved({ endMs }: { endMs: number }): ReactNode {
  const { plan, orders, off, go } = useWizard();
  const nowMs = useNow(1_000);
  const start = useStart();
  const signed = living(plan.approvals, nowMs);
  return (
    <>
      <Cells
        cells={[
          { label: 'Approval ends in', value: <Countdown endMs={endMs} />, unit: `at ${moment(endMs, nowMs)}`, note: signed.length > 1 ? 'the earlier end counts' : 'by the fleet’s clock' },
          { label: 'Signatures', value: signed.length, unit: `of ${plan.request.options.approvalsRequired}`, note: signed.map(({ name }) => name).join(', ') },
          { label: 'Writes', value: count(Math.min(...signed.map(({ maxWrites }) => maxWrites))), unit: 'at most', note: `${plan.target.alias} only` },
          { label: 'Undo', value: '30', unit: 'days', note: 'from the end of the run' },
          { label: 'Time', value: plan.estimate ? estimateWords(plan.estimate) : '–', note: 'quiet to watched' },
        ]}
      />
      <div className="mig-columns">
        <div className="stack-panels">
          <AgentChecks />
          <Limits />
        </div>
        <aside className="panel mig-side" aria-label="Signatures">
          <Signers />
        </aside>
      </div>
      <Foot
        icon={<CircleCheck size={16} className="text-play" aria-hidden />}
        title={plan.run ? 'The run of this plan has begun' : 'Approved. Nothing has been written yet'}
        actions={
          plan.run ? (
            <button type="button" className="button primary" onClick={() => go('run')}>
              To the run
              <ArrowRight size={15} aria-hidden />
            </button>
          ) : (
            <button type="button" className="button primary" aria-disabled={off !== null || orders.busy !== null || undefined} onClick={start}>
              <Play size={14} aria-hidden />
              Start the run
            </button>
          )
        }
      >
        {off ?? 'Starting asks for a fresh sign-in. A changed plan voids every signature.'}
      </Foot>
    </>
  );
}

/** Fourth step: one page to read before signing. Nothing folds, nothing needs hover. */
export function ApproveStep(): ReactNode {
  const wizard = useWizard();
  const { plan, orders, off, put, understood, understand, go } = wizard;
  const nowMs = useNow(1_000);
  const viewer = useAuth().welcome?.viewer;
  const [draft, setDraft] = useState<SignDraft>({ minutes: 60, maxWrites: String(Math.max(1, plan.counts.writes)), alias: '' });
  const needed = plan.request.options.approvalsRequired;
  const signed = living(plan.approvals, nowMs);
  const endMs = approvalEnd(plan.approvals, nowMs);
  if (signed.length >= needed && endMs !== null) return <Approved endMs={endMs} />;

  const undo = plan.kind === 'ROLLBACK';
  const rows = undo ? [] : lossRows(plan);
  const unread = rows.filter(({ key }) => !understood.has(key)).length;
  const limit = Number(draft.maxWrites);
  const over = plan.approvals.length > 0 && signed.length === 0;
  const fixed =
    off ??
    (plan.run && plan.run.state !== 'PAUSED' ? 'This plan has been carried out.' : null) ??
    (plan.state === 'STALE' || plan.state === 'VOID' ? 'This plan cannot be signed any more.' : null) ??
    (needed === 2 && plan.initiator.operatorId === viewer?.id ? 'Two other superadmins have to sign: you made this plan. FORBIDDEN' : null) ??
    (signed.some(({ operatorId }) => operatorId === viewer?.id) ? 'You have signed; another superadmin is needed.' : null);
  const missing = [
    ...(unread > 0 ? [`${plural(unread, 'loss', 'losses')} to read and tick`] : []),
    ...(!Number.isInteger(limit) || limit < 1 || limit > Math.max(1, plan.counts.writes) ? ['the write limit'] : []),
    ...(draft.alias !== plan.target.alias ? ['the name of the server'] : []),
  ];
  const sign = async () => {
    if (fixed || missing.length > 0 || orders.busy) return;
    const approved = await orders.send('approve', ConsoleApproveMigrationPlanDocument, { input: { id: plan.id, version: plan.version, hash: plan.planSha256 ?? '', targetAlias: draft.alias, minutes: draft.minutes, maxWrites: limit } }, ({ approveMigrationPlan }) => approveMigrationPlan);
    if (approved) put(approved);
  };
  const lossy = rows.filter(({ kind }) => kind === 'LOSSY').length;
  return (
    <>
      <div className="mig-sentence">
        <h2>{undo ? `What a run wrote on ${plan.target.alias} is taken back.` : `${peopleWords(plan.users.length)} watch history and access is copied from ${plan.source.alias} to ${plan.target.alias}.`}</h2>
        <p className="dim">
          {plural(plan.counts.writes, 'write')} on one server, no files, {undo ? 'only accounts that the run made may be removed' : 'no deletions'}. Planned by {plan.initiator.name}
          {plan.frozenAt && `, frozen ${moment(Date.parse(plan.frozenAt), nowMs)}`}. {plural(plan.counts.decisions, 'decision')} by hand.{' '}
          <button type="button" className="link" onClick={() => go('check')}>
            Read the whole plan
          </button>
        </p>
      </div>
      {over && (
        <div className="callout warning mig-note" role="status">
          <div className="callout-head">
            <Clock size={15} className="text-warning" aria-hidden />
            <span>Every signature of this plan has ended or was revoked</span>
            <span className="code-line">APPROVAL_EXPIRED</span>
          </div>
          <p className="callout-next">The plan is unchanged; sign the same hash again, or check it again if you doubt it.</p>
        </div>
      )}
      <Cells
        cells={[
          { label: 'Servers written', value: plan.target.alias, note: 'only this one' },
          { label: 'Writes', value: count(plan.counts.writes), note: 'at most' },
          { label: 'Deletions', value: undo ? '–' : 0, note: undo ? 'unused accounts of the run only' : 'on either server' },
          { label: 'Files', value: 0, unit: 'bytes', note: 'nothing is copied' },
          { label: 'Lossy or left', value: <span className={rows.length > 0 ? 'text-warning' : ''}>{rows.length}</span>, unit: rows.length === 1 ? 'reason' : 'reasons', note: rows.length > 0 ? `${lossy} lossy, ${rows.length - lossy} not carried; all listed below` : 'nothing' },
          { label: 'Undo', value: undo ? '–' : '30', unit: undo ? '' : 'days', note: undo ? 'an undo is not undone' : 'after the run ends' },
        ]}
      />
      <div className="mig-columns">
        <div className="stack-panels">
          <Written />
          {!undo && <Lost rows={rows} ticked={understood} onTick={fixed ? null : understand} />}
          <Limits />
        </div>
        <div className="stack-panels">
          <aside className="panel mig-side" aria-label="Signature">
            <Signers />
            <SignForm draft={draft} onDraft={setDraft} disabled={fixed !== null} />
          </aside>
          <Samples />
        </div>
      </div>
      <Foot
        icon={<PenLine size={16} className="dim" aria-hidden />}
        title={fixed ?? (missing.length > 0 ? `${plural(missing.length, 'thing is', 'things are')} missing: ${missing.join(', ')}` : 'Everything is there to sign')}
        actions={
          <>
            <button type="button" className="button quiet back" onClick={() => go('check')}>
              Back to {undo ? 'the rows' : 'Check'}
            </button>
            <button type="button" className={`button ${fixed || missing.length > 0 ? '' : 'primary'}`} aria-disabled={fixed !== null || missing.length > 0 || orders.busy !== null || undefined} onClick={() => void sign()}>
              <Lock size={14} aria-hidden />
              Sign {plural(plan.counts.writes, 'write')} on {plan.target.alias}
            </button>
          </>
        }
      >
        Signing starts nothing. One changed row makes a new hash and voids every signature.
      </Foot>
    </>
  );
}
