import { ConsoleIdentityOfDocument, ConsoleLinkUsersDocument, ConsoleMergeIdentitiesDocument, ConsoleRefuseIdentitySuggestionDocument } from '@usher/api-client';
import { Check, GitMerge, Info, MailCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { VendorGlyph } from '../../components/glyphs.js';
import { Dialog } from '../../components/dialog.js';
import { LoadingRows, ProblemNote } from '../../components/state-view.js';
import { problemOf } from '../../api/problem.js';
import { plural } from '../../format/units.js';
import { useNarrow } from '../../frame/use-media.js';
import type { FleetServer } from '../../live/live-types.js';
import { claimOf, playsOf, sharedServers, sideName, SUGGESTION_WORDS, watched, watchedMs, type Person, type Suggestion, type SuggestionSide } from './identity-words.js';
import { useActs } from './use-acts.js';

type Half = Pick<Person, 'displayName' | 'accounts' | 'emails'> & { readonly id: string | null };

/** An account that belongs to nobody yet, shown as a person of its own. */
const lonely = ({ userName, serverId, userVendorId, email }: SuggestionSide): Half => ({
  id: null,
  displayName: userName,
  accounts: [{ serverId, userVendorId, userName, enabled: true, isAdministrator: false, isThere: true, evidence: '', linkedAt: '', linkedBy: '', lastSeenAt: null, plays30d: 0, watchedMs30d: 0, streams: 0 }],
  emails: email ? [{ email, source: '', createdAt: '', verifiedAt: null, verifiedBy: null }] : [],
});

/** A side of the suggestion with everything that is known; null while it is read. */
function useHalf(side: SuggestionSide): { half: Half | null; problem: ReturnType<typeof problemOf> | null } {
  const [{ data, error }] = useQuery({ query: ConsoleIdentityOfDocument, variables: { id: side.identityId ?? '' }, pause: side.identityId === null, requestPolicy: 'network-only' });
  if (side.identityId === null) return { half: lonely(side), problem: null };
  return { half: data?.identity ?? null, problem: error ? problemOf(error) : null };
}

function Accounts({ half, byId }: { half: Half; byId: ReadonlyMap<string, FleetServer> }): ReactNode {
  return (
    <ul>
      {half.accounts.map(({ serverId, userVendorId, userName }) => (
        <li key={`${serverId}${userVendorId}`} className="inline">
          <VendorGlyph kind={byId.get(serverId)?.kind ?? null} size={14} />
          <span className="clip">
            {byId.get(serverId)?.alias ?? 'removed server'} <span className="dim">{userName}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Preview({ suggestion, left, right, byId, onClose, onDone }: { suggestion: Suggestion; left: Half; right: Half; byId: ReadonlyMap<string, FleetServer>; onClose(): void; onDone(id: string | null): void }): ReactNode {
  const acts = useActs();
  const [name, setName] = useState<'left' | 'right'>('left');
  const [sure, setSure] = useState(false);
  const shared = sharedServers(left, right);
  const accounts = [...left.accounts, ...right.accounts];
  const emails = [...new Set([...left.emails, ...right.emails].map(({ email }) => email))];
  const chosen = name === 'left' ? left : right;
  const needsWord = shared.length > 0 || !suggestion.isProof;
  const merge = async () => {
    if (acts.busy || (needsWord && !sure)) return;
    const evidence = claimOf(suggestion);
    const allowSameServer = shared.length > 0;
    if (left.id !== null && right.id !== null) {
      const done = await acts.send(ConsoleMergeIdentitiesDocument, { input: { intoId: left.id, fromId: right.id, displayName: chosen.displayName, evidence, allowSameServer } });
      if (done) onDone(done.mergeIdentities.id);
      return;
    }
    const keys = [suggestion.one, suggestion.other].map(({ serverId, userVendorId }) => ({ serverId, userVendorId }));
    const done = await acts.send(ConsoleLinkUsersDocument, { input: { accounts: keys, identityId: left.id ?? right.id, displayName: left.id === null && right.id === null ? chosen.displayName : null, evidence, allowSameServer } });
    if (done) onDone(done.linkUsers.id);
  };
  const refuse = async () => {
    if (await acts.send(ConsoleRefuseIdentitySuggestionDocument, { key: suggestion.key })) onDone(null);
  };
  const emailsOf = (half: Half) => (half.emails.length === 0 ? <span className="faint">none known</span> : half.emails.map(({ email, verifiedAt }) => <span key={email} className="block clip">{email} {verifiedAt === null && <span className="small dim">not verified</span>}</span>));
  const rows: readonly (readonly [string, ReactNode, ReactNode, ReactNode])[] = [
    [
      'Name',
      <label key="l" className="inline"><input type="radio" name="merge-name" checked={name === 'left'} onChange={() => setName('left')} /> {left.displayName}</label>,
      <label key="r" className="inline"><input type="radio" name="merge-name" checked={name === 'right'} onChange={() => setName('right')} /> {right.displayName}</label>,
      <b key="a">{chosen.displayName}</b>,
    ],
    ['Accounts', <Accounts key="l" half={left} byId={byId} />, <Accounts key="r" half={right} byId={byId} />, <b key="a">{plural(accounts.length, 'account')}, {plural(new Set(accounts.map(({ serverId }) => serverId)).size, 'server')}</b>],
    ['E-mail', emailsOf(left), emailsOf(right), <span key="a">{emails.length === 0 ? '–' : emails.map((email) => <b key={email} className="block clip">{email}</b>)}</span>],
    ['Watched, 30 d', `${watched(watchedMs(left))}, ${plural(playsOf(left), 'play')}`, `${watched(watchedMs(right))}, ${plural(playsOf(right), 'play')}`, <span key="a"><b>{watched(watchedMs(left) + watchedMs(right))}, {plural(playsOf(left) + playsOf(right), 'play')}</b><span className="small dim block">added up in Usher only</span></span>],
  ];
  return (
    <>
      <div className={`id-merge-why inline ${suggestion.isProof ? '' : 'text-warning'}`}>
        {suggestion.isProof ? <MailCheck size={15} className="text-play" aria-hidden /> : <TriangleAlert size={15} aria-hidden />}
        <span>
          <b>{SUGGESTION_WORDS[suggestion.evidence]}</b> <span className="dim">{suggestion.detail}</span>
        </span>
      </div>
      <div className="dialog-body id-merge-body" tabIndex={0} role="group" aria-label="Before and after">
        <table className="id-merge">
          <thead>
            <tr>
              <th scope="col">
                <span className="sr-only">Field</span>
              </th>
              <th scope="col">{left.displayName}</th>
              <th scope="col">{right.displayName}</th>
              <th scope="col" className="after">
                After the merge
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([label, one, other, after]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{one}</td>
                <td>{other}</td>
                <td className="after">{after}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <ul className="id-merge-notes small">
          <li>
            <Check size={13} className="text-play" aria-hidden /> Nothing is written to a media server
          </li>
          <li>
            {shared.length === 0 ? <Check size={13} className="text-play" aria-hidden /> : <TriangleAlert size={13} className="text-warning" aria-hidden />}
            {shared.length === 0 ? 'No server holds two of these accounts' : `${shared.map((id) => byId.get(id)?.alias ?? 'a removed server').join(', ')} would hold two accounts of one person`}
          </li>
          <li>
            <Check size={13} className="text-play" aria-hidden /> {left.id !== null && right.id !== null ? 'Undo puts both people back for 30 days' : 'You can split again at any time'}
          </li>
          <li>
            <Info size={13} className="dim" aria-hidden /> To bring watch states together, plan a migration
          </li>
        </ul>
        {needsWord && (
          <label className="choice">
            <input type="checkbox" checked={sure} onChange={(event) => setSure(event.target.checked)} />
            <span>I know that this is one person. My name stands beside the link.</span>
          </label>
        )}
        {acts.problem && <ProblemNote problem={acts.problem} />}
      </div>
      <div className="dialog-foot">
        <span className="push-right small dim">You can split again at any time.</span>
        <button type="button" className="button quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button" aria-disabled={acts.busy || undefined} onClick={() => void refuse()}>
          Keep apart
        </button>
        <button type="button" className="button primary" aria-disabled={acts.busy || (needsWord && !sure) || undefined} onClick={() => void merge()}>
          <GitMerge size={14} aria-hidden />
          Merge into {chosen.displayName}
        </button>
      </div>
    </>
  );
}

/** Two that may be one: what each has, what the result would be, and what is not written. */
export function MergeDialog({ suggestion, byId, onClose, onDone }: { suggestion: Suggestion; byId: ReadonlyMap<string, FleetServer>; onClose(): void; onDone(id: string | null): void }): ReactNode {
  const narrow = useNarrow();
  const one = useHalf(suggestion.one);
  const other = useHalf(suggestion.other);
  const problem = one.problem ?? other.problem;
  // Whoever is a person already stays; the other one joins.
  const [left, right] = one.half && other.half && one.half.id === null && other.half.id !== null ? [other.half, one.half] : [one.half, other.half];
  return (
    <Dialog title={`Merge ${sideName(suggestion.one)} and ${sideName(suggestion.other)}`} width={920} fullScreen={narrow} onClose={onClose}>
      {left && right ? <Preview suggestion={suggestion} left={left} right={right} byId={byId} onClose={onClose} onDone={onDone} /> : <div className="dialog-body">{problem ? <ProblemNote problem={problem} /> : <LoadingRows rows={5} height={40} label="Loading both people" />}</div>}
    </Dialog>
  );
}
