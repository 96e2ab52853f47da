import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request as a simulator sees it: path without the base path, query names in any case; values of a name that comes more than once are one list. */
export class SimulatedRequest {
  readonly method: string;
  /** As sent, percent-decoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  private readonly pairs: readonly (readonly [string, string])[];

  constructor(
    incoming: IncomingMessage,
    basePath: string,
    readonly body: string,
  ) {
    const url = new URL(incoming.url ?? '/', 'http://simulator');
    this.method = incoming.method ?? 'GET';
    this.path = decode(url.pathname.slice(basePath.length)) || '/';
    this.pairs = [...url.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const);
    const query = new Map<string, string>();
    for (const [name, value] of this.pairs) query.set(name, query.has(name) ? `${query.get(name)!},${value}` : value);
    this.query = query;
    this.headers = incoming.headers;
    this.remoteAddress = (incoming.socket.remoteAddress ?? '').replace('::ffff:', '');
  }

  header(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()];
    return Array.isArray(value) ? value[0] : value;
  }

  /** Every value of a query parameter that may come more than once. */
  values(name: string): string[] {
    return this.pairs.flatMap(([each, value]) => (each === name.toLowerCase() ? value : []));
  }

  /** The body as JSON; `undefined` when there is none or it is none. */
  json(): unknown {
    try {
      return this.body === '' ? undefined : (JSON.parse(this.body) as unknown);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** The body as a JSON object; empty when it is none. */
  fields(): Record<string, unknown> {
    const value = this.json();
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

export type ReplyHeaders = Record<string, string>;

/** A whole answer, or `stream` for one that stays open (server-sent events). */
export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string;
  readonly stream?: (response: ServerResponse) => void;
}

export const reply = (status: number, body = '', contentType?: string, headers: ReplyHeaders = {}): Reply => ({
  status,
  body,
  headers: contentType === undefined ? headers : { 'content-type': contentType, ...headers },
});

export const jsonReply = (value: unknown, status = 200, contentType = 'application/json; charset=utf-8'): Reply => reply(status, JSON.stringify(value), contentType);

/** What is kept of every request, answered or not. */
export interface RecordedRequest {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Filled in when it is answered. */
  status: number | null;
  readonly socket: boolean;
}
