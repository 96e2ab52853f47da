import { Loader, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { belowRealTime, deliveryMark, encoderWord, MARK_WORDS, reasonLine, shortReason } from '../format/media.js';
import type { SessionFields } from '../live/live-types.js';
import { MarkIcon } from './glyphs.js';

type StreamFields = NonNullable<SessionFields['stream']>;

/** Outlined badge: icon, word and, for a transcode, what does it and how fast, or the given suffix. */
export function DeliveryBadge({ stream, stale, suffix }: { stream: StreamFields; stale: boolean; suffix?: string }): ReactNode {
  const mark = deliveryMark(stream);
  const encoder = mark === 'transcode' ? (suffix ?? encoderWord(stream)) : '';
  return (
    <span className={`badge ${stale ? 'stale-delivery' : `delivery text-${mark}`}`}>
      <MarkIcon mark={mark} size={12} />
      {MARK_WORDS[mark]}
      {encoder && <span className="badge-suffix">{encoder}</span>}
    </span>
  );
}

/** One line for compact rows, inside a cell of class `delivery-line`: `HW 1.8×` or the delivery word, then the short reason. */
export function DeliveryLine({ stream, stale }: { stream: StreamFields; stale: boolean }): ReactNode {
  const mark = deliveryMark(stream);
  const encoder = mark === 'transcode' ? encoderWord(stream) : '';
  const plain = mark === 'play' || mark === 'unknown';
  return (
    <>
      <span className={`inline ${stale ? 'dim' : `text-${mark}`}`}>
        <MarkIcon mark={mark} size={12} />
        {encoder || MARK_WORDS[mark]}
        {encoder && <span className="sr-only">{MARK_WORDS[mark]}</span>}
      </span>
      {!plain && <ReasonLine stream={stream} short />}
    </>
  );
}

/** Why it is delivered so; a transcoder that cannot keep up says it with a triangle and words. */
export function ReasonLine({ stream, short = false }: { stream: StreamFields; short?: boolean }): ReactNode {
  if (stream.state === 'BUFFERING') {
    return (
      <span className="reason text-buffering clip">
        <Loader size={12} aria-hidden />
        Buffering
      </span>
    );
  }
  const slow = belowRealTime(stream);
  const line = reasonLine(stream);
  return (
    <span className={`reason clip ${slow ? 'text-warning' : 'dim'}`} title={line}>
      {slow && <TriangleAlert size={12} aria-hidden />}
      {short ? shortReason(stream) : line}
    </span>
  );
}
