import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Simulator } from './base/simulator.js';

/** One address for the parts of plex.tv that several simulated servers know, each of its own people. */
export interface PlexTv {
  readonly url: string;
  close(): Promise<void>;
}

/** Asks each server in turn; the first that knows the token, the server or the person answers. */
export async function startPlexTv(servers: readonly Simulator[], port = 0): Promise<PlexTv> {
  const known = servers.filter(({ kind }) => kind === 'plex');
  const server = createServer((request, response) => void forward(known, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function forward(servers: readonly Simulator[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith('x-plex-') || name === 'accept')) as Record<string, string>;
  let last = { status: 401, type: 'application/json', body: '{"errors":[{"code":1001,"message":"User could not be authenticated","status":401}]}' };
  for (const { url } of servers) {
    try {
      const answer = await fetch(`${url}${request.url ?? '/'}`, { method: request.method ?? 'GET', headers });
      last = { status: answer.status, type: answer.headers.get('content-type') ?? 'text/plain', body: await answer.text() };
      if (answer.status !== 401 && answer.status !== 404) break;
    } catch {
      // a server of the fleet that is away; the others may know
      continue;
    }
  }
  response.writeHead(last.status, { 'content-type': last.type }).end(last.body);
}
