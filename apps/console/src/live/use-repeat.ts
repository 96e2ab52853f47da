import { useEffect, useRef } from 'react';
import { usePaused } from './live-context.js';

/** Calls `again` every `ms` while the page is in sight and live updates are not paused. */
export function useRepeat(again: () => void, ms: number): void {
  const paused = usePaused();
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (paused) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && latest.current(), ms);
    return () => clearInterval(timer);
  }, [paused, ms]);
}
