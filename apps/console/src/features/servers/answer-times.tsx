import { useState, type ReactNode } from 'react';
import { count } from '../../format/units.js';
import type { FleetServer } from '../../live/live-types.js';
import { CurveChart, CurveLegend, RANGE_WORDS, RangeChoice, type CurveLine } from '../efficiency/curve-chart.js';
import { gapsOf, samplesOf, sinceWords, spanOf, ticksOf, type Curve, type ServerCurve } from '../efficiency/curve-lines.js';
import { useServerCurves } from '../efficiency/use-curves.js';
import { ReadPanel, Unknown, useMayRead } from './detail-parts.js';

const RANGES = ['DAY', 'WEEK'] as const;
const word = (ms: number | null): string | undefined => (ms === null ? undefined : `${count(Math.round(ms))} ms`);
const cell = (ms: number | null): ReactNode => word(ms) ?? <Unknown />;

const linesOf = ({ points, total: { all } }: Curve): (CurveLine & { figure: string | undefined })[] => [
  { key: 'p95', name: 'p95', mark: 'curve-p95', figure: word(all.p95Ms), samples: samplesOf(points, ({ p95Ms }) => p95Ms) },
  { key: 'median', name: 'median', mark: 'curve-median', figure: word(all.medianMs), samples: samplesOf(points, ({ medianMs }) => medianMs) },
];

function CallsTable({ curve: { total }, range }: { curve: Curve; range: (typeof RANGES)[number] }): ReactNode {
  return (
    <table className="table call-table answer-table">
      <thead>
        <tr>
          <th scope="col">Calls in {RANGE_WORDS[range]}</th>
          <th scope="col" className="num">Count</th>
          <th scope="col" className="num">Median</th>
          <th scope="col" className="num">p95</th>
          <th scope="col" className="num">Errors</th>
        </tr>
      </thead>
      <tbody>
        {([['Sessions', total.session], ['Everything else', total.other]] as const).map(([name, calls]) => (
          <tr key={name}>
            <td>{name}</td>
            <td className="num">{count(calls.calls)}</td>
            <td className="num dim">{cell(calls.medianMs)}</td>
            <td className="num">{cell(calls.p95Ms)}</td>
            <td className={`num ${calls.errors > 0 ? 'text-danger' : 'dim'}`}>{count(calls.errors)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Body({ answer, range }: { answer: ServerCurve; range: (typeof RANGES)[number] }): ReactNode {
  const { curves, error, code } = answer;
  if (!curves) {
    return (
      <p className="panel-body dim">
        {error ?? 'The agent has not told yet.'} {code && <code>{code}</code>}
      </p>
    );
  }
  const lines = linesOf(curves);
  const since = sinceWords(curves);
  if (lines[0]!.samples.filter(({ value }) => value !== null).length < 2) {
    return (
      <>
        <p className="panel-body dim">The line begins with the second {range === 'DAY' ? 'quarter of an hour' : 'hour'}{since && `: ${since}`}.</p>
        <CallsTable curve={curves} range={range} />
      </>
    );
  }
  return (
    <>
      <div className="panel-body">
        <CurveChart lines={lines} {...spanOf(curves)} gaps={gapsOf(curves.points)} ticks={ticksOf(curves)} label={`Answer times of all calls, ${RANGE_WORDS[range]}: median ${word(curves.total.all.medianMs)}, 95th of 100 ${word(curves.total.all.p95Ms)}.`} unit={(value) => count(Math.round(value))} />
        {since && <p className="small dim curve-caption">{`${since.charAt(0).toUpperCase()}${since.slice(1)}.`}</p>}
      </div>
      <CallsTable curve={curves} range={range} />
    </>
  );
}

/** How fast the server answered in the last day or week, p95 and median of all calls. */
export function AnswerTimes({ server, day }: { server: FleetServer; day: ReturnType<typeof useServerCurves> }): ReactNode {
  const mayRead = useMayRead(server, null, true);
  const [range, setRange] = useState<(typeof RANGES)[number]>('DAY');
  const week = useServerCurves(server.id, 'WEEK', !mayRead || range === 'DAY');
  const { value, error, reread } = range === 'DAY' ? day : week;
  const aside = mayRead && (
    <>
      {value?.curves && <CurveLegend lines={linesOf(value.curves)} />}
      <RangeChoice<(typeof RANGES)[number]> name="answer-range" ranges={RANGES} value={range} onChange={setRange} />
    </>
  );
  return (
    <ReadPanel title="Answer times" note="ms" aside={aside} server={server} operator ready={!!value} error={error} onRetry={reread}>
      {value && <Body answer={value} range={range} />}
    </ReadPanel>
  );
}
