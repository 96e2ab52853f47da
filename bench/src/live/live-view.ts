import type { Client } from 'graphql-ws';
import type { Operator } from '../support/operator.js';

export interface SeenSession {
  readonly deviceName: string | null;
  readonly stream: { readonly state: string; readonly positionMs: number } | null;
}

export interface SeenServer {
  readonly serverId: string;
  readonly source: 'PUSH' | 'POLL' | 'NONE';
  readonly sessions: readonly SeenSession[];
}

const QUERY = 'subscription { sessionsChanged { serverId source sessions { id deviceName userName item { title } stream { playbackId state delivery bitRateKbps positionMs } } } }';

/** A dashboard: follows every server's sessions over the public API. */
export class LiveView {
  readonly newest = new Map<string, SeenServer>();
  /** Messages and their size in characters of JSON. */
  messages = 0;
  private readonly listeners = new Set<(seen: SeenServer, atMs: number) => void>();
  private failure: unknown = null;

  private constructor(private readonly client: Client) {
    client.subscribe<{ sessionsChanged: SeenServer }>(
      { query: QUERY },
      {
        next: ({ data }) => data && this.take(data.sessionsChanged, performance.now()),
        error: (error) => (this.failure = error),
        complete: () => (this.failure ??= new Error('the subscription ended')),
      },
    );
  }

  static open(operator: Operator): LiveView {
    return new LiveView(operator.connect());
  }

  onSeen(listener: (seen: SeenServer, atMs: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @throws when the subscription has failed */
  check(): void {
    if (this.failure !== null) throw new Error('the live subscription failed', { cause: this.failure });
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  private take(seen: SeenServer, atMs: number): void {
    this.messages += 1;
    this.newest.set(seen.serverId, seen);
    for (const listener of this.listeners) listener(seen, atMs);
  }
}
