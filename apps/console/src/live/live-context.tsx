import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useSyncExternalStore, type ReactNode, type RefObject } from 'react';
import { useClient } from 'urql';
import { createTransport } from './graphql-transport.js';
import { LiveConnection } from './live-connection.js';
import { LiveStore } from './live-store.js';
import type { DrainMessage, FleetServer, LiveSession, ServerSnapshot } from './live-types.js';

interface Live {
  readonly store: LiveStore;
  readonly connection: LiveConnection;
}

const LiveContext = createContext<Live | null>(null);

/** Owns the live picture while an operator is signed in. */
export function LiveProvider({ children }: { children: ReactNode }): ReactNode {
  const client = useClient();
  const live = useMemo(() => {
    const store = new LiveStore();
    return { store, connection: new LiveConnection(store, createTransport(client)) };
  }, [client]);
  useEffect(() => {
    const { connection } = live;
    const onVisibility = () => connection.setVisible(document.visibilityState === 'visible');
    connection.start();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      connection.stop();
    };
  }, [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Test entry: a store and connection made elsewhere. */
export function LiveValue({ value, children }: { value: Live; children: ReactNode }): ReactNode {
  return <LiveContext value={value}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive needs a LiveProvider above it');
  return live;
}

function useStore<T>(key: string, read: (store: LiveStore) => T): T {
  const { store } = useLive();
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(subscribe, () => read(store));
}

/** Null before the first answer. */
export const useServers = (): readonly FleetServer[] | null => useStore('servers', (store) => store.servers);

/** Drained servers by id. */
export const useDrains = (): ReadonlyMap<string, DrainMessage> => useStore('drains', (store) => store.drains);

const FLEET_MS = 200;

/** Calls `listener` at once, and what follows within `ms` together at its end. */
function inSteps(listener: () => void, ms: number): { call(): void; end(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waits = false;
  const call = () => {
    if (timer !== undefined) {
      waits = true;
      return;
    }
    waits = false;
    listener();
    timer = setTimeout(() => {
      timer = undefined;
      if (waits) call();
    }, ms);
  };
  return { call, end: () => clearTimeout(timer) };
}

/** All snapshots, for sums and lists over the whole fleet: what many servers tell at once is one change. Single rows follow theirs at once. */
export function useSnapshots(): ReadonlyMap<string, ServerSnapshot> {
  const { store } = useLive();
  const subscribe = useCallback(
    (listener: () => void) => {
      const steps = inSteps(listener, FLEET_MS);
      const leave = store.subscribe('fleet', steps.call);
      return () => {
        leave();
        steps.end();
      };
    },
    [store],
  );
  return useSyncExternalStore(subscribe, () => store.snapshots);
}

export const useSnapshot = (serverId: string): ServerSnapshot | undefined =>
  useStore(`server:${serverId}`, (store) => store.snapshots.get(serverId));

export function useSession(serverId: string, sessionId: string): LiveSession | undefined {
  return useStore(`session:${sessionId}`, (store) => store.snapshots.get(serverId)?.sessions.find(({ id }) => id === sessionId));
}

export const usePaused = (): boolean => useStore('pause', (store) => store.paused);
export const useWaiting = (): number => useStore('pause', (store) => store.waiting);

export function useLiveStatus(): LiveConnection['status'] {
  const { connection } = useLive();
  const subscribe = useCallback((listener: () => void) => connection.subscribe(listener), [connection]);
  return useSyncExternalStore(subscribe, () => connection.status);
}

const tickers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** One timer for the page: calls `listener` each second, whole seconds apart. */
function onSecond(listener: () => void): () => void {
  tickers.add(listener);
  ticking ??= setInterval(() => tickers.forEach((tick) => tick()), 1_000);
  return () => {
    tickers.delete(listener);
    if (tickers.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
  };
}

/** Writes a text that depends on the time into an element each second, without rendering. `write` gets server time. */
export function useTickingText(write: (nowMs: number) => string): RefObject<HTMLSpanElement | null> {
  const { store } = useLive();
  const ref = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const tick = () => {
      if (!ref.current) return;
      const next = write(store.clock.now());
      if (ref.current.textContent !== next) ref.current.textContent = next;
    };
    tick();
    return onSecond(tick);
  }, [store, write]);
  return ref;
}

/** Server time in whole steps of `stepMs`; renders once per step. */
export function useNow(stepMs: number): number {
  const { store } = useLive();
  return useSyncExternalStore(onSecond, () => Math.floor(store.clock.now() / stepMs) * stepMs);
}
