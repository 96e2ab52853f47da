import type { LiveStore } from './live-store.js';
import type { DrainMessage, FleetServer, SessionsMessage } from './live-types.js';

export const POLL_INTERVALS_S = [5, 10, 30, 60] as const;
/** `push`, or the seconds between two polls. */
export type LiveMode = 'push' | (typeof POLL_INTERVALS_S)[number];
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'polling';

const SOCKET_PATIENCE_MS = 5_000;
const FALLBACK_POLL_S = 10;
const HIDDEN_PATIENCE_MS = 60_000;
/** While changes are pushed nothing else reads the whole fleet again. */
const READ_AGAIN_MS = 5_000;

export interface LiveTransport {
  /** All subscriptions over one socket, which reconnects by itself for ever. Returns the way to end it. */
  open(handlers: {
    connected(): void;
    closed(): void;
    sessions(message: SessionsMessage): void;
    server(server: FleetServer): void;
    drains(messages: readonly DrainMessage[]): void;
  }): () => void;
  /** The whole fleet by HTTP. */
  poll(): Promise<{ servers: readonly FleetServer[]; sessions: readonly SessionsMessage[] }>;
}

/**
 * Keeps the store fed: push while the socket stands, polling after five seconds without it, nothing while the tab has been
 * hidden for a minute.
 */
export class LiveConnection {
  private readonly listeners = new Set<() => void>();
  private closeSocket: (() => void) | null = null;
  private pollTimer: ReturnType<typeof setTimeout> | undefined;
  private patienceTimer: ReturnType<typeof setTimeout> | undefined;
  private readAgainTimer: ReturnType<typeof setTimeout> | undefined;
  private hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private current: { mode: LiveMode; state: LiveState; error: unknown } = { mode: 'push', state: 'connecting', error: null };

  constructor(
    private readonly store: LiveStore,
    private readonly transport: LiveTransport,
  ) {}

  /** Mode, state and the last failed read; a new object for each change. */
  get status(): Readonly<{ mode: LiveMode; state: LiveState; error: unknown }> {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    if (this.current.mode === 'push') this.openSocket();
    else this.schedulePoll(this.current.mode);
    void this.refresh();
  }

  stop(): void {
    this.running = false;
    this.closeSocket?.();
    this.closeSocket = null;
    clearTimeout(this.pollTimer);
    clearTimeout(this.patienceTimer);
    clearTimeout(this.readAgainTimer);
    this.set({ state: 'connecting' });
  }

  setMode(mode: LiveMode): void {
    const wasRunning = this.running;
    this.stop();
    this.set({ mode });
    if (wasRunning) this.start();
  }

  /** Reads the whole fleet now. A failure is kept in `status.error` until the next success, which is soon tried for. */
  async refresh(): Promise<void> {
    clearTimeout(this.readAgainTimer);
    try {
      const fleet = await this.transport.poll();
      if (!this.running) return;
      this.store.applyServers(fleet.servers);
      for (const message of fleet.sessions) this.store.applySessions(message);
      this.set({ error: null });
    } catch (error) {
      this.set({ error });
      if (this.running && this.current.state !== 'polling') this.readAgainTimer = setTimeout(() => void this.refresh(), READ_AGAIN_MS);
    }
  }

  /** Tells that the tab was hidden or shown. */
  setVisible(visible: boolean): void {
    clearTimeout(this.hiddenTimer);
    if (visible) this.start();
    else if (this.running) this.hiddenTimer = setTimeout(() => this.stop(), HIDDEN_PATIENCE_MS);
  }

  private openSocket(): void {
    let lost = false;
    this.patienceTimer = setTimeout(() => this.fallBack(), SOCKET_PATIENCE_MS);
    this.closeSocket = this.transport.open({
      connected: () => {
        clearTimeout(this.patienceTimer);
        clearTimeout(this.pollTimer);
        this.set({ state: 'live' });
        if (lost) void this.refresh();
        lost = false;
      },
      closed: () => {
        if (lost || !this.running) return;
        lost = true;
        this.set({ state: 'reconnecting' });
        clearTimeout(this.patienceTimer);
        this.patienceTimer = setTimeout(() => this.fallBack(), SOCKET_PATIENCE_MS);
      },
      sessions: (message) => this.store.applySessions(message),
      server: (server) => this.store.applyServer(server),
      drains: (messages) => this.store.applyDrains(messages),
    });
  }

  private fallBack(): void {
    this.set({ state: 'polling' });
    void this.refresh();
    this.schedulePoll(FALLBACK_POLL_S);
  }

  private schedulePoll(seconds: number): void {
    if (this.current.mode !== 'push') this.set({ state: 'polling' });
    clearTimeout(this.pollTimer);
    this.pollTimer = setTimeout(() => {
      void this.refresh();
      this.schedulePoll(seconds);
    }, seconds * 1_000);
  }

  private set(change: Partial<{ mode: LiveMode; state: LiveState; error: unknown }>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}
