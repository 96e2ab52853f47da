import type { ReactNode } from 'react';
import { lineShape, type Sample } from '../mirror/time-line.js';
import { topOf } from './curve-lines.js';
import './curves.css';

const [WIDTH, HEIGHT] = [600, 160];

export interface CurveLine {
  readonly key: string;
  readonly name: string;
  /** A class that sets `--curve`. */
  readonly mark: string;
  readonly samples: readonly Sample[];
}

interface CurveChartProps {
  lines: readonly CurveLine[];
  /** Dashed lines across. */
  goals?: readonly { readonly value: number; readonly label: string }[];
  fromMs: number;
  toMs: number;
  gaps: readonly { readonly from: number; readonly to: number }[];
  /** Words below the plot, from its left to its right end. */
  ticks: readonly string[];
  /** What is drawn, in a sentence. */
  label: string;
  unit(value: number): string;
}

/** Several lines on one scale over time; where nothing was collected it is hatched, never drawn as zero. */
export function CurveChart({ lines, goals = [], fromMs, toMs, gaps, ticks, label, unit }: CurveChartProps): ReactNode {
  const all = lines.map(({ samples }) => samples);
  const top = topOf(all, goals.map(({ value }) => value));
  return (
    <div className="curve-chart">
      <div className="curve-scale small faint num" aria-hidden>
        {[top, top / 2, 0].map((value) => (
          <span key={value}>{unit(value)}</span>
        ))}
      </div>
      <div className="curve-plot">
        {gaps.map(({ from, to }) => (
          <span key={from} className="curve-gap" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} title="Nothing was collected here" />
        ))}
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
          {[0, HEIGHT / 2, HEIGHT].map((y) => (
            <line key={y} className="curve-grid" x1={0} x2={WIDTH} y1={y} y2={y} vectorEffect="non-scaling-stroke" />
          ))}
          {goals.map(({ value }) => (
            <line key={value} className="curve-goal" x1={0} x2={WIDTH} y1={(1 - value / top) * HEIGHT} y2={(1 - value / top) * HEIGHT} vectorEffect="non-scaling-stroke" />
          ))}
          {lines.map(({ key, mark, samples }) => (
            <path key={key} className={`curve-line ${mark}`} d={lineShape(samples, fromMs, toMs, { width: WIDTH, height: HEIGHT, gapMs: Number.POSITIVE_INFINITY, top }).line} fill="none" vectorEffect="non-scaling-stroke" />
          ))}
        </svg>
        {goals.map(({ value, label: words }) => (
          <span key={value} className="curve-goal-words small dim" style={{ bottom: `${(value / top) * 100}%` }}>
            {words}
          </span>
        ))}
      </div>
      <div className="curve-ticks small faint num" aria-hidden>
        {ticks.map((tick, index) => (
          <span key={`${index} ${tick}`}>{tick}</span>
        ))}
      </div>
    </div>
  );
}

/** Name and figure of each line, beside the piece of line that stands for it. */
export function CurveLegend({ lines }: { lines: readonly (Pick<CurveLine, 'key' | 'name' | 'mark'> & { readonly figure?: string | undefined })[] }): ReactNode {
  return (
    <ul className="curve-legend small">
      {lines.map(({ key, name, mark, figure }) => (
        <li key={key}>
          <svg className={`curve-line ${mark}`} width={14} height={4} viewBox="0 0 14 4" aria-hidden>
            <path d="M0 2 H14" />
          </svg>
          <span className="dim">
            {name}
            {figure && ` ${figure}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

const [SPARK_WIDTH, SPARK_HEIGHT] = [88, 24];

/** One line without a scale: from nothing to the most that is possible, or to its own peak. */
export function Sparkline({ samples, most, label }: { samples: readonly Sample[]; most?: number; label: string }): ReactNode {
  if (samples.filter(({ value }) => value !== null).length < 2) return null;
  const times = samples.map(({ atMs }) => atMs);
  const { line, area } = lineShape(samples, Math.min(...times), Math.max(...times), { width: SPARK_WIDTH, height: SPARK_HEIGHT, gapMs: Number.POSITIVE_INFINITY, top: most ?? topOf([samples]) });
  return (
    <svg className="sparkline" viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <path className="sparkline-area" d={area} />
      <path className="sparkline-line" d={line} fill="none" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

export const RANGE_WORDS = { HOUR: '1 h', DAY: '24 h', WEEK: '7 d' } as const;
export type Range = keyof typeof RANGE_WORDS;

/** Which range a panel shows. */
export function RangeChoice<R extends Range>({ name, ranges, value, onChange }: { name: string; ranges: readonly R[]; value: R; onChange(range: R): void }): ReactNode {
  return (
    <span className="segmented range-choice" role="radiogroup" aria-label="How far back">
      {ranges.map((range) => (
        <label key={range}>
          <input type="radio" name={name} checked={range === value} onChange={() => onChange(range)} />
          {RANGE_WORDS[range]}
        </label>
      ))}
    </span>
  );
}
