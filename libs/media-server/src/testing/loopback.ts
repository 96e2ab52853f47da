import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EgressGuard } from '../egress/egress-guard.js';

export const homeGuard = new EgressGuard({ profile: 'home' });

export interface LoopbackServer {
  readonly url: string;
  readonly server: Server;
  /** `METHOD /path?query` of every request. */
  readonly requests: string[];
  readonly headers: IncomingMessage['headers'][];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A web server on a free port of this machine that answers as a test says. */
export async function loopback(answer: Answer): Promise<LoopbackServer> {
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(`${request.method} ${request.url}`);
      headers.push(request.headers);
      answer(request, response, Buffer.concat(chunks).toString('utf8'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    requests,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers JSON by path; a path that is not listed is 404 with an empty body. */
export function byPath(table: Readonly<Record<string, unknown>>): Answer {
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    if (!Object.hasOwn(table, path)) {
      response.writeHead(404).end();
      return;
    }
    const value = table[path];
    if (typeof value === 'function') (value as Answer)(request, response, '');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
}
