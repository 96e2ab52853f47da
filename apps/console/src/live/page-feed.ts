import type { Client } from 'graphql-ws';
import { useEffect, useRef } from 'react';
import type { TypedDocumentNode } from 'urql';
import { useLiveStatus, usePaused } from './live-context.js';
import { createSocket, listen } from './socket.js';

const POLL_MS = 10_000;
let shared: Client | undefined;

/**
 * Keeps the data of one page fresh: pushed messages go to `take`; without a socket `reread` is called every ten seconds.
 * Nothing comes while live updates are paused; on resume everything is read once. With `throughPause` messages come on, for
 * a page that counts what waits and applies it by itself. Without a document nothing is pushed.
 */
export function usePageFeed<T extends object, V extends Record<string, unknown>>(document: TypedDocumentNode<T, V> | null, variables: V, take: (data: T) => void, reread: () => void, { throughPause = false } = {}): void {
  const paused = usePaused();
  const { mode, state } = useLiveStatus();
  const latest = useRef({ take, reread });
  useEffect(() => {
    latest.current = { take, reread };
  });
  const key = JSON.stringify(variables);
  const pushed = mode === 'push' && (!paused || throughPause);
  useEffect(() => {
    if (!pushed || !document) return undefined;
    shared ??= createSocket();
    return listen(shared, document, JSON.parse(key) as V, (data) => latest.current.take(data));
  }, [document, key, pushed]);
  const polls = state === 'polling' && !paused;
  useEffect(() => {
    if (!polls) return undefined;
    const timer = setInterval(() => latest.current.reread(), POLL_MS);
    return () => clearInterval(timer);
  }, [polls]);
  const wasPaused = useRef(paused);
  useEffect(() => {
    if (wasPaused.current && !paused) latest.current.reread();
    wasPaused.current = paused;
  }, [paused]);
}
