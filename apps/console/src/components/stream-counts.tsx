import type { ReactNode } from 'react';
import { MARK_WORDS, type DeliveryMark } from '../format/media.js';
import type { StreamSums } from '../live/totals.js';
import { MarkIcon } from './glyphs.js';

/** Fixed order of deliveries, everywhere. */
export const MARK_ORDER: readonly DeliveryMark[] = ['play', 'stream', 'transcode', 'paused', 'unknown'];

/** Total and counts by delivery of one server; for a server that does not answer only how many were last known. */
export function StreamCounts({ sums, live, idle }: { sums: StreamSums; live: boolean; idle: string }): ReactNode {
  if (!live) {
    return sums.streams > 0 ? (
      <span className="counts dim">
        <span className="total">{sums.streams}</span>
        <span className="small">last known</span>
      </span>
    ) : (
      <span className="counts faint">–</span>
    );
  }
  return (
    <span className="counts">
      <span className="total">{sums.streams}</span>
      {sums.streams === 0 && <span className="small dim">{idle}</span>}
      {MARK_ORDER.filter((mark) => sums.marks[mark] > 0).map((mark) => (
        <span key={mark} className={`part text-${mark}`} title={`${sums.marks[mark]} ${MARK_WORDS[mark].toLowerCase()}`}>
          <MarkIcon mark={mark} size={12} />
          {sums.marks[mark]}
          <span className="sr-only">{MARK_WORDS[mark].toLowerCase()}</span>
        </span>
      ))}
    </span>
  );
}
