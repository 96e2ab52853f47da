import { Table } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { LoadingRows, ProblemNote } from '../../components/state-view.js';
import type { Problem } from '../../api/problem.js';
import { count, moment, plural } from '../../format/units.js';
import { lineFigures, type Sample } from '../mirror/time-line.js';
import { CurveChart, CurveLegend, type CurveLine } from './curve-chart.js';
import { gapsOf, perHour, samplesOf, sinceWords, spanOf, ticksOf, type FleetCurve, type FleetCurves } from './curve-lines.js';
import { ms, Unknown } from './fleet-table.js';

const GOALS = [
  { value: 60, label: 'goal with push, 60' },
  { value: 360, label: 'goal while polling, 360' },
] as const;
/** Below this a line of the larger goal would press all others to the ground. */
const WITH_LARGE_GOAL = 120;
/** Colors of servers are never those of deliveries; the second half is dashed as well. */
const MARKS = ['curve-blue', 'curve-pink', 'curve-teal', 'curve-tan curve-dashed', 'curve-violet curve-dashed', 'curve-grey curve-dashed'] as const;

interface Line extends CurveLine {
  readonly curve: FleetCurve;
  readonly most: Sample | null;
}

function linesOf(rows: readonly FleetCurves[]): Line[] {
  const all = rows.flatMap(({ serverId, serverAlias, curves }) => {
    if (!curves) return [];
    const samples = samplesOf(curves.points, ({ sessionCalls, observedMs }) => perHour(sessionCalls, observedMs));
    return [{ key: serverId, name: serverAlias, samples, curve: curves, most: lineFigures(samples).peak }];
  });
  const largest = all.toSorted((a, b) => (b.most?.value ?? 0) - (a.most?.value ?? 0)).slice(0, MARKS.length);
  return largest.map((line, index) => ({ ...line, mark: MARKS[index]! }));
}

function Chart({ lines, rows }: { lines: readonly Line[]; rows: readonly FleetCurves[] }): ReactNode {
  const first = lines[0]!.curve;
  const { at, points } = first;
  const nowMs = Date.parse(at);
  const highest = lines[0]!;
  const most = highest.most?.value ?? 0;
  const goals = GOALS.filter(({ value }) => value === 60 || most > WITH_LARGE_GOAL);
  const calls = rows.reduce((sum, { curves }) => sum + (curves?.total.all.calls ?? 0), 0);
  const left = rows.filter(({ curves }) => curves).length - lines.length;
  const sentence = `Highest: ${highest.name}, ${count(Math.round(most))} at ${highest.most ? moment(highest.most.atMs, nowMs) : '–'}. The fleet made ${plural(calls, 'call')} in 24 h.`;
  const since = sinceWords(longest(lines));
  return (
    <>
      <div className="curve-tall">
        <CurveChart lines={lines} goals={goals} gaps={gapsOf(unionOf(lines, points))} {...spanOf(first)} ticks={ticksOf(first)} label={`Session calls per hour of ${plural(lines.length, 'server')}, 24 hours. ${sentence}`} unit={(value) => count(Math.round(value))} />
      </div>
      <p className="small dim curve-caption">
        {sentence} {since && `Of these 24 h it is ${since}.`} {left > 0 && `The ${MARKS.length} highest are drawn; the table has all.`}
      </p>
    </>
  );
}

/** The one that collects longest says from when there are figures. */
const longest = (lines: readonly Line[]): FleetCurve => lines.map(({ curve }) => curve).reduce((best, curve) => (curve.since !== null && (best.since === null || curve.since < best.since) ? curve : best));

/** A step is a gap of the chart when no server has it. */
function unionOf(lines: readonly Line[], points: FleetCurve['points']): { at: string; observedMs: number | null }[] {
  return points.map(({ at }, step) => ({ at, observedMs: lines.map(({ curve }) => curve.points[step]?.observedMs ?? null).find((value) => value !== null) ?? null }));
}

function CallsTable({ rows }: { rows: readonly FleetCurves[] }): ReactNode {
  return (
    <div className="curve-table" tabIndex={0} role="region" aria-label="Session calls per hour, by server">
      <table className="table call-table">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col" className="num">Average</th>
            <th scope="col" className="num">Highest</th>
            <th scope="col" className="num">At</th>
            <th scope="col" className="num">Latest</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ serverId, serverAlias, error, curves }) => {
            const samples = curves ? samplesOf(curves.points, ({ sessionCalls, observedMs }) => perHour(sessionCalls, observedMs)) : [];
            const { peak } = lineFigures(samples);
            const last = samples.findLast(({ value }) => value !== null);
            return (
              <tr key={serverId}>
                <td>{serverAlias}</td>
                {curves ? (
                  <>
                    <td className="num">{ms(perHour(curves.total.session.calls, curves.total.observedMs))}</td>
                    <td className="num">{ms(peak?.value ?? null)}</td>
                    <td className="num dim">{peak ? moment(peak.atMs, Date.parse(curves.at)) : <Unknown />}</td>
                    <td className="num">{ms(last?.value ?? null)}</td>
                  </>
                ) : (
                  <td colSpan={4} className="dim">{error ?? 'Its agent has not told yet.'}</td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** How often each server was asked about its sessions in the last 24 hours, against the two goals. */
export function SessionCallsPanel({ rows, problem }: { rows: readonly FleetCurves[] | null; problem: Problem | null }): ReactNode {
  const [table, setTable] = useState(false);
  const lines = linesOf(rows ?? []);
  const hasLine = lines.some(({ samples }) => samples.filter(({ value }) => value !== null).length > 1);
  const body = () => {
    if (!rows) return problem ? <div className="panel-body"><ProblemNote problem={problem} /></div> : <LoadingRows rows={4} height={48} label="Loading: Session calls per hour" />;
    if (table) return <CallsTable rows={rows} />;
    if (hasLine) return <div className="panel-body"><Chart lines={lines} rows={rows} /></div>;
    const since = lines.length > 0 ? sinceWords(longest(lines)) : null;
    return <p className="panel-body dim">{lines.length === 0 ? 'No agent could be asked for its curves.' : `The line begins with the second quarter of an hour${since ? `: ${since}` : ''}.`}</p>;
  };
  return (
    <section className="panel" aria-label="Session calls per hour">
      <div className="panel-head eff-chart-head">
        <h2>Session calls per hour</h2>
        <span className="small dim">24 h</span>
        <span className="aside inline">
          {hasLine && !table && <CurveLegend lines={lines} />}
          <button type="button" className="icon-button" aria-pressed={table} aria-label="As a table" title="As a table" onClick={() => setTable(!table)}>
            <Table size={15} aria-hidden />
          </button>
        </span>
      </div>
      {body()}
    </section>
  );
}
