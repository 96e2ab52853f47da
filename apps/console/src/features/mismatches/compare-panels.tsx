import { Check, CircleHelp, Flag, ShieldCheck, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { ProblemNote } from '../../components/state-view.js';
import { count, moment, plural, zone } from '../../format/units.js';
import { useServers } from '../../live/live-context.js';
import { useForget, type Comparison } from './use-comparison.js';

type Fact = Comparison['facts'][number];

const DAY_MS = 86_400_000;
const FACTS: Readonly<Record<Fact['side'], { icon: LucideIcon; tone: string; word: string }>> = {
  FOR: { icon: Flag, tone: 'text-danger', word: 'for' },
  AGAINST: { icon: Check, tone: 'dim', word: 'against' },
  OPEN: { icon: CircleHelp, tone: 'dim', word: 'open' },
};

/** What speaks for the finding, what against it, and what nobody knows. */
export function EvidencePanel({ facts, nowMs }: { facts: readonly Fact[]; nowMs: number }): ReactNode {
  return (
    <section className="panel" aria-labelledby="mm-evidence">
      <div className="panel-head">
        <h2 id="mm-evidence">Evidence</h2>
      </div>
      <ul className="mm-facts">
        {facts.map(({ side, text, detail, at }) => {
          const { icon: Icon, tone, word } = FACTS[side];
          return (
            <li key={text}>
              <Icon size={15} className={tone} aria-hidden />
              <span>
                {text}
                <span className="small dim block">{[detail, at && moment(Date.parse(at), nowMs)].filter(Boolean).join(' ')}</span>
              </span>
              <span className={`small ${tone}`}>{word}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** When something was on at which server; what overlaps is tinted. */
export function LanesPanel({ comparison: { lanes, lanesFrom, lanesUntil } }: { comparison: Comparison }): ReactNode {
  const servers = useServers();
  const [fromMs, untilMs] = [Date.parse(lanesFrom), Date.parse(lanesUntil)];
  const share = (at: string) => `${(Math.max(0, Date.parse(at) - fromMs) / (untilMs - fromMs)) * 100}%`;
  const length = (from: string, until: string) => `${((Date.parse(until) - Date.parse(from)) / (untilMs - fromMs)) * 100}%`;
  return (
    <section className="panel" aria-labelledby="mm-lanes">
      <div className="panel-head">
        <h2 id="mm-lanes">Last 3 hours</h2>
        <span className="small dim">{zone()}</span>
        <span className="aside inline small dim mm-legend" aria-hidden>
          <span className="inline">
            <span className="mm-key" /> on
          </span>
          <span className="inline">
            <span className="mm-key together" /> at the same time
          </span>
        </span>
      </div>
      <div className="panel-body mm-lanes">
        {lanes.map(({ serverId, serverAlias, parts }) => (
          <div key={serverId} className="mm-lane-row">
            <span className="inline clip">
              <VendorGlyph kind={servers?.find(({ id }) => id === serverId)?.kind ?? null} size={14} />
              {serverAlias}
            </span>
            <div className="mm-lane" role="img" aria-label={`${serverAlias}: ${parts.length === 0 ? 'nothing' : parts.map(({ from, until, together }) => `${moment(Date.parse(from), untilMs)} to ${moment(Date.parse(until), untilMs)}${together ? ', at the same time as elsewhere' : ''}`).join('; ')}`}>
              {parts.map(({ from, until, together }) => (
                <span key={from} className={together ? 'together' : undefined} style={{ left: share(from), width: length(from, until) }} title={`${moment(Date.parse(from), untilMs)} – ${moment(Date.parse(until), untilMs)}`} />
              ))}
            </div>
          </div>
        ))}
        <div className="mm-lane-row" aria-hidden>
          <span />
          <span className="mm-lane-ticks small faint num">
            {[0, 1, 2, 3].map((part) => (
              <span key={part}>{moment(fromMs + (part * (untilMs - fromMs)) / 3, untilMs)}</span>
            ))}
          </span>
        </div>
      </div>
    </section>
  );
}

const hours = (ms: number) => (ms / 3_600_000).toFixed(1);

/** Networks of the last 90 days, from the ledger; a compared one that is new is tinted. */
export function HabitsPanel({ comparison, nowMs }: { comparison: Comparison; nowMs: number }): ReactNode {
  const { habits, moreHabits, personName, ledgerFrom, ledgerCut } = comparison;
  const knowsLonger = ledgerFrom !== null && nowMs - Date.parse(ledgerFrom) >= DAY_MS;
  return (
    <section className="panel" aria-labelledby="mm-habits">
      <div className="panel-head">
        <h2 id="mm-habits">Where {personName ?? 'this account'} usually is</h2>
        <span className="small dim">90 d</span>
      </div>
      {habits.length === 0 ? (
        <p className="panel-body dim">The ledger knows no playback of {personName ?? 'this account'} in the last 90 days.</p>
      ) : (
        <>
          <table className="table mm-habits">
            <thead>
              <tr>
                <th scope="col">Network</th>
                <th scope="col">Place</th>
                <th scope="col">Servers</th>
                <th scope="col" className="num">
                  Days
                </th>
                <th scope="col" className="num">
                  Hours
                </th>
              </tr>
            </thead>
            <tbody>
              {habits.map(({ place, network, servers, days, watchedMs, firstSeenAt, compared }) => {
                const isNew = compared && knowsLonger && nowMs - Date.parse(firstSeenAt) < DAY_MS;
                return (
                  <tr key={`${network}${servers.join()}`} className={isNew ? 'mm-new' : undefined}>
                    <td>
                      {network ?? <span className="faint">not known</span>} {compared && <span className="small dim">{isNew ? 'new, compared here' : 'compared here'}</span>}
                      <span className="small dim mm-narrow">{[place, servers.join(', ')].filter(Boolean).join(' · ')}</span>
                    </td>
                    <td className="mm-wide">{place ?? <span className="faint">not known</span>}</td>
                    <td className="mm-wide dim">{servers.join(', ')}</td>
                    <td className="num">{count(days)}</td>
                    <td className="num">{hours(watchedMs)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p className="panel-note small dim">
            {moreHabits > 0 && `${plural(moreHabits, 'rare network')} left out. `}
            {ledgerCut ? 'Of the last 5,000 playbacks, since' : 'The ledger knows playbacks since'} {ledgerFrom && moment(Date.parse(ledgerFrom), nowMs)}. Only a server’s own LAN has a place.
          </p>
        </>
      )}
    </section>
  );
}

/** Pairs of networks that the person was allowed before, with a way back. */
export function AllowancesPanel({ allowances, nowMs, onDone }: { allowances: Comparison['allowances']; nowMs: number; onDone(): void }): ReactNode {
  const { busy, problem, forget } = useForget(onDone);
  return (
    <section className="panel" aria-labelledby="mm-allowed">
      <div className="panel-head">
        <h2 id="mm-allowed">Allowed before</h2>
      </div>
      <ul className="mm-facts">
        {allowances.map(({ id, networks, note, allowedBy, at }) => (
          <li key={id}>
            <ShieldCheck size={15} className="dim" aria-hidden />
            <span>
              {networks.join(' and ')}
              <span className="small dim block">
                {note}. By {allowedBy}, {moment(Date.parse(at), nowMs)}
              </span>
            </span>
            <button type="button" className="button small" aria-disabled={busy || undefined} onClick={() => forget(id)}>
              Ask again
            </button>
          </li>
        ))}
      </ul>
      {problem && (
        <div className="panel-body">
          <ProblemNote problem={problem} />
        </div>
      )}
    </section>
  );
}
