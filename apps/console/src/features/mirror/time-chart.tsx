import type { ReactNode } from 'react';
import { lineShape, type Sample } from './time-line.js';

const [WIDTH, HEIGHT] = [600, 100];

interface TimeChartProps {
  samples: readonly Sample[];
  fromMs: number;
  toMs: number;
  /** Samples further apart leave a gap. */
  gapMs: number;
  /** Words below the plot, from its left to its right end. */
  ticks: readonly string[];
  /** What is drawn, in a sentence. */
  label: string;
  /** Value at a line of the scale. */
  unit(value: number): string;
  mark: 'transcode' | 'stream' | 'play' | 'paused' | 'unknown';
}

/** One line over time with three lines of a scale; what is not known is hatched. */
export function TimeChart({ samples, fromMs, toMs, gapMs, ticks, label, unit, mark }: TimeChartProps): ReactNode {
  const { line, area, gaps, top } = lineShape(samples, fromMs, toMs, { width: WIDTH, height: HEIGHT, gapMs });
  return (
    <div className={`time-chart mark-${mark}`}>
      <div className="time-scale small faint num" aria-hidden>
        {[top, top / 2, 0].map((value) => (
          <span key={value}>{unit(value)}</span>
        ))}
      </div>
      <div className="time-plot">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
          {[0, HEIGHT / 2, HEIGHT].map((y) => (
            <line key={y} className="time-grid" x1={0} x2={WIDTH} y1={y} y2={y} vectorEffect="non-scaling-stroke" />
          ))}
          <path className="time-area" d={area} />
          <path className="time-line" d={line} fill="none" vectorEffect="non-scaling-stroke" />
        </svg>
        {gaps.map(({ from, to }) => (
          <span key={from} className="time-gap" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} title="Nothing was reported here" />
        ))}
      </div>
      <div className="time-ticks small faint num" aria-hidden>
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
    </div>
  );
}
