import type { ReactNode } from 'react';
import { clockTime } from '../../format/units.js';
import type { MirrorEvent } from './use-mirror.js';

export const KIND_WORDS: Readonly<Record<MirrorEvent['kind'], string>> = {
  STARTED: 'Started',
  PAUSED: 'Paused',
  RESUMED: 'Resumed',
  SEEKED: 'Moved',
  BUFFERING: 'Buffering',
  DELIVERY_CHANGED: 'Delivery changed',
  QUALITY_CHANGED: 'Quality changed',
  TRANSCODE_SLOW: 'Transcode too slow',
  ENDED: 'Ended',
};

const TONES: Readonly<Record<MirrorEvent['kind'], string>> = {
  STARTED: 'text-play',
  PAUSED: 'text-paused',
  RESUMED: 'text-play',
  SEEKED: 'text-paused',
  BUFFERING: 'text-buffering',
  DELIVERY_CHANGED: 'text-transcode',
  QUALITY_CHANGED: 'text-transcode',
  TRANSCODE_SLOW: 'text-warning',
  ENDED: 'text-paused',
};

export const toneOf = (event: MirrorEvent): string => TONES[event.kind];

const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `21:04:12`, in the operator's zone. */
export const eventTime = (at: string): string => times.format(Date.parse(at));

/** What happened to a stream, the oldest first. */
export function EventList({ events }: { events: readonly MirrorEvent[] }): ReactNode {
  return (
    <ol className="event-list">
      {events.map((event) => (
        <li key={`${event.at}${event.kind}${event.text}`}>
          <span className={`event-dot ${toneOf(event)}`} aria-hidden />
          <time className="num dim" dateTime={event.at}>
            {eventTime(event.at)}
          </time>
          <span>
            {event.text}
            {event.positionMs !== null && <span className="sr-only"> at {clockTime(event.positionMs)}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
