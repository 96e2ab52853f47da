import { Link } from '@tanstack/react-router';
import { Repeat } from 'lucide-react';
import type { ReactNode } from 'react';
import { VendorGlyph } from '../../components/glyphs.js';
import { Age } from '../../components/ticking.js';
import { count } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { RANGE_WORDS, type Range } from './curve-chart.js';
import type { FleetCurve } from './curve-lines.js';
import { barShare, curveFigures, goalsOf, hourFigures, intervalText, MODE_WORDS, newestMs, PACE_WORDS, type Report, type ServerCost } from './figures.js';

export const Unknown = (): ReactNode => (
  <span className="faint" title="not reported">
    –
  </span>
);

export const ms = (value: number | null): ReactNode => (value === null ? <Unknown /> : count(Math.round(value)));
export const percent = (share: number | null): ReactNode => (share === null ? <Unknown /> : `${Math.round(share * 100)} %`);
const bad = (value: number | null, tone = 'text-danger'): ReactNode => (value === null ? <Unknown /> : <span className={value > 0 ? tone : 'dim'}>{count(value)}</span>);

/** Calls against their goal, whose line stands at 80 % of the width; amber as a whole when over it. */
export function CallBar({ value, goal, what }: { value: number | null; goal: number; what: string }): ReactNode {
  const over = value !== null && value > goal;
  return (
    <span className="call-bar" title={`${value === null ? 'not known' : count(value)} ${what}, goal ${count(goal)}`}>
      <span className="call-track" aria-hidden>
        <span className={`meter ${over ? 'over' : ''}`}>
          {value !== null && <span className={over ? 'fill-warning' : 'fill-neutral'} style={{ transform: `scaleX(${barShare(value, goal)})` }} />}
        </span>
        <i className="goal-line" />
      </span>
      <span className="num">
        <b className={over ? 'text-warning' : undefined}>{value === null ? <Unknown /> : count(value)}</b> <span className="dim">/ {count(goal)}</span>
      </span>
    </span>
  );
}

/** How a server is read: mode, interval and why, as a shape and words. */
export function ReadBy({ report }: { report: Report }): ReactNode {
  return (
    <span className="read-by" title={PACE_WORDS[report.pace]}>
      <span className="inline">
        {report.mode === 'PUSH' ? <span className="state-dot" aria-hidden /> : <Repeat size={13} className="dim" aria-hidden />}
        {MODE_WORDS[report.mode]} <span className="dim">{intervalText(report.pollEveryMs)}</span>
      </span>
      <span className="small dim clip">{PACE_WORDS[report.pace]}</span>
    </span>
  );
}

function Note({ cost: { advice }, tone }: { cost: ServerCost; tone: string }): ReactNode {
  return (
    <td data-cell="note" className="small" title={advice.join(' ') || undefined}>
      {advice[0] ? <span className={`eff-note ${tone}`}>{advice[0]}</span> : <span className="dim eff-none">–</span>}
    </td>
  );
}

interface LineProps {
  cost: ServerCost;
  server: FleetServer | undefined;
  chosen: boolean;
  range: Range;
  /** Of the range, when that is more than the last hour; undefined while it is read or where there is none. */
  curve: FleetCurve | undefined;
}

const NOTHING = { session: null, other: null, averageMs: null, p95Ms: null, errors: null, reconnects: null, hitRate: null } as const;

function Line({ cost, server, chosen, range, curve }: LineProps): ReactNode {
  const { report } = cost;
  const name = (
    <td data-cell="name">
      <Link to="/efficiency" search={(old) => ({ ...old, server: server?.slug ?? cost.serverId })} className="inline eff-name" aria-current={chosen ? 'true' : undefined} data-list-item replace>
        <VendorGlyph kind={server?.kind ?? null} size={14} />
        <span className="strong clip">{cost.serverAlias}</span>
      </Link>
    </td>
  );
  if (!report) {
    return (
      <tr className={chosen ? 'eff-chosen' : undefined}>
        {name}
        <td colSpan={8} data-cell="failed">
          <span className="text-warning">{cost.error ?? 'Its agent has not told yet.'}</span> {cost.code && <code className="dim">{cost.code}</code>}
        </td>
        <Note cost={cost} tone="dim" />
      </tr>
    );
  }
  const goals = goalsOf(report);
  const figures = range === 'HOUR' ? hourFigures(report) : curve ? curveFigures(curve) : NOTHING;
  const when = range === 'HOUR' ? 'in the last hour' : `an hour, average of ${RANGE_WORDS[range]}`;
  return (
    <tr className={chosen ? 'eff-chosen' : undefined}>
      {name}
      <td data-cell="mode">
        <ReadBy report={report} />
      </td>
      <td data-cell="age" className="num dim">
        <Age atMs={newestMs(report)} />
      </td>
      <td data-cell="session">
        <CallBar value={figures.session} goal={goals.session} what={`session calls ${when}`} />
      </td>
      <td data-cell="other">
        <CallBar value={figures.other} goal={goals.other} what={`other calls ${when}`} />
      </td>
      <td data-cell="p95" className="num">
        <span className="dim">{ms(figures.averageMs)}</span> / {ms(figures.p95Ms)}
      </td>
      <td data-cell="errors" className="num">{bad(figures.errors)}</td>
      <td data-cell="reconnects" className="num">
        {bad(figures.reconnects, report.push.silentDeaths > 0 ? 'text-warning' : '')}
      </td>
      <td data-cell="hits" className="num">{percent(figures.hitRate)}</td>
      <Note cost={cost} tone="text-warning" />
    </tr>
  );
}

interface FleetTableProps {
  costs: readonly ServerCost[];
  byId: ReadonlyMap<string, FleetServer>;
  chosenId: string | undefined;
  range: Range;
  curves: ReadonlyMap<string, FleetCurve>;
}

/** One line per server; the chosen one is told in full below. */
export function FleetTable({ costs, byId, chosenId, range, curves }: FleetTableProps): ReactNode {
  return (
    <table className="table eff-table">
      <thead>
        <tr>
          <th scope="col">Server</th>
          <th scope="col">Read by</th>
          <th scope="col" className="num">Age</th>
          <th scope="col">Session calls / goal</th>
          <th scope="col">Other calls / goal</th>
          <th scope="col" className="num">Average / p95, ms</th>
          <th scope="col" className="num">Errors</th>
          <th scope="col" className="num">Reconnects</th>
          <th scope="col" className="num">Cache hits</th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        {costs.map((cost) => (
          <Line key={cost.serverId} cost={cost} server={byId.get(cost.serverId)} chosen={cost.serverId === chosenId} range={range} curve={curves.get(cost.serverId)} />
        ))}
      </tbody>
    </table>
  );
}
