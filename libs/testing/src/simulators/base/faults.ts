import type { Reply, SimulatedRequest } from './message.js';

/** What goes wrong at a simulated server until it is cleared. */
export type Fault =
  /** Nobody listens at the port; open connections are cut. */
  | { readonly kind: 'refuse' }
  /** Connections are accepted, requests never answered. */
  | { readonly kind: 'hang' }
  /** This status for every request. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The page of a proxy or router that answers instead. */
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'rate-limit'; readonly retryAfterS: number }
  /** The server says that it starts. Jellyfin knows three phases, the others one. */
  | { readonly kind: 'starting'; readonly phase?: StartingPhase }
  /** Cuts every WebSocket and event stream once; they can be opened again. */
  | { readonly kind: 'drop-sockets' }
  /** Upgrades fail as behind a proxy that does not pass them; plain requests work. */
  | { readonly kind: 'refuse-sockets' }
  /** Sockets stay open and say nothing any more, as after a lost network path. */
  | { readonly kind: 'silent-sockets' }
  /** The answer breaks off in the middle. */
  | { readonly kind: 'cut' }
  /** The request is carried out, and the connection ends without an answer. */
  | { readonly kind: 'drop-reply' }
  /** The answer, changed. */
  | { readonly kind: 'rewrite'; readonly rewrite: (answer: Reply, request: SimulatedRequest) => Reply };

/** `setup`: another program answers while the database migrates; `camel-case`: the same, ready to name itself; `loading`: the real one, not ready. */
export type StartingPhase = 'setup' | 'camel-case' | 'loading';

export interface FaultScope {
  /** Only requests whose path matches; sockets have a path too. */
  readonly path?: RegExp;
  /** Only these methods. */
  readonly methods?: readonly string[];
  /** Goes away by itself after that many requests. */
  readonly times?: number;
}

const PROXY_PAGE = '<!DOCTYPE html><html><head><title>Router login</title></head><body><form action="/login">Password <input name="p"></form></body></html>';

interface ActiveFault {
  readonly fault: Fault;
  readonly path: RegExp | null;
  readonly methods: readonly string[] | null;
  left: number;
}

/** The faults of one endpoint; the newest that applies wins. */
export class FaultSwitch {
  private active: ActiveFault[] = [];

  set(fault: Fault, { path, methods, times }: FaultScope = {}): void {
    this.active.unshift({ fault, path: path ?? null, methods: methods ?? null, left: times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.active = [];
  }

  /** True while such a fault is set, whatever its scope. */
  has(kind: Fault['kind']): boolean {
    return this.active.some((entry) => entry.fault.kind === kind);
  }

  /** The fault that meets this path; counts as one use of it. */
  take(path: string, socket: boolean, method = 'GET'): Fault | null {
    const entry = this.active.find(
      ({ fault, path: scope, methods }) => (scope === null || scope.test(path)) && (methods === null || methods.includes(method)) && (socket || !fault.kind.endsWith('-sockets')) && fault.kind !== 'silent-sockets',
    );
    if (entry === undefined) return null;
    entry.left -= 1;
    if (entry.left <= 0) this.active = this.active.filter((other) => other !== entry);
    return entry.fault;
  }
}

/** The answer of faults that need no vendor. */
export function plainFaultReply(fault: Fault): { status: number; headers: Record<string, string>; body: string } | null {
  switch (fault.kind) {
    case 'status':
      return { status: fault.status, headers: { 'content-type': 'text/plain', ...fault.headers }, body: fault.body ?? '' };
    case 'html':
      return { status: fault.status ?? 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PROXY_PAGE };
    case 'rate-limit':
      return { status: 429, headers: { 'content-type': 'text/plain', 'retry-after': String(fault.retryAfterS) }, body: 'Too Many Requests' };
    case 'refuse-sockets':
      return { status: 400, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>400 Bad Request</h1></body></html>' };
    case 'refuse':
    case 'hang':
    case 'starting':
    case 'drop-sockets':
    case 'silent-sockets':
    case 'cut':
    case 'drop-reply':
    case 'rewrite':
      return null;
  }
}
