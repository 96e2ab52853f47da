import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Listener {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly bind: string;
  readonly port: number;
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Opens one HTTP listener. Rejects with the socket's error (`EADDRINUSE`, `EACCES` …) when it cannot. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const server = createServer(options.handle);
  const upgraded = new Set<Duplex>();
  if (options.upgrade) {
    server.on('upgrade', (request, socket: Duplex, head) => {
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      options.upgrade!(request, socket, head);
    });
  }
  server.headersTimeout = 15_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.bind, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.bind === '0.0.0.0' || options.bind === '::' ? '127.0.0.1' : options.bind;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: () => closeServer(server, upgraded) };
}

/** Stops accepting, gives running requests five seconds, then cuts what is left. Upgraded sockets never end by themselves: they are cut at once. */
async function closeServer(server: Server, upgraded: ReadonlySet<Duplex>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  for (const socket of upgraded) socket.destroy();
  const cut = setTimeout(() => server.closeAllConnections(), 5_000);
  await closed;
  clearTimeout(cut);
}

/** JSON with its status; used where no framework stands in between. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
