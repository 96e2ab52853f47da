import type { ReactNode } from 'react';
import { deliveryMark } from '../../format/media.js';
import { bitRate, mbps, moment } from '../../format/units.js';
import type { SessionFields } from '../../live/live-types.js';
import { TimeChart } from './time-chart.js';
import { lineFigures, type Sample } from './time-line.js';
import type { Mirror } from './use-mirror.js';

const WINDOW_MS = 300_000;
const GAP_MS = 45_000;
const TICKS = ['−5 min', '−4', '−3', '−2', '−1', 'now'];

export const bitRateSamples = ({ bitRates }: Pick<Mirror, 'bitRates'>): Sample[] => bitRates.map(({ at, kbps }) => ({ atMs: Date.parse(at), value: kbps }));

/** `8.0 Mbps now · 9.1 average`, or `at the end`; an empty text where nothing was told. */
export function rateWords(samples: readonly Sample[], live: boolean): string {
  const { now, average } = lineFigures(samples);
  if (average === null) return '';
  const when = live ? 'now' : 'at the end';
  return [now === null ? `not reported ${when}` : `${bitRate(now)} ${when}`, `${mbps(average)} average`].join(' · ');
}

/** Bit rate of the last five minutes, with what it says in a sentence. */
export function BitRateLine({ mirror, stream }: { mirror: Mirror; stream: SessionFields['stream'] }): ReactNode {
  const toMs = Date.parse(mirror.endedAt ?? mirror.at);
  const samples = bitRateSamples(mirror).filter(({ atMs }) => atMs > toMs - WINDOW_MS && atMs <= toMs);
  const { peak, average } = lineFigures(samples);
  if (samples.length < 2 || !peak?.value || average === null) return <p className="small dim">The line begins when the bit rate has been read twice.</p>;
  const sentence = `At most ${bitRate(peak.value)} at ${moment(peak.atMs, toMs)}.`;
  return (
    <>
      <TimeChart samples={samples} fromMs={toMs - WINDOW_MS} toMs={toMs} gapMs={GAP_MS} ticks={mirror.live ? TICKS : [...TICKS.slice(0, -1), 'end']} unit={mbps} mark={stream ? deliveryMark(stream) : 'unknown'} label={`Bit rate in Mbps, last five minutes. ${rateWords(samples, mirror.live)}. ${sentence}`} />
      <p className="small dim time-caption">{sentence}</p>
    </>
  );
}
