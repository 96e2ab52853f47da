import type { ConsoleDrainsChangedSubscription, ConsoleServerFragment, ConsoleSessionsFragment } from '@usher/api-client';

/** A server's row as the whole console shows it. */
export type FleetServer = ConsoleServerFragment;
export type SessionsMessage = ConsoleSessionsFragment;
/** How the router stands to a server, and since when and until when it is drained. */
export type DrainMessage = ConsoleDrainsChangedSubscription['serverLoadsChanged'][number];
export type SessionFields = SessionsMessage['sessions'][number];

/** A session with the server time (epoch ms) at which its position was true. */
export interface LiveSession extends SessionFields {
  readonly positionAtMs: number;
}

/** The newest snapshot of one server. Unchanged sessions keep their object identity between snapshots. */
export interface ServerSnapshot {
  readonly serverId: string;
  readonly seq: number;
  /** Server time, epoch ms. */
  readonly atMs: number;
  readonly source: SessionsMessage['source'];
  readonly stale: boolean;
  readonly sessions: readonly LiveSession[];
}
