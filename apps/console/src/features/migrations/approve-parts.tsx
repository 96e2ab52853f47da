import { ConsoleMigrationRowsDocument } from '@usher/api-client';
import { Ban, Check, ShieldCheck, Shuffle } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { count, plural } from '../../format/units.js';
import { lossesOf, mostTitles, sumOf, titlesOf } from './field-matrix.js';
import { VerdictMark } from './matrix.js';
import { changeOf, isHarmless, skipWord, type Plan } from './migration-words.js';
import { useWizard } from './wizard.js';

export interface LossRow {
  readonly key: string;
  readonly kind: 'LOSSY' | 'IMPOSSIBLE';
  readonly what: string;
  readonly why: string;
  readonly tab: 'loss' | 'skip';
}

/** Everything that is not carried as it was, to be ticked one by one before signing. */
export function lossRows({ users, counts }: Plan): LossRow[] {
  const lost = lossesOf(users).map(({ key, kind, what, why, instead, users: names }): LossRow => ({ key: `loss:${key}`, kind: kind === 'IMPOSSIBLE' ? 'IMPOSSIBLE' : 'LOSSY', what, why: `${why} ${instead ?? ''} ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`, tab: 'loss' }));
  const left = counts.skips.filter(({ name, count: number }) => number > 0 && !isHarmless(name)).map(({ name, count: number }): LossRow => ({ key: `skip:${name}`, kind: 'IMPOSSIBLE', what: `${plural(number, 'title')} left behind`, why: `${skipWord(name)}. Nothing is written for them.`, tab: 'skip' }));
  return [...lost, ...left];
}

/** What is written, with a sum that can be added up. */
export function Written(): ReactNode {
  const { plan, go } = useWizard();
  const created = plan.users.filter(({ decision }) => decision === 'CREATE');
  const rest = plan.counts.writes - created.length;
  const sum = (field: Parameters<typeof titlesOf>[1]) => plan.users.reduce((total, user) => total + titlesOf(user, field), 0);
  const detail = ([['watched', 'PLAYED'], ['resume', 'POSITION_MS'], ['favorites', 'FAVORITE'], ['rated', 'RATING_TENTHS']] as const).map(([word, field]) => [word, sum(field)] as const).filter(([, number]) => number > 0);
  return (
    <section className="panel" aria-labelledby="mig-written-head">
      <div className="panel-head">
        <h2 id="mig-written-head">What is written</h2>
        <span className="small dim">on {plan.target.alias} {plan.target.version}</span>
        <button type="button" className="link aside" onClick={() => go('check', { tab: 'change' })}>
          All rows
        </button>
      </div>
      <table className="table mig-table mig-written">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Of whom</th>
            <th scope="col" className="num">
              Writes
            </th>
          </tr>
        </thead>
        <tbody>
          {created.length > 0 && (
            <tr>
              <td className="strong">New accounts</td>
              <td className="dim">{created.map(({ targetName }) => targetName).join(', ')}</td>
              <td className="num">{count(created.length)}</td>
            </tr>
          )}
          <tr>
            <td className="strong">{plan.kind === 'ROLLBACK' ? 'Former values' : 'Settings and watch states'}</td>
            <td className="dim">{plan.kind === 'ROLLBACK' ? 'put back where the run’s value still stands' : detail.map(([word, number]) => `${word} ${count(number)}`).join(' · ') || 'settings only'}</td>
            <td className="num">{count(rest)}</td>
          </tr>
          <tr className="mig-sum">
            <th scope="row">{plan.target.alias} in all</th>
            <td className="dim">{count(sumOf(plan.counts.skips, isHarmless))} more are right already and need no write</td>
            <td className="num strong">{count(plan.counts.writes)}</td>
          </tr>
        </tbody>
      </table>
      <ul className="mig-people">
        {plan.users.map((user, u) => (
          <li key={u}>
            <b className="strong block clip">{user.sources.map(({ name }) => name).join(' + ')}</b>
            <span className="small dim block clip">→ {user.targetName}</span>
            <span>
              {count(mostTitles(user))} <span className="small dim">{mostTitles(user) === 1 ? 'title' : 'titles'}{user.targetVendorId === null ? ', new' : ''}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is lost, each with its rows and a tick. */
export function Lost({ rows, ticked, onTick }: { rows: readonly LossRow[]; ticked: ReadonlySet<string>; onTick: ((key: string, is: boolean) => void) | null }): ReactNode {
  const { go } = useWizard();
  return (
    <section className="panel" aria-labelledby="mig-lost-head" id="mig-lost" tabIndex={-1}>
      <div className="panel-head">
        <h2 id="mig-lost-head">What is lost on the way</h2>
        <span className="small dim">tick what you have read</span>
      </div>
      {rows.length === 0 && <p className="panel-body dim">Nothing: everything that the source says arrives exactly.</p>}
      <ul className="mig-lost">
        {rows.map(({ key, kind, what, why, tab }) => (
          <li key={key}>
            <VerdictMark kind={kind} />
            <b className="strong">{what}</b>
            <span className="small dim">{why}</span>
            <button type="button" className="link" onClick={() => go('check', { tab })}>
              Rows<span className="sr-only"> of {what}</span>
            </button>
            <input type="checkbox" aria-label={`Understood: ${what}`} checked={onTick === null || ticked.has(key)} disabled={onTick === null} onChange={(event) => onTick?.(key, event.target.checked)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the signature does not allow, and what helps afterwards. */
export function Limits(): ReactNode {
  const { plan } = useWizard();
  const [source, target] = [plan.source.alias, plan.target.alias];
  const removes = plan.kind === 'ROLLBACK';
  const not = [
    [`Change or delete anything on ${source}`, 'no agent takes a write to a source'],
    [`Delete anything on ${target}`, removes ? 'except accounts that the run made and nobody used' : '0 deletions in the plan'],
    [`Write for anybody but ${plan.users.length === 1 ? 'this user' : `these ${plan.users.length} users`}`, '0 administrators, 0 other users'],
    [`Write more than ${plural(plan.counts.writes, 'time')}`, 'the agent counts, and stops there'],
    ['Add rows later', 'a changed row makes a new hash and voids every signature'],
  ] as const;
  const helps = [
    ['Undo for 30 days', 'every old value is stored before its write; what changed since stays'],
    ['Revoke at any moment', 'at once where the agent is connected, 15 min at most where it is away'],
    ['Read back afterwards', 'every value; each difference is shown'],
    ['Pauses when the signature ends', 'at the next batch of 96; never half a row'],
  ] as const;
  return (
    <div className="mig-columns even">
      <section className="panel" aria-labelledby="mig-not-head">
        <div className="panel-head">
          <h2 id="mig-not-head">What your signature does not allow</h2>
        </div>
        <ul className="mig-points">
          {not.map(([what, why]) => (
            <li key={what}>
              <Ban size={14} className="faint" aria-hidden />
              <span>
                {what}
                <span className="small dim block">{why}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section className="panel" aria-labelledby="mig-helps-head">
        <div className="panel-head">
          <h2 id="mig-helps-head">If something goes wrong</h2>
        </div>
        <ul className="mig-points">
          {helps.map(([what, why]) => (
            <li key={what}>
              <Check size={14} className="text-play" aria-hidden />
              <span>
                {what}
                <span className="small dim block">{why}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** Three real rows, so that a sum does not stay an idea. */
export function Samples(): ReactNode {
  const { plan } = useWizard();
  const [turn, setTurn] = useState(0);
  const [{ data }] = useQuery({ query: ConsoleMigrationRowsDocument, variables: { id: plan.id, tab: 'CHANGE', user: null, states: null, search: null, first: 60, after: null } });
  const rows = data?.migrationPlanRows.edges.map(({ node }) => node).filter(({ operation }) => operation === 'WATCH_STATE_SET') ?? [];
  // Spread over the page, another three at each press.
  const step = Math.max(1, Math.floor(rows.length / 3));
  const shown = rows.filter((_, index) => index % step === turn % step).slice(0, 3);
  if (shown.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="mig-samples-head">
      <div className="panel-head">
        <h2 id="mig-samples-head">Three rows</h2>
        {step > 1 && (
          <button type="button" className="link aside inline" onClick={() => setTurn(turn + 1)}>
            <Shuffle size={13} aria-hidden />
            Three others
          </button>
        )}
      </div>
      <ul className="mig-samples">
        {shown.map((row) => {
          const { before, after } = changeOf(row);
          return (
            <li key={row.n}>
              <span className="mig-tier">{row.tier}</span>
              <span>
                <b className="strong">{row.title}</b> <span className="small dim">{row.userName}</span>
                <span className="small block">
                  <span className="dim">{before}</span> → {after}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const CHECKS = [
  ['Every signature', 'made by the controller, checked with its public key'],
  ['Different people', 'where two are needed, neither of them the author'],
  ['This plan hash', 'the header and every chunk of rows'],
  ['This server', 'a ticket names one agent, nobody else'],
  ['Time', 'a ticket lives 15 min at most'],
  ['First use', 'a ticket that was used once is refused'],
  ['Each row', 'same user, title and field as signed'],
  ['Count', 'one write above the limit is refused'],
] as const;

/** Whoever signs need not trust the controller alone. */
export function AgentChecks(): ReactNode {
  const { plan } = useWizard();
  return (
    <section className="panel" aria-labelledby="mig-agent-head">
      <div className="panel-head">
        <h2 id="mig-agent-head">What the agent of {plan.target.alias} checks by itself</h2>
        <span className="small dim">before it writes one row</span>
      </div>
      <ul className="mig-points two">
        {CHECKS.map(([what, why]) => (
          <li key={what}>
            <ShieldCheck size={14} className="dim" aria-hidden />
            <span>
              {what}
              <span className="small dim block">{why}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
