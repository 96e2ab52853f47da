import { Check, CircleDashed, RotateCcw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.js';
import { Field } from '../../components/field.js';
import { count, moment, zone } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import { useAuth } from '../auth/auth-context.js';
import { estimateWords, fingerprint, inFours, living, type Approval } from './migration-words.js';
import { RevokeDialog } from './revoke.js';
import { useWizard } from './wizard.js';

/** What a person types before signing. */
export interface SignDraft {
  readonly minutes: number;
  readonly maxWrites: string;
  readonly alias: string;
}

export const VALIDITIES = [[15, '15 min'], [60, '60 min'], [240, '4 h'], [1_440, '24 h']] as const;

/** The state of one signature in a word. */
function standing({ revokedAt, expiresAt }: Approval, nowMs: number): string | null {
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) <= nowMs ? 'ended' : null;
}

function Signer({ approval, onRevoke }: { approval: Approval; onRevoke: (() => void) | null }): ReactNode {
  const nowMs = useNow(1_000);
  const viewer = useAuth().welcome?.viewer;
  const over = standing(approval, nowMs);
  return (
    <li>
      <span className={`mig-signed ${over ? 'over' : ''}`} aria-hidden>
        {over ? <CircleDashed size={14} /> : <Check size={13} />}
      </span>
      <span>
        <b className="strong">{approval.name}</b> {viewer?.id === approval.operatorId && <span className="badge fact">you</span>}
        <span className="small dim block">
          {over ? `signature ${over}` : `until ${moment(Date.parse(approval.expiresAt), nowMs)}, ${count(approval.maxWrites)} writes at most`}
        </span>
        <span className="small block">
          <span className="dim">fingerprint</span> <code>{fingerprint(approval.sha256)}</code>
        </span>
      </span>
      <span className="small dim mig-signer-end">
        {moment(Date.parse(approval.notBefore), nowMs)}
        {onRevoke && !over && (
          <button type="button" className="button small danger" onClick={onRevoke}>
            Revoke…
          </button>
        )}
      </span>
    </li>
  );
}

/** Who signed, who is still to sign, and why somebody cannot. */
export function Signers(): ReactNode {
  const { plan, off } = useWizard();
  const nowMs = useNow(1_000);
  const viewer = useAuth().welcome?.viewer;
  const [revoking, setRevoking] = useState<Approval | null>(null);
  const needed = plan.request.options.approvalsRequired;
  const given = living(plan.approvals, nowMs).length;
  const author = plan.initiator.operatorId === viewer?.id;
  const signed = living(plan.approvals, nowMs).some(({ operatorId }) => operatorId === viewer?.id);
  return (
    <>
      <div className="mig-side-head">
        <h2>Signatures</h2>
        <span className="aside small dim">
          {needed} needed, {given} given
        </span>
      </div>
      <p className="small dim mig-side-note">
        {plan.initiator.name} made the plan{needed === 2 ? ', so they cannot sign it.' : '.'}
      </p>
      <ul className="mig-signers">
        {plan.approvals.map((approval) => (
          <Signer key={approval.sha256} approval={approval} onRevoke={off ? null : () => setRevoking(approval)} />
        ))}
        {given < needed && (
          <li>
            <span className="mig-signed open" aria-hidden>
              {given + 1}
            </span>
            <span>
              <b className="strong">{needed === 2 && author ? 'Another superadmin' : signed ? 'A second superadmin' : (viewer?.name ?? 'A superadmin')}</b> {!signed && !(needed === 2 && author) && <span className="badge fact">you</span>}
            </span>
            <span className="small dim mig-signer-end">{signed || (needed === 2 && author) ? 'waiting' : 'waiting for you'}</span>
          </li>
        )}
      </ul>
      {revoking && <RevokeDialog approval={revoking} isOwn={revoking.operatorId === viewer?.id} onClose={() => setRevoking(null)} />}
    </>
  );
}

/** The whole hash in fours; its first twelve digits are the ones that people compare. */
export function PlanHash({ sha256 }: { sha256: string }): ReactNode {
  return (
    <div className="mig-hash">
      <div className="inline">
        <span className="strong">Plan hash</span>
        <CopyButton text={sha256} label="Copy the whole hash" />
      </div>
      <code>
        {inFours(sha256).map((part, index) => (
          <span key={index} className={index < 3 ? 'strong' : 'dim'}>
            {part}
          </span>
        ))}
      </code>
    </div>
  );
}

/** Validity, write limit and alias. What is wrong stands at its field. */
export function SignForm({ draft, onDraft, disabled }: { draft: SignDraft; onDraft(draft: SignDraft): void; disabled: boolean }): ReactNode {
  const { plan } = useWizard();
  const nowMs = useNow(60_000);
  const most = Math.max(1, plan.counts.writes);
  const limit = Number(draft.maxWrites);
  const wrongLimit = !Number.isInteger(limit) || limit < 1 || limit > most;
  const share = plan.estimate ? Math.min(1, plan.estimate.watchedMs / (draft.minutes * 60_000)) : 0;
  return (
    <>
      <fieldset className="mig-side-part choices">
        <legend className="strong">Valid for</legend>
        <div className="mig-validity">
          {VALIDITIES.map(([minutes, word]) => (
            <label key={minutes} className={`mig-radio ${draft.minutes === minutes ? 'chosen' : ''}`}>
              <input type="radio" name="validity" checked={draft.minutes === minutes} disabled={disabled} onChange={() => onDraft({ ...draft, minutes })} />
              {word}
            </label>
          ))}
        </div>
        <div className="mig-window" aria-hidden>
          <span style={{ width: `${Math.max(2, share * 100)}%` }} />
        </div>
        <p className="small dim mig-window-words">
          <span>{moment(nowMs, nowMs)} now</span>
          <span>{plan.estimate ? `run ${estimateWords(plan.estimate)}` : ''}</span>
          <span>ends {moment(nowMs + draft.minutes * 60_000, nowMs)}</span>
        </p>
        <p className="small dim">{share >= 1 ? <span className="text-warning">The run may take longer than this. It pauses when the signature ends; the same plan can be signed again.</span> : `${zone()}. With two signatures the earlier end counts.`}</p>
      </fieldset>
      <div className="mig-side-part">
        <Field label={`Write limit on ${plan.target.alias}`} inputMode="numeric" value={draft.maxWrites} disabled={disabled} onValue={(maxWrites) => onDraft({ ...draft, maxWrites })} error={wrongLimit ? `A number from 1 to ${count(most)}.` : null} hint={limit === most ? 'Exactly the plan; the agent stops there.' : 'Less than the plan: the run stops at this limit.'} />
      </div>
      <div className="mig-side-part">
        <PlanHash sha256={plan.planSha256 ?? ''} />
        <p className="small dim">
          In a terminal: <code>usher migrations show {plan.id.slice(-8)}</code>
        </p>
      </div>
      <div className="mig-side-part">
        <Field label={`Type ${plan.target.alias}, the server that is written`} value={draft.alias} disabled={disabled} autoComplete="off" spellCheck={false} onValue={(alias) => onDraft({ ...draft, alias })} note={draft.alias === plan.target.alias ? <Check size={14} className="text-play" aria-label="typed right" role="img" /> : undefined} error={draft.alias !== '' && !plan.target.alias.startsWith(draft.alias) ? 'This is not the server that is written.' : null} />
        <p className="small dim inline">
          <RotateCcw size={13} aria-hidden /> Your password is asked when you sign; it counts for five minutes.
        </p>
      </div>
    </>
  );
}
