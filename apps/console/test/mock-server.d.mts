export interface MockOptions {
  servers?: number;
  sessions?: number;
  base?: string;
  dist?: string | undefined;
  delayMs?: number;
  signedIn?: boolean;
  needsSetup?: boolean;
  /** No server is stale or offline. */
  healthy?: boolean;
  role?: 'VIEWER' | 'OPERATOR' | 'SUPERADMIN';
  /** Nothing was placed, sent, planned or read yet. */
  empty?: boolean;
  idle?: boolean;
  /** The acting pages are refused: for the role, or by a fault. */
  refusing?: 'forbidden' | 'fault';
  routerOff?: boolean;
  /** The index of the source was never read. */
  unread?: boolean;
  plan?: 'checking' | 'failed' | 'fine';
}

interface MockServer {
  id: string;
  slug: string;
}

export interface Mock {
  /** Address of the console, with a slash at its end. */
  url: string;
  state: { fleet: { servers: MockServer[]; sessions: Map<string, { id: string; userName: string }[]> }; publish(server: MockServer): void };
  requests: string[];
  /** Ends every WebSocket; new ones are refused while `refuse` is true. */
  dropSockets(refuse?: boolean): void;
  close(): Promise<void>;
}

export function startMock(options?: MockOptions): Promise<Mock>;
