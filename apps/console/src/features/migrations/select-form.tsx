import { ArrowRight, CircleCheck, CircleDashed, Eye, FilterX, GitMerge, Minus, PencilLine, Search, Users } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { StateGlyph, VendorGlyph, kindName } from '../../components/glyphs.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { Age } from '../../components/ticking.js';
import { count, plural } from '../../format/units.js';
import { conditionOf, CONDITION_WORDS } from '../../live/condition.js';
import { useNow } from '../../live/live-context.js';
import type { FleetServer } from '../../live/live-types.js';
import { ALL_FIELDS, CARRIED, takesField } from './migration-words.js';
import { MOST_USERS, SUGGESTED, type Account, type Draft } from './plan-draft.js';
import { useAccounts } from './use-accounts.js';

const ACTIVE_MS = 90 * 86_400_000;
const PAGE = 25;

type Filter = 'active' | 'email' | 'linked';
const FILTERS: readonly (readonly [Filter, string])[] = [['active', 'Active in 90 d'], ['email', 'Has e-mail'], ['linked', 'Linked']];

const fits = (account: Account, filter: Filter, nowMs: number): boolean => {
  if (filter === 'active') return account.lastSeenAt !== null && nowMs - Date.parse(account.lastSeenAt) < ACTIVE_MS;
  if (filter === 'email') return !!(account.identity?.email ?? account.email);
  return account.identity !== null;
};

/** Who is behind an account: the linked person, else an address, else nobody known. */
export function PersonHint({ account }: { account: Account }): ReactNode {
  const email = account.identity?.email ?? account.email;
  if (account.identity) {
    return (
      <span className="inline small">
        <GitMerge size={13} className="text-play" aria-hidden />
        <span className="clip">{account.identity.displayName}</span>
        {email && <span className="dim clip">{email}</span>}
      </span>
    );
  }
  if (email) {
    return (
      <span className="inline small dim">
        <CircleDashed size={13} aria-hidden />
        <span className="clip">{email}</span>
      </span>
    );
  }
  return (
    <span className="inline small faint">
      <Minus size={13} aria-hidden />
      no e-mail known
    </span>
  );
}

function ServerCard({ role, server, servers, onServer }: { role: 'source' | 'target'; server: FleetServer | undefined; servers: readonly FleetServer[]; onServer: ((id: string) => void) | null }): ReactNode {
  const Icon = role === 'source' ? Eye : PencilLine;
  const condition = server ? conditionOf(server) : null;
  return (
    <section className="panel mig-server" aria-label={role === 'source' ? 'Source' : 'Target'}>
      <div className="inline">
        <VendorGlyph kind={server?.kind ?? null} />
        {onServer ? (
          <select className="input filter-select" aria-label={role === 'source' ? 'From server' : 'To server'} value={server?.id ?? ''} onChange={(event) => onServer(event.target.value)}>
            {!server && <option value="">Choose a server</option>}
            {servers.map(({ id, alias }) => (
              <option key={id} value={id}>
                {alias}
              </option>
            ))}
          </select>
        ) : (
          <b>{server?.alias ?? 'a removed server'}</b>
        )}
        <span className="badge outline">
          <Icon size={12} aria-hidden />
          {role === 'source' ? 'Source, only read' : 'Target, written'}
        </span>
        {condition && (
          <span className="inline small push">
            <StateGlyph condition={condition} />
            {CONDITION_WORDS[condition].toLowerCase()}
          </span>
        )}
      </div>
      <p className="small dim">
        {server ? `${kindName(server.kind)} ${server.version ?? ''}` : 'Not in the fleet any more.'}
        {role === 'target' && server?.readOnly && <span className="text-warning"> · read-only: nothing may be written there. SERVER_READ_ONLY</span>}
      </p>
    </section>
  );
}

/** What the target said that it takes, to tick; without a check nothing more is known. */
function Fields({ draft, target, onDraft }: { draft: Draft; target: FleetServer | undefined; onDraft: ((draft: Draft) => void) | null }): ReactNode {
  const toggle = (field: (typeof ALL_FIELDS)[number]) => onDraft?.({ ...draft, fields: draft.fields.includes(field) ? draft.fields.filter((one) => one !== field) : [...draft.fields, field] });
  return (
    <section className="panel" aria-labelledby="mig-fields-head">
      <div className="panel-head">
        <h2 id="mig-fields-head">What is carried</h2>
        <span className="small dim">{target ? `as far as ${target.alias} takes it` : ''}</span>
      </div>
      <ul className="mig-fields">
        {ALL_FIELDS.map((field) => {
          const takes = target ? takesField(field, target.capabilities) : null;
          return (
            <li key={field}>
              <label className="choice">
                <input type="checkbox" checked={draft.fields.includes(field)} disabled={!onDraft} onChange={() => toggle(field)} />
                <span>
                  {CARRIED[field][0]}
                  <span className="small dim block">{CARRIED[field][1]}</span>
                </span>
              </label>
              <span className={`small ${takes === false ? 'text-warning' : 'dim'}`}>{takes === null ? 'asked at Check' : takes ? 'taken over' : 'not or not whole'}</span>
            </li>
          );
        })}
        <li>
          <span className="mig-field-never">
            Passwords
            <span className="small dim block">no media server tells them</span>
          </span>
          <span className="small faint">never</span>
        </li>
      </ul>
      <p className="panel-note small dim">The check says per person and title what arrives exactly, what with a loss and what not at all. Nothing is written before Run.</p>
    </section>
  );
}

function UserTable({ draft, accounts, source, onDraft }: { draft: Draft; accounts: readonly Account[]; source: string; onDraft: ((draft: Draft) => void) | null }): ReactNode {
  const nowMs = useNow(60_000);
  const [q, setQ] = useState('');
  const [filters, setFilters] = useState<ReadonlySet<Filter>>(new Set());
  const [shown, setShown] = useState(PAGE);
  const needle = q.trim().toLowerCase();
  const counts = useMemo(() => new Map(FILTERS.map(([filter]) => [filter, accounts.filter((account) => fits(account, filter, nowMs)).length])), [accounts, nowMs]);
  const rows = accounts.filter((account) => [...filters].every((filter) => fits(account, filter, nowMs)) && (needle === '' || [account.name, account.email, account.identity?.displayName, account.identity?.email].some((word) => word?.toLowerCase().includes(needle))));
  const full = draft.users.size >= MOST_USERS;
  const set = (users: Map<string, (typeof SUGGESTED)>) => onDraft?.({ ...draft, users });
  const toggle = (id: string) => {
    const users = new Map(draft.users);
    if (!users.delete(id) && !full) users.set(id, SUGGESTED);
    set(users);
  };
  const all = rows.length > 0 && rows.every(({ vendorId }) => draft.users.has(vendorId));
  const toggleAll = () => {
    const users = new Map(draft.users);
    for (const { vendorId } of rows) {
      if (all) users.delete(vendorId);
      else if (!users.has(vendorId) && users.size < MOST_USERS) users.set(vendorId, SUGGESTED);
    }
    set(users);
  };
  const gone = [...draft.users.keys()].filter((id) => !accounts.some(({ vendorId }) => vendorId === id));
  return (
    <section className="panel" aria-labelledby="mig-users-head">
      <div className="panel-head">
        <h2 id="mig-users-head">Users on {source}</h2>
        <span className="small dim">{count(accounts.length)}</span>
        <span className={`aside small ${full ? 'text-warning' : 'dim'}`}>
          {draft.users.size} of at most {MOST_USERS} chosen
        </span>
      </div>
      <div className="filter-bar mig-filter">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label="Filter users" placeholder="Name, e-mail…" value={q} onChange={(event) => setQ(event.target.value)} />
          <kbd className="kbd">/</kbd>
        </div>
        {FILTERS.map(([filter, label]) => (
          <button
            key={filter}
            type="button"
            className="button small mig-chip"
            aria-pressed={filters.has(filter)}
            onClick={() => {
              const next = new Set(filters);
              if (!next.delete(filter)) next.add(filter);
              setFilters(next);
            }}
          >
            {label} <b>{counts.get(filter)}</b>
          </button>
        ))}
      </div>
      {rows.length === 0 ? (
        <EmptyState icon={accounts.length === 0 ? Users : FilterX} title={accounts.length === 0 ? `No account of ${source} is known` : 'No user matches this filter'} action={accounts.length > 0 && <button type="button" className="button small" onClick={() => { setQ(''); setFilters(new Set()); }}>Clear filter</button>}>
          {accounts.length === 0 ? 'They appear after the server has been read.' : `${plural(accounts.length, 'user')} hidden by it.`}
        </EmptyState>
      ) : (
        <table className="table mig-table mig-user-table">
          <thead>
            <tr>
              <th scope="col">
                <input type="checkbox" aria-label={all ? 'Choose none of these' : 'Choose all of these'} checked={all} disabled={!onDraft} onChange={toggleAll} />
              </th>
              <th scope="col">User</th>
              <th scope="col">Identity or e-mail</th>
              <th scope="col" className="num">
                Last seen
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((account) => {
              const chosen = draft.users.has(account.vendorId);
              return (
                <tr key={account.vendorId} className={chosen ? 'chosen' : ''}>
                  <td>
                    <input type="checkbox" id={`user-${account.vendorId}`} aria-label={`Choose ${account.name}`} checked={chosen} disabled={!onDraft || (full && !chosen)} onChange={() => toggle(account.vendorId)} />
                  </td>
                  <td>
                    <label htmlFor={`user-${account.vendorId}`} className="inline">
                      <b className="strong">{account.name}</b>
                      {account.isAdministrator && <span className="badge fact">administrator</span>}
                      {!account.enabled && <span className="badge fact">disabled</span>}
                    </label>
                  </td>
                  <td>
                    <PersonHint account={account} />
                  </td>
                  <td className="num dim">{account.lastSeenAt ? <Age atMs={Date.parse(account.lastSeenAt)} /> : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {gone.length > 0 && <p className="panel-note small text-warning">{plural(gone.length, 'chosen user')} not on {source} any more: {gone.join(', ')}. They stay in the plan until you choose again.</p>}
      <div className="panel-note inline small dim">
        <span className="inline">
          <GitMerge size={13} className="text-play" aria-hidden /> linked identity
        </span>
        <span className="inline">
          <CircleCheck size={13} aria-hidden /> chosen users are mapped next
        </span>
        {rows.length > shown && (
          <button type="button" className="link push" onClick={() => setShown(rows.length)}>
            {plural(rows.length - shown, 'more user', 'more users')}
          </button>
        )}
      </div>
    </section>
  );
}

interface SelectFormProps {
  draft: Draft;
  servers: readonly FleetServer[];
  /** Null = it can only be looked at. */
  onDraft: ((draft: Draft) => void) | null;
  /** The pair of servers may be changed: only before the plan exists. */
  onPair: ((source: string, target: string) => void) | null;
}

/** From where, to where, who and what. */
export function SelectForm({ draft, servers, onDraft, onPair }: SelectFormProps): ReactNode {
  const source = servers.find(({ id }) => id === draft.sourceServerId);
  const target = servers.find(({ id }) => id === draft.targetServerId);
  const { accounts, problem, reread } = useAccounts(draft.sourceServerId);
  // Who chooses the other side's server means the other direction.
  const pair = (from: string, to: string) => (from === to ? onPair?.(draft.targetServerId, draft.sourceServerId) : onPair?.(from, to));
  return (
    <>
      <div className="mig-pair">
        <ServerCard role="source" server={source} servers={servers} onServer={onPair && ((id) => pair(id, draft.targetServerId))} />
        <ArrowRight size={16} className="dim" aria-hidden />
        <ServerCard role="target" server={target} servers={servers} onServer={onPair && ((id) => pair(draft.sourceServerId, id))} />
      </div>
      <div className="mig-columns">
        {accounts ? (
          <UserTable draft={draft} accounts={accounts} source={source?.alias ?? 'the source'} onDraft={onDraft} />
        ) : (
          <div className="panel">{problem ? <ErrorState title="Usher could not read the users" problem={problem} onRetry={reread} /> : <LoadingRows rows={8} height={36} label="Loading the users" />}</div>
        )}
        <Fields draft={draft} target={target} onDraft={onDraft} />
      </div>
    </>
  );
}
