import { ConsoleSessionMirrorChangedDocument, ConsoleSessionMirrorDocument, type ConsoleMirrorFragment } from '@usher/api-client';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useQuery, type CombinedError } from 'urql';
import { usePaused } from '../../live/live-context.js';
import { usePageFeed } from '../../live/page-feed.js';

export type Mirror = ConsoleMirrorFragment;
export type MirrorEvent = Mirror['events'][number];

interface MirrorRead {
  /** Null before the first answer. */
  readonly mirror: Mirror | null;
  readonly error: CombinedError | undefined;
  reread(): void;
}

const GLANCE_MS = 10_000;

/** What is kept of one stream, read every ten seconds: for a glance beside other things. */
export function useMirrorGlance(id: string): MirrorRead {
  const paused = usePaused();
  const [{ data, error }, read] = useQuery({ query: ConsoleSessionMirrorDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  useEffect(() => {
    if (paused) return undefined;
    const timer = setInterval(() => read({ requestPolicy: 'network-only' }), GLANCE_MS);
    return () => clearInterval(timer);
  }, [read, paused]);
  const mirror = data?.sessionMirror.id === id ? data.sessionMirror : null;
  return { mirror, error: mirror ? undefined : error, reread: () => read({ requestPolicy: 'network-only' }) };
}

export interface AheadSample {
  readonly atMs: number;
  readonly value: number | null;
}

const MOST_AHEAD = 600;

/**
 * One stream as it goes: pushed with every position, for which its server is asked while somebody looks. `ahead` is how far
 * the server was in front of the viewer since the page was opened, ms.
 */
export function useMirror(id: string): MirrorRead & { readonly ahead: readonly AheadSample[] } {
  const [{ data, error }, read] = useQuery({ query: ConsoleSessionMirrorDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  const [pushed, setPushed] = useState<Mirror | null>(null);
  const [ahead, setAhead] = useState<readonly AheadSample[]>([]);
  const [kept, setKept] = useState<Mirror['session']>(null);
  const lastMs = useRef(0);
  const reread = () => {
    setPushed(null);
    read({ requestPolicy: 'network-only' });
  };
  usePageFeed(ConsoleSessionMirrorChangedDocument, { id }, ({ sessionMirrorChanged }) => setPushed(sessionMirrorChanged), reread);
  const answered = data?.sessionMirror.id === id ? data.sessionMirror : null;
  const mirror = pushed?.id === id && (!answered || Date.parse(pushed.at) >= Date.parse(answered.at)) ? pushed : answered;
  useEffect(() => {
    const stream = mirror?.session?.stream;
    const atMs = mirror ? Date.parse(mirror.at) : 0;
    if (!stream || atMs <= lastMs.current) return;
    lastMs.current = atMs;
    setKept(mirror?.session ?? null);
    const value = stream.bufferPositionMs === null ? null : Math.max(0, stream.bufferPositionMs - stream.positionMs);
    setAhead((samples) => [...samples, { atMs, value }].slice(-MOST_AHEAD));
  }, [mirror]);
  // A session that has ended is told without what it played; what was seen before stays in sight.
  const shown = useMemo(() => mirror && { ...mirror, session: mirror.session?.stream ? mirror.session : (kept ?? mirror.session) }, [mirror, kept]);
  return { mirror: shown, error: mirror ? undefined : error, reread, ahead };
}
