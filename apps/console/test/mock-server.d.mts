export interface MockOptions {
  servers?: number;
  sessions?: number;
  base?: string;
  dist?: string | undefined;
  delayMs?: number;
  signedIn?: boolean;
  needsSetup?: boolean;
  /** Nothing is flagged. */
  calm?: boolean;
  /** What becomes of an order to a session. */
  outcome?: 'DONE' | 'NO_EFFECT' | 'SENT';
  /** Nothing that plays came over a link of Usher. */
  unrouted?: boolean;
  /** Answers to mismatches are refused. */
  stubborn?: boolean;
  /** No server is stale or offline. */
  healthy?: boolean;
  role?: 'VIEWER' | 'OPERATOR' | 'SUPERADMIN';
  /** Nothing was placed, sent, planned or read yet. */
  empty?: boolean;
  idle?: boolean;
  /** The acting pages are refused: for the role, or by a fault. */
  refusing?: 'forbidden' | 'fault' | 'cancel' | 'curves';
  routerOff?: boolean;
  /** The index of the source was never read. */
  unread?: boolean;
  plan?: 'checking' | 'failed' | 'fine';
  /** State of the one migration; without it there is none. */
  migration?: 'draft' | 'checking' | 'checked' | 'frozen' | 'approved' | 'running' | 'paused' | 'awaiting' | 'done' | 'stale' | 'offline';
  /** Users of the migration, or people of the fleet. */
  people?: number;
  /** Rows of the migration. */
  rows?: number;
  /** Signatures that the migration needs. */
  signatures?: number;
  /** No blocker stands in its way. */
  settled?: boolean;
  /** Devices that have signed in at each server. */
  devices?: number;
  /** Whether agents stand beside their servers. */
  host?: 'beside' | 'away';
  /** Agents that began 40 minutes ago or just now, or were off for a while. */
  curves?: 'fresh' | 'new' | 'gap';
  /** Names of servers that have not told their work. */
  waitingServers?: string[];
}

interface MockServer {
  id: string;
  slug: string;
}

export interface MockWork {
  id: string;
  title: string;
  state: string;
}

export interface Mock {
  /** Address of the console, with a slash at its end. */
  url: string;
  state: { fleet: { servers: MockServer[]; sessions: Map<string, { id: string; userName: string }[]> }; publish(server: MockServer): void; ops: { done: Record<string, unknown>[]; setWorks(next: (works: MockWork[]) => MockWork[]): void } };
  requests: string[];
  /** Tells those who mirror a session how far ahead its server is, that it has ended, or that the server fell silent. */
  pushMirror(change: { aheadMs?: number; ended?: boolean; silent?: boolean }): void;
  /** Ends every WebSocket; new ones are refused while `refuse` is true. */
  dropSockets(refuse?: boolean): void;
  close(): Promise<void>;
}

export function startMock(options?: MockOptions): Promise<Mock>;
