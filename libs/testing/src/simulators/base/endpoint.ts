import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '@usher/resilience';
import { FaultSwitch, plainFaultReply, type Fault, type FaultScope } from './faults.js';
import { Pace } from './pace.js';
import { reply, SimulatedRequest, type RecordedRequest, type Reply } from './message.js';

/** Faults of a request that is carried out all the same. */
const AFTER_ANSWERING: ReadonlySet<Fault['kind']> = new Set(['cut', 'drop-reply', 'rewrite']);

/** What a vendor brings: its answers, its sockets, its way of saying that it starts. */
export interface VendorFace {
  handle(request: SimulatedRequest): Reply | Promise<Reply>;
  /** A reply refuses the upgrade; a function gets the open socket. */
  upgrade(request: SimulatedRequest): Reply | ((socket: WebSocket) => void);
  starting(request: SimulatedRequest, fault: Extract<Fault, { kind: 'starting' }>): Reply;
  /** Headers of every answer. */
  readonly commonHeaders: Readonly<Record<string, string>>;
}

export interface EndpointOptions {
  readonly clock: Clock;
  /** A fixed port of 127.0.0.1; without it the kernel chooses. */
  readonly port?: number;
  /** `/media` when the server lives below a path. */
  readonly basePath?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** One listening server with its sockets, its request log and its faults. */
export class Endpoint {
  readonly requests: RecordedRequest[] = [];
  readonly sockets = new Set<WebSocket>();
  readonly pace: Pace;
  private readonly faults = new FaultSwitch();
  private readonly streams = new Set<ServerResponse>();
  private readonly connections = new Set<Duplex>();
  private readonly server: Server;
  private readonly upgrader = new WebSocketServer({ noServer: true, maxPayload: 1_048_576, autoPong: false });
  private port: number;

  constructor(
    private readonly face: VendorFace,
    private readonly options: EndpointOptions,
  ) {
    this.port = options.port ?? 0;
    this.pace = new Pace(options.clock);
    this.server = options.tls ? createTlsServer({ key: options.tls.key, cert: options.tls.cert }) : createHttpServer();
    this.server.keepAliveTimeout = 60_000;
    this.server.on('request', (incoming: IncomingMessage, response: ServerResponse) => void this.onRequest(incoming, response));
    this.server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => this.onUpgrade(incoming, socket, head));
    this.server.on(options.tls ? 'secureConnection' : 'connection', (socket: Duplex) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  get url(): string {
    return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}${this.options.basePath ?? ''}`;
  }

  /** True while sockets are answered; a silent server neither reads nor writes them. */
  get audible(): boolean {
    return !this.faults.has('silent-sockets');
  }

  /** Writes a frame, unless the sockets were made silent. */
  send(socket: WebSocket, frame: unknown): void {
    if (this.audible && socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  }

  async listen(): Promise<void> {
    if (this.server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', () => {
        this.server.removeListener('error', reject);
        resolve();
      });
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts what is open. */
  async stop(): Promise<void> {
    const closed = this.server.listening ? new Promise<void>((resolve) => this.server.close(() => resolve())) : Promise.resolve();
    this.cutSockets();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  async setFault(fault: Fault, scope?: FaultScope): Promise<void> {
    if (fault.kind === 'drop-sockets') {
      this.cutSockets();
      return;
    }
    this.faults.set(fault, scope);
    if (fault.kind === 'refuse') await this.stop();
  }

  /** Takes all faults away, or leaves only `next`, and listens again. */
  async clearFault(next?: Fault): Promise<void> {
    this.faults.clear();
    if (next !== undefined) this.faults.set(next);
    await this.listen();
  }

  private cutSockets(): void {
    for (const socket of this.sockets) socket.terminate();
    for (const stream of this.streams) stream.destroy();
  }

  private record(request: SimulatedRequest, socket: boolean): RecordedRequest {
    const { method, path, headers, body } = request;
    const entry: RecordedRequest = { atMs: this.options.clock.now(), method, path, query: Object.fromEntries(request.query), headers, body, status: null, socket };
    this.requests.push(entry);
    return entry;
  }

  private async onRequest(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      response.destroy();
      return;
    }
    const request = new SimulatedRequest(incoming, this.options.basePath ?? '', Buffer.concat(chunks).toString('utf8'));
    const entry = this.record(request, false);
    const fault = this.faults.take(request.path, false, request.method);
    if (fault?.kind === 'hang') return;
    await this.pace.admit(request.method);
    const given = fault === null || AFTER_ANSWERING.has(fault.kind) ? await this.answer(request, incoming) : this.faultReply(request, fault);
    const answer = fault?.kind === 'rewrite' ? fault.rewrite(given, request) : given;
    entry.status = answer.status;
    if (fault?.kind === 'drop-reply') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { ...this.face.commonHeaders, ...answer.headers, ...(answer.stream ? {} : { 'content-length': Buffer.byteLength(answer.body) }) });
    if (fault?.kind === 'cut') {
      response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), () => response.destroy());
    } else if (answer.stream) {
      this.streams.add(response);
      response.once('close', () => this.streams.delete(response));
      response.flushHeaders();
      answer.stream(response);
    } else {
      response.end(request.method === 'HEAD' ? '' : answer.body);
    }
  }

  /** A failure of the simulator itself must be seen by the test, not taken for the vendor's behaviour. */
  private async answer(request: SimulatedRequest, incoming: IncomingMessage): Promise<Reply> {
    if (!isBelow(incoming.url ?? '/', this.options.basePath ?? '')) return reply(404);
    try {
      return await this.face.handle(request);
    } catch (error) {
      return reply(599, `the simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, 'text/plain');
    }
  }

  private faultReply(request: SimulatedRequest, fault: Fault): Reply {
    return fault.kind === 'starting' ? this.face.starting(request, fault) : (plainFaultReply(fault) ?? reply(500));
  }

  private onUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const request = new SimulatedRequest(incoming, this.options.basePath ?? '', '');
    const entry = this.record(request, true);
    socket.on('error', () => socket.destroy());
    const fault = this.faults.take(request.path, true);
    if (fault?.kind === 'hang') return;
    const outcome = fault !== null ? this.faultReply(request, fault) : this.face.upgrade(request);
    if (typeof outcome !== 'function') {
      entry.status = outcome.status;
      refuseUpgrade(socket, { ...outcome, headers: { ...this.face.commonHeaders, ...outcome.headers } });
      return;
    }
    entry.status = 101;
    this.upgrader.handleUpgrade(incoming, socket, head, (webSocket) => {
      this.sockets.add(webSocket);
      webSocket.once('close', () => this.sockets.delete(webSocket));
      webSocket.on('error', () => webSocket.terminate());
      webSocket.on('ping', (data) => this.audible && webSocket.pong(data));
      outcome(webSocket);
    });
  }
}

const isBelow = (url: string, basePath: string): boolean => url === basePath || url.startsWith(`${basePath}/`) || (basePath === '' && url.startsWith('/'));

function refuseUpgrade(socket: Duplex, { status, headers, body }: Reply): void {
  const lines = [`HTTP/1.1 ${status} Refused`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}
