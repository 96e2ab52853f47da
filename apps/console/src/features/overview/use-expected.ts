import { useCallback, useEffect, useMemo, useState } from 'react';
import { useLive } from '../../live/live-context.js';
import type { LiveSession } from '../../live/live-types.js';
import { progressAt } from '../../live/progress.js';

/** What an order will have changed about the stream. */
export interface Expected {
  readonly state?: 'PLAYING' | 'PAUSED';
  readonly positionMs?: number;
}

const LONGEST_MS = 5_000;
const NEAR_MS = 10_000;

/** The session as it will be once the order has come through; the session itself as soon as it says so. */
export function withExpected(session: LiveSession, { state, positionMs }: Expected, sinceMs: number): LiveSession {
  const { stream } = session;
  if (!stream) return session;
  const changesState = state !== undefined && state !== stream.state;
  const moves = positionMs !== undefined && !(session.positionAtMs >= sinceMs && Math.abs(stream.positionMs - positionMs) < NEAR_MS);
  if (!changesState && !moves) return session;
  const from = positionMs ?? progressAt(session, sinceMs, false).positionMs;
  return { ...session, positionAtMs: sinceMs, stream: { ...stream, state: state ?? stream.state, positionMs: from, bufferPositionMs: moves ? null : stream.bufferPositionMs } };
}

/** Shows an order as done for up to five seconds, until the server confirms it; then what the server says counts. */
export function useExpected(session: LiveSession): { shown: LiveSession; expect(change: Expected | null): void } {
  const { store } = useLive();
  const [expected, setExpected] = useState<{ change: Expected; sinceMs: number } | null>(null);
  const expect = useCallback((change: Expected | null) => setExpected(change && { change, sinceMs: store.clock.now() }), [store]);
  useEffect(() => {
    if (!expected) return undefined;
    const timer = setTimeout(() => setExpected(null), LONGEST_MS);
    return () => clearTimeout(timer);
  }, [expected]);
  const shown = useMemo(() => (expected ? withExpected(session, expected.change, expected.sinceMs) : session), [session, expected]);
  return { shown, expect };
}
