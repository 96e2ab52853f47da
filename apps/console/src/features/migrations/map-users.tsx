import { ArrowRight, Check, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { count } from '../../format/units.js';
import { PairingRow } from './pairing.js';
import type { Account, Draft, DraftUser, Pairing } from './plan-draft.js';

interface MapUsersProps {
  draft: Draft;
  onDraft: ((draft: Draft) => void) | null;
  pairings: readonly Pairing[];
  doubles: ReadonlySet<string>;
  targets: readonly Account[];
  source: string;
  target: string;
  /** Vendor id of the user whose question is open. */
  asked: string | null;
  onAsk(id: string | null): void;
}

const MOST_TARGETS = 12;

/** Every account of the target stays in sight, with who gets it. */
function AllTargets({ pairings, targets, target }: Pick<MapUsersProps, 'pairings' | 'targets' | 'target'>): ReactNode {
  const [q, setQ] = useState('');
  const taken = new Map(pairings.flatMap(({ target: account, user, open }) => (account ? [[account.vendorId, { name: user.name, open: open !== null }] as const] : [])));
  const needle = q.trim().toLowerCase();
  const rows = targets.filter(({ name }) => name.toLowerCase().includes(needle)).toSorted((a, b) => Number(taken.has(b.vendorId)) - Number(taken.has(a.vendorId)));
  return (
    <section className="panel" aria-labelledby="mig-targets-head">
      <div className="panel-head">
        <h2 id="mig-targets-head">All users on {target}</h2>
        <span className="aside small dim">{count(targets.length)}</span>
      </div>
      <div className="filter-bar mig-filter">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label={`Find a user of ${target}`} placeholder="Find a user" value={q} onChange={(event) => setQ(event.target.value)} />
          <kbd className="kbd">/</kbd>
        </div>
      </div>
      <ul className="mig-targets">
        {rows.slice(0, MOST_TARGETS).map((account) => {
          const by = taken.get(account.vendorId);
          return (
            <li key={account.vendorId}>
              <span className={`clip ${by ? 'strong' : ''}`}>{account.name}</span>
              {by ? (
                <span className={`inline small ${by.open ? 'text-warning' : 'dim'}`}>
                  {!by.open && <Check size={13} className="text-play" aria-hidden />}
                  {by.open ? 'open' : by.name}
                </span>
              ) : (
                <span className="small dim clip">{account.identity?.displayName}</span>
              )}
            </li>
          );
        })}
      </ul>
      {rows.length > MOST_TARGETS && <p className="panel-note small dim">{count(rows.length - MOST_TARGETS)} more; type to find one</p>}
    </section>
  );
}

/** Which account of the target each user gets, and why. */
export function MapUsers({ draft, onDraft, pairings, doubles, targets, source, target, asked, onAsk }: MapUsersProps): ReactNode {
  const choose = (id: string, choice: DraftUser) => onDraft?.({ ...draft, users: new Map(draft.users).set(id, choice) });
  const decided = pairings.filter(({ open, user }) => open === null && !doubles.has(user.vendorId)).length;
  // What is open comes first, so that nobody has to look for it.
  const rows = pairings.toSorted((a, b) => Number(b.open !== null || doubles.has(b.user.vendorId)) - Number(a.open !== null || doubles.has(a.user.vendorId)));
  return (
    <div className="mig-columns narrow-side">
      <section className="panel" aria-labelledby="mig-pairs-head">
        <div className="panel-head">
          <h2 id="mig-pairs-head" className="inline">
            Users on {source} <ArrowRight size={14} className="dim" aria-label="to" role="img" /> Users on {target}
          </h2>
          <span className="aside small dim">
            {decided} of {pairings.length} decided
          </span>
        </div>
        <ul className="mig-pairings">
          {rows.map((pairing) => (
            <PairingRow
              key={pairing.user.vendorId}
              pairing={pairing}
              isDouble={doubles.has(pairing.user.vendorId)}
              open={asked === pairing.user.vendorId}
              source={source}
              target={target}
              targets={targets}
              onChoice={onDraft && ((choice) => choose(pairing.user.vendorId, choice))}
              onOpen={(open) => onAsk(open ? pairing.user.vendorId : null)}
            />
          ))}
        </ul>
      </section>
      <AllTargets pairings={pairings} targets={targets} target={target} />
    </div>
  );
}
