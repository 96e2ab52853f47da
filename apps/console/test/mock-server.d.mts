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
