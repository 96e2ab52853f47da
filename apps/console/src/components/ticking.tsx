import { useCallback, type ReactNode } from 'react';
import { absolute, age, clockTime } from '../format/units.js';
import { useTickingText } from '../live/live-context.js';
import type { LiveSession } from '../live/live-types.js';
import { progressAt } from '../live/progress.js';

/** Age of a moment in server time, counted on without rendering. The absolute time is the hover text. */
export function Age({ atMs, suffix = '' }: { atMs: number | null; suffix?: string }): ReactNode {
  const ref = useTickingText(useCallback((nowMs) => (atMs ? `${age(nowMs - atMs)}${suffix}` : '–'), [atMs, suffix]));
  return <span ref={ref} title={atMs ? absolute(atMs) : undefined} />;
}

/** Where playback stands, counted on without rendering. */
export function Position({ session, stale, className = '' }: { session: LiveSession; stale: boolean; className?: string }): ReactNode {
  const ref = useTickingText(useCallback((nowMs) => clockTime(progressAt(session, nowMs, stale).positionMs), [session, stale]));
  return <span ref={ref} className={`num ${className}`} />;
}

/** How far playback is, counted on without rendering; an en dash for a title without a length. */
export function Percent({ session, stale }: { session: LiveSession; stale: boolean }): ReactNode {
  const known = !!session.item?.durationMs;
  const ref = useTickingText(useCallback((nowMs) => (known ? `${Math.round(progressAt(session, nowMs, stale).played * 100)} %` : '–'), [known, session, stale]));
  return <span ref={ref} className="num" />;
}

/** Time on the wall when the title ends at normal speed. */
export function EndsAt({ session }: { session: LiveSession }): ReactNode {
  const ref = useTickingText(
    useCallback(
      (nowMs) => {
        const { remainingMs } = progressAt(session, nowMs, false);
        return remainingMs === null ? '' : `ends ${new Date(nowMs + remainingMs).toTimeString().slice(0, 5)}`;
      },
      [session],
    ),
  );
  return <span ref={ref} className="num dim" />;
}
