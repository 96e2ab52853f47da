import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { Logger, runInContext } from '@usher/platform';
import { Secret } from '@usher/security';
import { makeServer, type Server } from 'graphql-ws';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { tokenOf } from '../auth/sign-in-token.js';
import { publicUrlOf, type ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';
import { ChangeHub } from './changes.js';
import { LiveConnection, LiveConnections } from './live-connections.js';
import { LiveOperations } from './live-operations.js';

const PROTOCOL = 'graphql-transport-ws';
const MAX_MESSAGE_BYTES = 262_144;
const PING_MS = 12_000;
const INIT_WAIT_MS = 5_000;

/** GraphQL over WebSocket. Apollo sees nothing of it: every guard of the HTTP edge stands here once more. */
@Injectable()
export class LiveSocket {
  private readonly secure: boolean;
  private readonly server: Server<LiveConnection>;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly connections: LiveConnections,
    private readonly operations: LiveOperations,
    private readonly changes: ChangeHub,
    private readonly logger: Logger,
    @Inject(CONTROLLER_CONFIG) private readonly config: ControllerConfig,
  ) {
    this.secure = publicUrlOf(config).protocol === 'https:';
    this.server = makeServer<Record<string, unknown>, LiveConnection>({
      connectionInitWaitTimeout: INIT_WAIT_MS,
      onConnect: async ({ connectionParams, extra }) => {
        const { token } = connectionParams ?? {};
        await this.connections.authenticate(extra, typeof token === 'string' ? Secret.of(token) : extra.cookieToken);
      },
      onSubscribe: ({ extra }, id, payload) => this.operations.begin(extra, id, payload),
      onComplete: ({ extra }, id) => this.operations.end(extra, id),
      onError: (_context, _id, _payload, errors) => this.operations.formatted(errors),
      onNext: (_context, _id, _payload, _args, result) => (result.errors ? { ...result, errors: this.operations.formatted(result.errors) } : undefined),
    }) as Server<LiveConnection>;
  }

  start(): void {
    this.stopListening = this.changes.listen((change) => {
      if (change.kind === 'operator') for (const operatorId of change.ids) void this.connections.recheckOperator(operatorId);
    });
  }

  /** Takes over an upgrade of `/graphql`; anything else is refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.isOwnOrigin(request)) return refuse(socket, '403 Forbidden');
    socket.on('error', () => socket.destroy());
    this.sockets.handleUpgrade(request, socket, head, (ws) => this.opened(ws, request));
  }

  async stop(): Promise<void> {
    this.stopListening();
    this.connections.closeAll(1001, 'Going away');
    await new Promise<void>((resolve) => this.sockets.close(() => resolve()));
    for (const ws of this.sockets.clients) ws.terminate();
  }

  private opened(ws: WebSocket, request: IncomingMessage): void {
    const connection = new LiveConnection(ws, addressOf(request), tokenOf(request.headers, this.secure));
    const closed = this.server.opened(
      {
        protocol: ws.protocol,
        send: (data) => sendTo(ws, data),
        close: (code, reason) => ws.close(code, reason),
        onMessage: (handle) =>
          ws.on('message', (data: RawData) => void runInContext({ correlationId: connection.id }, () => this.handle(connection, handle, String(data)))),
      },
      connection,
    );
    const stopPinging = keepAlive(ws);
    ws.on('error', (error) => this.logger.debug('socket.failed', 'A live connection broke.', { error }));
    ws.once('close', (code) => {
      stopPinging();
      this.connections.closed(connection);
      void closed(code, '');
    });
  }

  /** What fails while a message is handled ends the connection; its text goes to the log only. */
  private async handle(connection: LiveConnection, handle: (data: string) => Promise<void>, data: string): Promise<void> {
    try {
      await handle(data);
    } catch (error) {
      if (!(error instanceof AppError)) this.logger.error('socket.message_failed', 'A message of a live connection failed.', { error });
      connection.close(error instanceof AppError ? error : new AppError('INTERNAL', 'Something went wrong inside Usher.'));
    }
  }

  /** Browsers send Origin with every upgrade and no page can change it; programs send none and bring a token instead. */
  private isOwnOrigin(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    return origin === publicUrlOf(this.config).origin || new URL(origin).host === host;
  }
}

function addressOf(request: IncomingMessage): string | null {
  return request.socket.remoteAddress ?? null;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Waits until the socket took the data, so that a slow reader slows its own subscriptions and nobody else's. */
function sendTo(ws: WebSocket, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (ws.readyState !== ws.OPEN) resolve();
    else ws.send(data, (error) => (error ? reject(error) : resolve()));
  });
}

/** A peer that does not answer a ping until the next one is gone. */
function keepAlive(ws: WebSocket): () => void {
  let answered = true;
  ws.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return ws.terminate();
    answered = false;
    if (ws.readyState === ws.OPEN) ws.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
