import type { ReactNode } from 'react';
import { count } from '../../format/units.js';
import type { RatePoint } from './use-plan.js';
import { chartOf } from './rate.js';

const [WIDTH, HEIGHT] = [640, 120];

/** Writes per second since this page was opened; slowed stretches have their own ground. */
export function RateChart({ rates, words }: { rates: readonly RatePoint[]; words: string | null }): ReactNode {
  const { line, slowed, most, median } = chartOf(rates, WIDTH, HEIGHT);
  return (
    <section className="panel" aria-labelledby="mig-rate-head">
      <div className="panel-head">
        <h2 id="mig-rate-head">Writes per second</h2>
        <span className="small dim">since this page was opened</span>
        {median !== null && <span className="aside small dim">median {count(Math.round(median))}</span>}
      </div>
      <div className="panel-body">
        {rates.length < 2 ? (
          <p className="small dim mig-chart-empty">The line begins with the next message of the run.</p>
        ) : (
          <svg className="mig-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`Writes per second, at most ${Math.round(most)}, now ${Math.round(rates.at(-1)!.perSecond)}`}>
            {slowed.map(({ x, width }) => (
              <rect key={x} className="mig-chart-slow" x={x} y={0} width={width} height={HEIGHT} />
            ))}
            <path className="mig-chart-area" d={`${line} L${WIDTH} ${HEIGHT} L0 ${HEIGHT} Z`} />
            <path className="mig-chart-line" d={line} fill="none" vectorEffect="non-scaling-stroke" />
          </svg>
        )}
        <p className={`small ${words ? 'text-warning' : 'dim'}`}>{words ?? (rates.length > 1 ? `At most ${count(Math.round(most))} per second so far.` : 'People who watch come first; the run gives way to them.')}</p>
      </div>
    </section>
  );
}
