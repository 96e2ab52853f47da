import { useMemo, type ReactNode } from 'react';
import { age, moment } from '../../format/units.js';
import { deliveryLane, laneTime, stateLane, type Stretch } from './lanes.js';
import { TimeChart } from './time-chart.js';
import type { Sample } from './time-line.js';
import type { Mirror } from './use-mirror.js';

function Lane({ label, stretches }: { label: string; stretches: readonly Stretch[] }): ReactNode {
  return (
    <>
      <span className="small dim lane-label">{label}</span>
      <div className="lane" role="img" aria-label={`${label}: ${stretches.map(({ words }) => words).join(', then ')}`}>
        {stretches.map(({ from, to, tone, words }) => (
          <span key={from} className={`lane-part lane-${tone}`} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} title={words} />
        ))}
      </div>
    </>
  );
}

const LEGEND: readonly { tone: Stretch['tone']; words: string }[] = [
  { tone: 'plays', words: 'plays' },
  { tone: 'paused', words: 'paused' },
  { tone: 'buffering', words: 'buffering' },
  { tone: 'play', words: 'direct play' },
  { tone: 'stream', words: 'direct stream' },
  { tone: 'transcode', words: 'transcode' },
];

/** State and delivery of a stream from its first event to now, on one axis. */
export function SwimLanes({ mirror }: { mirror: Mirror }): ReactNode {
  const { events, session } = mirror;
  const endMs = Date.parse(mirror.endedAt ?? mirror.at);
  const { time, state, delivery } = useMemo(() => {
    const span = laneTime(events, session?.stream?.startedAt ?? null, endMs);
    return { time: span, state: stateLane(events, span), delivery: deliveryLane(events, span, session?.stream?.delivery ?? null) };
  }, [events, session, endMs]);
  const used = new Set([...state, ...delivery].map(({ tone }) => tone));
  const middle = time.startMs + (time.endMs - time.startMs) / 2;
  return (
    <section className="panel" aria-labelledby="mirror-time">
      <div className="panel-head">
        <h2 id="mirror-time">Timeline</h2>
        <span className="small dim num">
          {moment(time.startMs, endMs)} – {moment(endMs, endMs)}
        </span>
        <span className="aside lane-legend small dim" aria-hidden>
          {LEGEND.filter(({ tone }) => used.has(tone)).map(({ tone, words }) => (
            <span key={tone} className="inline">
              <span className={`lane-key lane-${tone}`} /> {words}
            </span>
          ))}
        </span>
      </div>
      <div className="panel-body lanes">
        <Lane label="State" stretches={state} />
        <Lane label="Delivery" stretches={delivery} />
        <span />
        <div className="time-ticks lane-ticks small faint num" aria-hidden>
          {[time.startMs, middle, time.endMs].map((atMs) => (
            <span key={atMs}>{moment(atMs, endMs)}</span>
          ))}
        </div>
      </div>
    </section>
  );
}

const AHEAD_GAP_MS = 30_000;

/** How far the server was in front of the viewer, since this page was opened. */
export function AheadPanel({ ahead }: { ahead: readonly Sample[] }): ReactNode {
  const [first, last] = [ahead[0], ahead.at(-1)];
  const told = ahead.flatMap(({ value }) => (value === null ? [] : [value]));
  const lowest = told.length === 0 ? null : Math.min(...told);
  const sentence = lowest === null ? 'This server does not tell how far it has prepared the title.' : `At least ${age(lowest)} ahead of the viewer since this page was opened.`;
  return (
    <section className="panel" aria-labelledby="mirror-ahead">
      <div className="panel-head">
        <h2 id="mirror-ahead">Prepared ahead</h2>
        <span className="small dim">since this page was opened</span>
      </div>
      <div className="panel-body">
        {told.length > 1 && first && last ? (
          <>
            <TimeChart samples={ahead} fromMs={first.atMs} toMs={last.atMs} gapMs={AHEAD_GAP_MS} ticks={['opened', 'now']} unit={age} mark="stream" label={`Time prepared ahead of the viewer. ${sentence}`} />
            <p className="small dim time-caption">{sentence}</p>
          </>
        ) : (
          <p className="small dim">{told.length === 0 ? sentence : 'The line begins with the next position.'}</p>
        )}
      </div>
    </section>
  );
}
