import { useEffect, useRef, type ReactNode } from 'react';
import { deliveryMark } from '../format/media.js';
import { useLive } from '../live/live-context.js';
import type { LiveSession } from '../live/live-types.js';
import { progressAt } from '../live/progress.js';

const still = () => globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;

/**
 * Two layers on a track: what was played and, where the server converts, how far the transcoder is; a large one has a playhead. Between snapshots the
 * compositor moves the played layer by a linear transform up to the end of the title; React renders only on a new snapshot.
 */
export function ProgressBar({ session, stale, large = false }: { session: LiveSession; stale: boolean; large?: boolean }): ReactNode {
  const { store } = useLive();
  const played = useRef<HTMLSpanElement>(null);
  const head = useRef<HTMLSpanElement>(null);
  const nowMs = store.clock.now();
  const progress = progressAt(session, nowMs, stale);
  const mark = session.stream ? deliveryMark(session.stream) : 'unknown';

  useEffect(() => {
    const element = played.current;
    const start = progressAt(session, store.clock.now(), stale);
    if (!element || start.remainingMs === null || start.remainingMs <= 0 || still()) return undefined;
    const timing = { duration: start.remainingMs, easing: 'linear', fill: 'forwards' } as const;
    const animations = [element.animate([{ transform: `scaleX(${start.played})` }, { transform: 'scaleX(1)' }], timing)];
    if (head.current) animations.push(head.current.animate([{ transform: `translateX(${start.played * 100}%)` }, { transform: 'translateX(100%)' }], timing));
    return () => animations.forEach((animation) => animation.cancel());
  }, [session, stale, store]);

  return (
    <span className={`progress mark-${stale ? 'stale' : mark} ${large ? 'large' : ''}`} aria-hidden>
      {progress.buffered > 0 && <span className="progress-buffer" style={{ transform: `scaleX(${progress.buffered})` }} />}
      <span ref={played} className="progress-played" style={{ transform: `scaleX(${progress.played})` }} />
      {large && progress.durationMs !== null && <span ref={head} className="progress-head" style={{ transform: `translateX(${progress.played * 100}%)` }} />}
    </span>
  );
}
