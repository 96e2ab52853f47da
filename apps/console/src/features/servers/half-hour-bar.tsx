import type { ReactNode } from 'react';
import { moment } from '../../format/units.js';
import { halfHours, halfHourWords, sinceWords, type Curve, type HalfHourState } from '../efficiency/curve-lines.js';
import '../efficiency/curves.css';

const WORDS: Readonly<Record<HalfHourState, string>> = { good: 'there', slow: 'slow', shaken: 'away for a while', away: 'away', unknown: 'nothing was collected' };

/** Health of the last 24 hours: a bar for each half hour, lower and in color where something was wrong. */
export function HalfHourBar({ curve }: { curve: Curve }): ReactNode {
  const nowMs = Date.parse(curve.at);
  const halves = halfHours(curve.points);
  const words = halfHourWords(halves, nowMs);
  const since = curve.since && sinceWords(curve);
  return (
    <div className="panel-body half-hour-body">
      <div className="half-hours" role="img" aria-label={`Half hours of the last 24 h. ${words}`}>
        {halves.map(({ atMs, state }) => (
          <span key={atMs} className={`half-${state}`} title={`${moment(atMs, nowMs)}: ${WORDS[state]}`} />
        ))}
      </div>
      <div className="half-hour-ends small dim" aria-hidden>
        <span>24 h ago</span>
        <span>now</span>
      </div>
      <p className="small dim">
        {words} {since && `C${since.slice(1)}.`}
      </p>
    </div>
  );
}
