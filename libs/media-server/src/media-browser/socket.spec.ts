import { afterEach, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AppError } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { jellyfinPush } from '../jellyfin/jellyfin.socket.js';
import { embyPush } from '../emby/emby.socket.js';
import type { PushEvents } from '../push.js';
import { homeGuard, loopback } from '../testing/loopback.js';
import { frameData, frameType } from './frame.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface SocketBench {
  readonly url: string;
  readonly urls: string[];
  readonly received: string[];
  readonly sockets: WebSocket[];
}

/** A server that upgrades, unless `refuse` answers the request itself. */
async function serve(refuse?: (server: Server) => void, greet: (socket: WebSocket) => void = () => undefined): Promise<SocketBench> {
  const web = await loopback((_request, response) => response.writeHead(404).end());
  const urls: string[] = [];
  const received: string[] = [];
  const sockets: WebSocket[] = [];
  if (refuse) refuse(web.server);
  else {
    const upgrades = new WebSocketServer({ server: web.server });
    upgrades.on('connection', (socket, request) => {
      urls.push(request.url ?? '');
      sockets.push(socket);
      socket.on('message', (data) => received.push(String(data)));
      greet(socket);
    });
    closing.push(async () => {
      for (const socket of sockets) socket.terminate();
      upgrades.close();
    });
  }
  closing.push(() => web.close());
  return { url: web.url, urls, received, sockets };
}

const identity = { clientName: 'Usher', clientVersion: '0.1', deviceId: 'agent-1', token: () => 'k' };

function events() {
  const seen = { lists: [] as (() => unknown[])[], changed: 0, libraries: 0, restarting: 0, closed: [] as AppError[] };
  const handlers: PushEvents = {
    sessions: (read) => seen.lists.push(read),
    changed: () => seen.changed++,
    librariesChanged: () => seen.libraries++,
    restarting: () => seen.restarting++,
    closed: (reason) => seen.closed.push(reason),
  };
  return { seen, handlers };
}

async function open(kind: 'jellyfin' | 'emby', url: string) {
  const { seen, handlers } = events();
  const setup = { url: new URL(url), tls: { verify: true }, egress: homeGuard, clock: new ManualClock(), identity };
  const stop = new AbortController();
  const connection = await (kind === 'jellyfin' ? jellyfinPush : embyPush)(setup).open(handlers, stop.signal);
  closing.unshift(async () => connection.close());
  return { connection, seen, stop };
}

/** Resolves when the condition holds; driven by the sockets' own events. */
async function when(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const refuseWith = (status: string, headers = '', body = '') => (server: Server) =>
  void server.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${headers}Connection: close\r\n\r\n${body}`));

describe("Jellyfin's socket", () => {
  it('subscribes once, with the key in the header, and answers a forced keep-alive at once', async () => {
    const bench = await serve(undefined, (socket) => socket.send('{"MessageType":"ForceKeepAlive","Data":60}'));
    await open('jellyfin', bench.url);
    await when(() => bench.received.length >= 2);
    expect(bench.urls).toEqual(['/socket?deviceId=agent-1']);
    expect([...bench.received].sort()).toEqual(['{"MessageType":"KeepAlive"}', '{"MessageType":"SessionsStart","Data":"0,5000"}']);
  });

  it('is alive when a keep-alive is answered', async () => {
    const bench = await serve();
    const { connection } = await open('jellyfin', bench.url);
    bench.sockets[0]!.on('message', (data) => {
      if (String(data).includes('KeepAlive')) bench.sockets[0]!.send('{"MessageId":"1","MessageType":"KeepAlive"}');
    });
    await expect(connection.check()).resolves.toBeUndefined();
  });

  it('hands session lists on unread and drops what says nothing', async () => {
    const bench = await serve();
    const { seen } = await open('jellyfin', bench.url);
    const socket = bench.sockets[0]!;
    socket.send('{"MessageType":"ScheduledTasksInfo","Data":[]}');
    socket.send('not json at all');
    socket.send(Buffer.from([1, 2, 3]));
    socket.send(JSON.stringify({ MessageId: '1', Data: [{ Id: 's1', DeviceId: 'd1' }], MessageType: 'Sessions' }));
    socket.send(JSON.stringify({ MessageType: 'Sessions', Data: 'garbage' }));
    await when(() => seen.lists.length === 2);
    expect(seen.lists[0]!()).toHaveLength(1);
    expect(seen.lists[1]!).toThrow(expect.objectContaining({ code: 'VENDOR_ANSWER_INVALID' }));
  });

  it('tells a restart, and a close', async () => {
    const bench = await serve();
    const { seen } = await open('jellyfin', bench.url);
    bench.sockets[0]!.send('{"MessageType":"ServerRestarting"}');
    await when(() => seen.restarting === 1);
    bench.sockets[0]!.terminate();
    await when(() => seen.closed.length > 0);
    expect(seen.closed[0]).toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it.each(['jellyfin', 'emby'] as const)('tells that the libraries of %s changed', async (kind) => {
    const bench = await serve();
    const { seen } = await open(kind, bench.url);
    bench.sockets[0]!.send(JSON.stringify({ MessageType: 'LibraryChanged', Data: { ItemsAdded: ['1'] } }));
    await when(() => seen.libraries === 1);
    expect([seen.changed, seen.lists]).toEqual([0, []]);
  });

  it('refuses a frame above 8 MiB by closing', async () => {
    const bench = await serve();
    const { seen } = await open('jellyfin', bench.url);
    bench.sockets[0]!.send('x'.repeat(8 * 1024 * 1024 + 1));
    await when(() => seen.closed.length > 0);
    expect(seen.lists).toHaveLength(0);
  });

  it.each([
    ['a key that is not known', '403 Forbidden', '', 'Error processing request.', { code: 'SERVER_REJECTED_KEY' }],
    ['the setup server', '503 Service Unavailable', 'Retry-After: 005\r\nContent-Type: text/html\r\n', '<html>', { details: { reason: 'starting', retryAfterMs: 5_000 } }],
    ['start-up tasks', '503 Service Unavailable', '', 'Jellyfin Server is loading. Please try again shortly.', { details: { reason: 'starting', retryAfterMs: 1_000 } }],
    ['a proxy that passes no sockets', '200 OK', '', 'hello', { code: 'SERVER_UNREACHABLE', details: { socket: 'no-upgrade' } }],
    ['a redirect', '302 Found', 'Location: https://other.example/\r\n', '', { details: { reason: 'not-a-media-server' } }],
  ])('does not open at %s', async (_name, status, headers, body, expected) => {
    const bench = await serve(refuseWith(status, headers, body));
    await expect(open('jellyfin', bench.url)).rejects.toMatchObject(expected);
  });

  it('does not open where nobody listens, or after the watch ended', async () => {
    const bench = await serve();
    await closing.at(-1)!();
    await expect(open('jellyfin', bench.url)).rejects.toMatchObject({ details: { reason: 'refused' } });
  });
});

describe("Emby's socket", () => {
  it('subscribes, and is alive when a ping is answered', async () => {
    const bench = await serve();
    const { connection } = await open('emby', bench.url);
    await expect(connection.check()).resolves.toBeUndefined();
    expect(bench.urls).toEqual(['/embywebsocket?api_key=k&deviceId=agent-1']);
    expect(bench.received).toEqual(['{"MessageType":"SessionsStart","Data":"0,5000"}']);
  });

  it('takes a start or stop as a reason to list, and a list as a list', async () => {
    const bench = await serve();
    const { seen } = await open('emby', bench.url);
    for (const type of ['PlaybackStart', 'PlaybackStopped', 'SessionEnded', 'UserDataChanged', 'ServerShuttingDown']) bench.sockets[0]!.send(JSON.stringify({ MessageType: type, Data: {} }));
    bench.sockets[0]!.send(JSON.stringify({ MessageType: 'Sessions', Data: [] }));
    await when(() => seen.lists.length === 1);
    expect([seen.changed, seen.restarting]).toEqual([3, 1]);
  });
});

describe('frames', () => {
  it('are told apart wherever the type stands', () => {
    expect(frameType('{"MessageType":"KeepAlive"}')).toBe('KeepAlive');
    expect(frameType('{"MessageId":"1","Data":[{"x":"MessageType"}],"MessageType":"Sessions"}')).toBe('Sessions');
    expect(frameType('{"MessageId":"1","MessageType":"Sessions","Data":[]}')).toBe('Sessions');
    expect(frameType('hello')).toBeNull();
    expect(frameType('[]')).toBeNull();
    expect(frameData('{"Data":7}')).toBe(7);
    expect(frameData('nonsense')).toBeUndefined();
  });
});
