import { Link } from '@tanstack/react-router';
import { ConsoleLinkUsersDocument, ConsoleUndoIdentityMergeDocument, ConsoleUnlinkUserDocument, ConsoleMigrationAccountsDocument } from '@usher/api-client';
import { GitMerge, History, Link2, MailCheck, Split, TriangleAlert, UserPlus } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { Dialog } from '../../components/dialog.js';
import { VendorGlyph } from '../../components/glyphs.js';
import { ProblemNote } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { absolute, moment, plural } from '../../format/units.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { PersonMark } from '../migrations/pairing.js';
import { EmailPanel } from './emails.js';
import { evidenceWord, streamsOf, undoDays, watched, watchedMs, type Person, type PersonAccount } from './identity-words.js';
import { useActs, type Acts } from './use-acts.js';

function AddAccount({ person, servers, onClose }: { person: Person; servers: readonly FleetServer[]; onClose(): void }): ReactNode {
  const acts = useActs();
  const [serverId, setServerId] = useState(servers.find(({ id }) => !person.accounts.some((account) => account.serverId === id))?.id ?? servers[0]?.id ?? '');
  const [user, setUser] = useState('');
  const [{ data }] = useQuery({ query: ConsoleMigrationAccountsDocument, variables: { serverId }, pause: serverId === '' });
  const twice = person.accounts.some((account) => account.serverId === serverId);
  const [sure, setSure] = useState(false);
  const ready = user !== '' && (!twice || sure) && !acts.busy;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    if (await acts.send(ConsoleLinkUsersDocument, { input: { identityId: person.id, accounts: [{ serverId, userVendorId: user }], allowSameServer: twice } })) onClose();
  };
  return (
    <Dialog title={`Add an account to ${person.displayName}`} width={480} onClose={onClose}>
      <form className="dialog-body stack" onSubmit={(event) => void submit(event)}>
        <label className="field">
          <span className="label">Server</span>
          <select className="input" value={serverId} onChange={(event) => { setServerId(event.target.value); setUser(''); }}>
            {servers.map(({ id, alias }) => (
              <option key={id} value={id}>
                {alias}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span className="label">Account</span>
          <select className="input" value={user} onChange={(event) => setUser(event.target.value)}>
            <option value="">Choose an account</option>
            {data?.users.map(({ vendorId, name }) => (
              <option key={vendorId} value={vendorId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {twice && (
          <label className="choice">
            <input type="checkbox" checked={sure} onChange={(event) => setSure(event.target.checked)} />
            <span>This person has a second account on that server.</span>
          </label>
        )}
        {acts.problem && <ProblemNote problem={acts.problem} />}
        <div className="inline form-foot">
          <span className="small dim push">Your word, with your name beside it. Nothing is written to a server.</span>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" aria-disabled={!ready || undefined}>
            Link account
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function AccountRow({ account, server, acts, onSplit }: { account: PersonAccount; server: FleetServer | undefined; acts: Acts; onSplit(): void }): ReactNode {
  const nowMs = useNow(60_000);
  const Icon = account.evidence === 'email' ? MailCheck : account.evidence === 'plex' ? Link2 : GitMerge;
  return (
    <tr>
      <td data-cell="server">
        <span className="inline">
          <VendorGlyph kind={server?.kind ?? null} size={14} />
          {server ? (
            <Link to="/servers/$alias/{-$tab}" params={{ alias: server.slug, tab: 'users' }} className="clip">
              {server.alias}
            </Link>
          ) : (
            <span className="faint">removed server</span>
          )}
        </span>
      </td>
      <td data-cell="user" className="strong">
        {account.userName}
        {!account.isThere && <span className="small text-warning block">not on the server any more</span>}
        {!account.enabled && account.isThere && <span className="small dim block">disabled</span>}
      </td>
      <td data-cell="why">
        <span className="inline">
          <Icon size={14} className="text-play" aria-hidden />
          <span>
            {evidenceWord(account)}
            <span className="small dim block">{moment(Date.parse(account.linkedAt), nowMs)}</span>
          </span>
        </span>
      </td>
      <td data-cell="seen" className="num dim">
        {account.streams > 0 ? <b>{plural(account.streams, 'stream')}</b> : account.lastSeenAt ? <Age atMs={Date.parse(account.lastSeenAt)} /> : '–'}
      </td>
      <td data-cell="watched" className="num">
        {watched(account.watchedMs30d)}
      </td>
      <td data-cell="split" className="num">
        <button type="button" className="button small quiet" aria-disabled={acts.busy || undefined} onClick={onSplit}>
          Split…<span className="sr-only"> {account.userName} on {server?.alias}</span>
        </button>
      </td>
    </tr>
  );
}

function SplitDialog({ person, account, server, acts, onClose, onGone }: { person: Person; account: PersonAccount; server: string; acts: Acts; onClose(): void; onGone(): void }): ReactNode {
  const last = person.accounts.length === 1;
  const split = async () => {
    if (!(await acts.send(ConsoleUnlinkUserDocument, { input: { serverId: account.serverId, userVendorId: account.userVendorId } }))) return;
    if (last) onGone();
    else onClose();
  };
  return (
    <Dialog title={`Split ${account.userName} (${server}) from ${person.displayName}?`} width={440} onClose={onClose}>
      <div className="dialog-body stack">
        <p className="dim">The account belongs to nobody afterwards. Nothing is written to {server}. You can link it again. {last && 'It is the only account: the person is forgotten.'}</p>
        {acts.problem && <ProblemNote problem={acts.problem} />}
        <div className="inline form-foot">
          <button type="button" className="button push" data-autofocus onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="button danger" aria-disabled={acts.busy || undefined} onClick={() => void split()}>
            <Split size={14} aria-hidden />
            Split
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Merges({ person, acts }: { person: Person; acts: Acts }): ReactNode {
  const nowMs = useNow(60_000);
  return (
    <section className="panel" aria-labelledby="merges-head">
      <div className="panel-head">
        <h3 id="merges-head">What was merged</h3>
        <span className="small dim">each can be undone for 30 days</span>
      </div>
      <ul className="id-lines">
        {person.merges.map((merge) => {
          const days = undoDays(merge, nowMs);
          return (
            <li key={merge.id}>
              <GitMerge size={14} className="dim" aria-hidden />
              <span>
                Merged “{merge.fromName}” into {person.displayName}
                <span className="small dim block" title={absolute(Date.parse(merge.at))}>
                  {merge.mergedBy} · {moment(Date.parse(merge.at), nowMs)}
                </span>
              </span>
              {days === null ? (
                <span className="small faint">{merge.undoneAt ? 'undone' : 'undo ended'}</span>
              ) : (
                <button type="button" className="link" aria-disabled={acts.busy || undefined} onClick={() => void acts.send(ConsoleUndoIdentityMergeDocument, { id: merge.id })}>
                  Undo, {days} d left
                </button>
              )}
            </li>
          );
        })}
        {person.merges.length === 0 && <li className="dim">Nobody was merged into this person.</li>}
      </ul>
      <p className="panel-note small dim">Undo puts the exact accounts and addresses back. No server is touched.</p>
    </section>
  );
}

/** One person: accounts and why they are theirs, addresses, what was merged. */
export function PersonPanel({ person, servers, byId, onGone }: { person: Person; servers: readonly FleetServer[]; byId: ReadonlyMap<string, FleetServer>; onGone(): void }): ReactNode {
  const acts = useActs();
  const [adding, setAdding] = useState(false);
  const [splitting, setSplitting] = useState<PersonAccount | null>(null);
  const streams = streamsOf(person);
  const onServers = new Set(person.accounts.map(({ serverId }) => serverId)).size;
  return (
    <div className="stack-panels">
      <section className="panel" aria-labelledby="person-head">
        <div className="id-person-head">
          <PersonMark name={person.displayName} large />
          <span>
            <h2 id="person-head" className="inline" tabIndex={-1}>
              {person.displayName} <code className="small dim">{person.id.slice(-8)}</code>
            </h2>
            <span className="small dim">
              one person, {plural(person.accounts.length, 'account')} on {plural(onServers, 'server')} · {watchedMs(person) > 0 ? `${watched(watchedMs(person))} watched in 30 d` : 'nothing watched in 30 d'}
              {streams > 0 && ` · ${plural(streams, 'stream')} now`}
            </span>
          </span>
          <Link to="/history" search={{ person: person.id }} className="button push">
            <History size={14} aria-hidden />
            History
          </Link>
          <button type="button" className="button" onClick={() => setAdding(true)}>
            <UserPlus size={14} aria-hidden />
            Add account…
          </button>
        </div>
        <table className="table mig-table id-accounts">
          <thead>
            <tr>
              <th scope="col">Server</th>
              <th scope="col">User</th>
              <th scope="col">Why it is the same person</th>
              <th scope="col" className="num">
                Seen
              </th>
              <th scope="col" className="num">
                30 d
              </th>
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {person.accounts.map((account) => (
              <AccountRow key={`${account.serverId}${account.userVendorId}`} account={account} server={byId.get(account.serverId)} acts={acts} onSplit={() => setSplitting(account)} />
            ))}
          </tbody>
        </table>
        {onServers < person.accounts.length && (
          <p className="panel-note small text-warning inline">
            <TriangleAlert size={13} aria-hidden /> A server holds two accounts of this person.
          </p>
        )}
      </section>
      {acts.problem && !splitting && <ProblemNote problem={acts.problem} />}
      <div className="mig-columns even">
        <EmailPanel person={person} />
        <Merges person={person} acts={acts} />
      </div>
      {adding && <AddAccount person={person} servers={servers} onClose={() => setAdding(false)} />}
      {splitting && <SplitDialog person={person} account={splitting} server={byId.get(splitting.serverId)?.alias ?? 'a removed server'} acts={acts} onClose={() => setSplitting(null)} onGone={onGone} />}
    </div>
  );
}
