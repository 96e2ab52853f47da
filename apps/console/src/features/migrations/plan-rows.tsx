import { useSearch } from '@tanstack/react-router';
import { ConsoleMigrationRowsDocument, ConsoleMigrationTabsDocument, type MigrationDecision, type MigrationTab } from '@usher/api-client';
import { ArrowLeft, ArrowRight, FilterX, ListChecks, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { problemOf } from '../../api/problem.js';
import { EmptyState, ErrorState, LoadingRows } from '../../components/state-view.js';
import { count, plural } from '../../format/units.js';
import { DecisionsFile } from './decisions-exchange.js';
import { changeOf, DECISION_WORDS, FIELD_WORDS, legalDecisions, SKIP_WORDS, TABS, TIER_WORDS, type Row } from './migration-words.js';
import { useWizard } from './wizard.js';

const PAGE = 50;
const NOTHING: Readonly<Record<MigrationTab, string>> = {
  CREATE: 'Every user has an account at the target.',
  CHANGE: 'The target holds everything already.',
  SKIP: 'Every title of the source is carried.',
  CONFLICT: 'Nothing wants a decision.',
  LOSS: 'Everything that is carried arrives exactly.',
};

/** Why a row is what it is, in one sentence. */
function Why({ row }: { row: Row }): ReactNode {
  if (row.operation === 'SKIP') return <>{row.skipReason && <span className="block">{SKIP_WORDS[row.skipReason]}</span>}{row.skipDetail && <span className="small dim block">{row.skipDetail}</span>}</>;
  const { before, after } = changeOf(row);
  return (
    <>
      <span className="block">
        <span className="dim">{before}</span> → {after}
      </span>
      {row.losses.map(({ field, kind, text }, index) => (
        <span key={index} className={`small block ${kind === 'LOSSY' ? 'text-warning' : 'dim'}`}>
          {FIELD_WORDS[field]}: {text}
        </span>
      ))}
    </>
  );
}

function Decide({ row, off }: { row: Row; off: boolean }): ReactNode {
  const { staged, stage } = useWizard();
  const legal = legalDecisions(row);
  const id = row.decisionId;
  const mine = id === null ? undefined : staged.get(id);
  const made = mine ?? row.decision;
  const [typed, setTyped] = useState(made?.target ?? '');
  if (id === null || legal.length === 0) return <span className="small faint">nothing to decide</span>;
  const choose = (decision: MigrationDecision, target: string | null = null) => stage([{ id, decision, target, reason: null }]);
  const pick = (target: string) => {
    setTyped(target);
    if (target.trim()) choose('MAP', target.trim());
  };
  const picking = made?.decision === 'MAP' || typed !== '';
  return (
    <div role="radiogroup" aria-label={`Decision about ${row.title ?? row.userName}`} className="mig-radios">
      {legal.map((decision) => {
        const chosen = made?.decision === decision;
        if (decision === 'MAP') {
          return (
            <span key={decision} className={`mig-pick ${chosen ? 'chosen' : ''}`}>
              <input className="input" list={`candidates-${row.n}`} aria-label={`Id of the title at the target for ${row.title}`} placeholder="Pick title…" value={typed} disabled={off} onChange={(event) => pick(event.target.value)} />
              <datalist id={`candidates-${row.n}`}>
                {row.candidates.map((candidate, index) => (
                  <option key={candidate} value={candidate} label={index === 0 && row.targetTitle ? row.targetTitle : undefined} />
                ))}
              </datalist>
            </span>
          );
        }
        return (
          <label key={decision} className={`mig-radio ${chosen && !(picking && !chosen) ? 'chosen' : ''}`}>
            <input type="radio" name={`row-${row.n}`} checked={chosen} disabled={off} onChange={() => { setTyped(''); choose(decision); }} />
            {DECISION_WORDS[decision]}
          </label>
        );
      })}
      {mine && <span className="small accent">not saved</span>}
    </div>
  );
}

function RowLine({ row, off, decides }: { row: Row; off: boolean; decides: boolean }): ReactNode {
  const { staged } = useWizard();
  const open = decides && row.decisionId !== null && !row.decision && !staged.has(row.decisionId);
  return (
    <tr className={open ? 'open-row' : ''}>
      <td data-cell="what">
        <b className="strong block">{row.title ?? (row.operation === 'POLICY_APPLY' ? 'Settings of the account' : row.userName)}</b>
        <span className="small dim">{row.userName}</span>
      </td>
      <td data-cell="why">
        <Why row={row} />
      </td>
      <td data-cell="tier">
        {row.tier && (
          <span className="inline small dim">
            <span className="mig-tier">{row.tier}</span>
            {row.evidence.length > 0 ? row.evidence.join(', ') : TIER_WORDS[row.tier]}
          </span>
        )}
      </td>
      {decides && (
        <td data-cell="decide">
          <Decide row={row} off={off} />
        </td>
      )}
    </tr>
  );
}

/** Decides about all rows of this page at once, where the same may be said about each. */
function Bulk({ rows, off }: { rows: readonly Row[]; off: boolean }): ReactNode {
  const { stage } = useWizard();
  const decidable = rows.filter(({ decisionId }) => decisionId !== null);
  const common = (['ACCEPT', 'SKIP', 'TAKE_SOURCE', 'KEEP_TARGET'] as const).map((decision) => [decision, decidable.filter((row) => legalDecisions(row).includes(decision))] as const).filter(([, fits]) => fits.length > 1);
  if (common.length === 0 || off) return null;
  return (
    <div className="panel-note inline small dim mig-bulk">
      <ListChecks size={14} aria-hidden />
      On this page:
      {common.map(([decision, fits]) => (
        <button key={decision} type="button" className="button small" onClick={() => stage(fits.map((row) => ({ id: row.decisionId!, decision, target: null, reason: null })))}>
          {DECISION_WORDS[decision]} all {fits.length}
        </button>
      ))}
    </div>
  );
}

/** Rows of the plan by tab, a page at a time. */
export function PlanRows(): ReactNode {
  const { plan, off, go } = useWizard();
  const search = useSearch({ from: '/frame/migrations/$id/{-$step}' });
  const [{ data: totals }] = useQuery({ query: ConsoleMigrationTabsDocument, variables: { id: plan.id }, requestPolicy: 'cache-and-network' });
  const first = TABS.find(([name]) => name === search.tab?.toUpperCase())?.[0];
  const tab: MigrationTab = first ?? (totals && totals.conflict.totalCount > 0 ? 'CONFLICT' : 'CHANGE');
  const q = search.q ?? '';
  const user = search.user === undefined ? null : Number(search.user);
  const [cursors, setCursors] = useState<{ key: string; list: readonly string[] }>({ key: '', list: [] });
  const key = `${plan.version}:${tab}:${q}:${user}`;
  const list = cursors.key === key ? cursors.list : [];
  const [{ data, error, fetching }, reread] = useQuery({
    query: ConsoleMigrationRowsDocument,
    variables: { id: plan.id, tab, user: Number.isInteger(user) ? user : null, states: null, search: q.trim() || null, first: PAGE, after: list.at(-1) ?? null },
    requestPolicy: 'cache-and-network',
    pause: !totals && !first,
  });
  const page = data?.migrationPlanRows;
  const rows = page?.edges.map(({ node }) => node) ?? [];
  const fixed = off !== null || plan.run !== null || plan.kind === 'ROLLBACK';
  const set = (change: Record<string, string | undefined>) => go('check', { tab: tab.toLowerCase(), q: q || undefined, user: search.user, ...change });
  const decides = tab !== 'CREATE' && !(tab === 'CHANGE' && rows.every(({ decisionId }) => decisionId === null));
  const totalOf = (name: MigrationTab) => totals?.[name.toLowerCase() as 'create'].totalCount;
  const from = list.length * PAGE;
  return (
    <section className="panel mig-rows" aria-labelledby="mig-rows-head" id="mig-rows" tabIndex={-1}>
      <h2 className="sr-only" id="mig-rows-head">
        Rows of the plan
      </h2>
      <div className="panel-head mig-rows-head">
        <div className="tabs" role="group" aria-label="Kind of rows">
          {TABS.map(([name, word]) => (
            <button key={name} type="button" className="tab" aria-current={name === tab ? 'page' : undefined} onClick={() => set({ tab: name.toLowerCase() })}>
              {word} {totalOf(name) !== undefined && <span className="dim">{count(totalOf(name)!)}</span>}
            </button>
          ))}
        </div>
        {plan.kind === 'USERS' && <DecisionsFile fixed={fixed} />}
      </div>
      <div className="filter-bar mig-filter">
        <div className="page-search">
          <Search size={14} aria-hidden className="dim" />
          <input data-page-search aria-label="Part of a title" placeholder="Part of a title" value={q} onChange={(event) => set({ q: event.target.value || undefined })} />
          <kbd className="kbd">/</kbd>
        </div>
        <select className="input filter-select" aria-label="Whose rows" value={search.user ?? ''} onChange={(event) => set({ user: event.target.value || undefined })}>
          <option value="">All users</option>
          {plan.users.map(({ sources, targetName }, u) => (
            <option key={u} value={u}>
              {sources[0]?.name ?? targetName}
            </option>
          ))}
        </select>
        {page && (
          <span className="push small dim" role="status">
            {page.totalCount === 0 ? 'none' : `${count(from + 1)} to ${count(from + rows.length)} of ${count(page.totalCount)}`}
          </span>
        )}
      </div>
      {!page && (error ? <ErrorState title="Usher could not read the rows" problem={problemOf(error)} onRetry={() => reread({ requestPolicy: 'network-only' })} /> : <LoadingRows rows={6} height={48} label="Loading the rows" />)}
      {page && rows.length === 0 && (
        <EmptyState icon={q || user !== null ? FilterX : ListChecks} title={q || user !== null ? 'No row matches this filter' : 'No such row'} action={(q || user !== null) && <button type="button" className="button small" onClick={() => set({ q: undefined, user: undefined })}>Clear filter</button>}>
          {q || user !== null ? undefined : NOTHING[tab]}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <>
          <Bulk rows={rows} off={fixed || !decides} />
          <table className="table mig-table mig-row-table" aria-busy={fetching}>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Target now → after</th>
                <th scope="col">Match</th>
                {decides && <th scope="col">Decision</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <RowLine key={`${row.n}-${row.decision?.decision}`} row={row} off={fixed} decides={decides} />
              ))}
            </tbody>
          </table>
        </>
      )}
      {(list.length > 0 || page?.pageInfo.hasNextPage) && (
        <div className="panel-note inline">
          <button type="button" className="button small" aria-disabled={list.length === 0 || undefined} onClick={() => list.length > 0 && setCursors({ key, list: list.slice(0, -1) })}>
            <ArrowLeft size={13} aria-hidden />
            Earlier
          </button>
          <span className="small dim">
            {plural(Math.ceil((page?.totalCount ?? 0) / PAGE), 'page')}, this is {list.length + 1}
          </span>
          <button type="button" className="button small" aria-disabled={!page?.pageInfo.hasNextPage || undefined} onClick={() => page?.pageInfo.hasNextPage && page.pageInfo.endCursor && setCursors({ key, list: [...list, page.pageInfo.endCursor] })}>
            Later
            <ArrowRight size={13} aria-hidden />
          </button>
        </div>
      )}
    </section>
  );
}
