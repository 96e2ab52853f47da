import { ArrowRight, Check, CircleCheck, GitMerge, MailCheck, Plus, TriangleAlert, UserX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { initials } from '../../format/media.js';
import { EVIDENCE } from './migration-words.js';
import { candidatesFor, freeName, type Account, type DraftUser, type Pairing } from './plan-draft.js';

/** Initials in a ring. */
export const PersonMark = ({ name, large = false }: { name: string; large?: boolean }): ReactNode => (
  <span className={`person-mark ${large ? 'large' : ''}`} aria-hidden>
    {initials(name)}
  </span>
);

function Evidence({ pairing: { outcome, suggestion, choice, open, user } }: { pairing: Pairing }): ReactNode {
  if (outcome === 'skip') return <><UserX size={14} className="faint" aria-hidden /> <span className="dim">Left out of this plan</span></>;
  if (open) return <><TriangleAlert size={14} className="text-warning" aria-hidden /> <span className="text-warning">{open}</span></>;
  if (outcome === 'create') return <><Plus size={14} className="dim" aria-hidden /> <span className="dim">{choice.decision === 'CREATE' ? 'A new account, chosen by hand' : 'No candidate'}</span></>;
  if (choice.decision !== 'SUGGEST') return <><CircleCheck size={14} className="text-play" aria-hidden /> <span>{outcome === 'merge' ? 'Merged into one, chosen by hand' : 'Chosen by hand'}</span></>;
  const Icon = suggestion.evidence === 'email' ? MailCheck : suggestion.evidence === 'identity' ? GitMerge : CircleCheck;
  return (
    <>
      <Icon size={14} className="text-play" aria-hidden />
      <span>
        {EVIDENCE[suggestion.evidence]?.word}
        {suggestion.evidence === 'email' && <span className="small dim block">{user.identity?.email}</span>}
      </span>
    </>
  );
}

/** What speaks for one answer, and what is missing. */
function pointsFor(user: Account, other: Account): { good: string[]; bad: string[] } {
  const [mine, theirs] = [user.identity?.email ?? user.email, other.identity?.email ?? other.email];
  const same = user.name.trim().toLowerCase() === other.name.trim().toLowerCase();
  const good = [...(same ? ['the same name'] : []), ...(mine && mine === theirs ? [`both are said to have ${mine}`] : [])];
  const bad = [
    ...(mine && theirs && mine !== theirs ? ['their addresses differ'] : !mine || !theirs ? ['no e-mail to compare'] : []),
    ...(mine && mine === theirs && !(user.identity?.isEmailVerified && other.identity?.isEmailVerified) ? ['the address is not verified for both'] : []),
    ...(user.isAdministrator !== other.isAdministrator ? ['one is an administrator, the other is not'] : []),
    ...(same ? ['a name alone proves nothing'] : []),
  ];
  return { good, bad };
}

type Answer = { readonly kind: 'account'; readonly account: Account } | { readonly kind: 'create'; readonly name: string };

/** Who is this on the target? Candidates come before a new user, nothing is chosen beforehand. */
function Question({ pairing, targets, source, target, onChoice }: { pairing: Pairing; targets: readonly Account[]; source: string; target: string; onChoice(choice: DraftUser): void }): ReactNode {
  const { user, suggestion, choice } = pairing;
  const free = freeName(choice.targetName ?? user.name, targets);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [name, setName] = useState(free);
  const candidates = candidatesFor(user, targets, suggestion.target);
  const taken = freeName(name.trim() || ' ', targets) !== (name.trim() || ' ');
  const use = () => {
    if (!answer) return;
    if (answer.kind === 'account') onChoice({ decision: 'MAP', targetVendorId: answer.account.vendorId, targetName: null });
    else if (name.trim() && !taken) onChoice({ decision: 'CREATE', targetVendorId: null, targetName: name.trim() });
  };
  const wrongName = answer?.kind === 'create' && (name.trim() === '' || taken);
  const group = `answer-${user.vendorId}`;
  return (
    <fieldset className="mig-question">
      <legend className="strong">
        Is “{user.name}” on {source} the same person as somebody on {target}?
      </legend>
      <div className="mig-answers">
        {candidates.map((account) => {
          const { good, bad } = pointsFor(user, account);
          return (
            <label key={account.vendorId} className="mig-answer">
              <span className="inline">
                <input type="radio" name={group} checked={answer?.kind === 'account' && answer.account === account} onChange={() => setAnswer({ kind: 'account', account })} />
                <b>{account.name}</b>
                <span className={`push small ${account === suggestion.target ? 'text-warning' : 'dim'}`}>{account === suggestion.target ? 'same name only' : 'look-alike'}</span>
              </span>
              <ul className="small">
                {good.map((text) => (
                  <li key={text} className="dim">
                    <Check size={12} className="text-play" aria-hidden /> {text}
                  </li>
                ))}
                {bad.map((text) => (
                  <li key={text} className="text-warning">
                    <span aria-hidden>✕</span> {text}
                  </li>
                ))}
              </ul>
            </label>
          );
        })}
        <div className="mig-answer">
          <label className="inline">
            <input type="radio" name={group} checked={answer?.kind === 'create'} onChange={() => setAnswer({ kind: 'create', name: free })} />
            <b>{name || free}</b>
            <span className="push small dim">new user</span>
          </label>
          <input className="input" aria-label={`Name of the new user for ${user.name}`} aria-invalid={wrongName || undefined} value={name} onChange={(event) => setName(event.target.value)} onFocus={() => setAnswer({ kind: 'create', name: free })} />
          <span className={`small ${wrongName ? 'field-error' : 'dim'}`}>{wrongName ? (taken ? 'This name is taken on the target.' : 'A new user needs a name.') : 'nothing is mixed up, can be merged later'}</span>
        </div>
      </div>
      <div className="inline mig-question-foot">
        <span className="small dim push-right">Usher never merges by name. Your choice is kept with your name in the plan.</span>
        <button type="button" className="button quiet" onClick={() => onChoice({ decision: 'SKIP', targetVendorId: null, targetName: null })}>
          Skip {user.name}
        </button>
        <button type="button" className="button" aria-disabled={!answer || wrongName || undefined} onClick={use}>
          Use this choice
        </button>
      </div>
    </fieldset>
  );
}

interface PairingRowProps {
  pairing: Pairing;
  isDouble: boolean;
  open: boolean;
  source: string;
  target: string;
  targets: readonly Account[];
  /** Null = it can only be looked at. */
  onChoice: ((choice: DraftUser) => void) | null;
  onOpen(open: boolean): void;
}

const OUTCOMES = [['SUGGEST', 'As suggested'], ['MAP', 'Map to an account'], ['CREATE', 'Create'], ['MERGE', 'Merge into an account'], ['SKIP', 'Skip']] as const;

/** Person left, line, evidence, line, account right, decision. */
export function PairingRow({ pairing, isDouble, open, source, target, targets, onChoice, onOpen }: PairingRowProps): ReactNode {
  const { user, outcome, name, choice } = pairing;
  const wanted = pairing.open ?? (isDouble ? 'Another user goes to this account already; merge them or choose another one.' : null);
  const line = wanted ? 'guess' : outcome === 'create' ? 'new' : outcome === 'skip' ? 'none' : 'proof';
  const pick = (decision: (typeof OUTCOMES)[number][0]) => {
    if (decision === 'MAP' || decision === 'MERGE') return onChoice?.({ decision, targetVendorId: pairing.target?.vendorId ?? targets[0]?.vendorId ?? null, targetName: null });
    return onChoice?.({ decision, targetVendorId: null, targetName: decision === 'CREATE' ? freeName(user.name, targets) : null });
  };
  return (
    <li className={`mig-pairing ${wanted ? 'wanted' : ''}`} id={`pair-${user.vendorId}`} tabIndex={-1}>
      <div className="mig-pairing-row">
        <PersonMark name={user.identity?.displayName ?? user.name} />
        <span className="mig-who">
          <b className="strong block clip">{user.name}</b>
          <span className="small dim block clip">{user.identity?.displayName ?? user.email ?? 'nobody known'}</span>
        </span>
        <span className={`mig-line ${line}`} aria-hidden />
        <span className="inline mig-evidence">
          <Evidence pairing={isDouble && !pairing.open ? { ...pairing, open: wanted } : pairing} />
        </span>
        <span className={`mig-line ${line} arrow`} aria-hidden />
        <span className="mig-who">
          <b className={`strong block clip ${wanted ? 'text-warning' : ''}`}>{outcome === 'skip' ? '–' : name}</b>
          <span className="small dim block">{outcome === 'create' ? 'new user' : outcome === 'skip' ? 'not carried' : outcome === 'merge' ? 'merged into it' : wanted ? 'proposed' : 'existing'}</span>
        </span>
        <span className="mig-pairing-end">
          <select className="input filter-select" aria-label={`What becomes of ${user.name}`} value={choice.decision} disabled={!onChoice} onChange={(event) => pick(event.target.value as (typeof OUTCOMES)[number][0])}>
            {OUTCOMES.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
          {wanted && onChoice && (
            <button type="button" className="button small" aria-expanded={open} onClick={() => onOpen(!open)}>
              {open ? 'Close' : 'Decide'}
              {!open && <ArrowRight size={12} aria-hidden />}
            </button>
          )}
        </span>
      </div>
      {(choice.decision === 'MAP' || choice.decision === 'MERGE') && (
        <label className="inline small dim mig-account-choice">
          {choice.decision === 'MERGE' ? 'Becomes one with' : 'Account'} on {target}
          <select className="input filter-select" value={choice.targetVendorId ?? ''} disabled={!onChoice} onChange={(event) => onChoice?.({ ...choice, targetVendorId: event.target.value })}>
            {!pairing.target && <option value={choice.targetVendorId ?? ''}>not there any more</option>}
            {targets.map(({ vendorId, name: account }) => (
              <option key={vendorId} value={vendorId}>
                {account}
              </option>
            ))}
          </select>
        </label>
      )}
      {choice.decision === 'CREATE' && !open && (
        <label className="inline small dim mig-account-choice">
          Name on {target}
          <input className="input" value={choice.targetName ?? ''} placeholder={user.name} disabled={!onChoice} onChange={(event) => onChoice?.({ ...choice, targetName: event.target.value })} />
        </label>
      )}
      {wanted && open && onChoice && <Question key={choice.decision} pairing={pairing} targets={targets} source={source} target={target} onChoice={(next) => { onChoice(next); onOpen(false); }} />}
    </li>
  );
}
