import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import type { AppError, TlsOptions } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import type { EgressGuard } from '../egress/egress-guard.js';
import { CONNECT_TIMEOUT_MS, MAX_ANSWER_BYTES, socketOptions } from '../http/transport.js';
import { connectionError, statusError, unreachable } from '../http/vendor-errors.js';
import type { VendorResponse } from '../http/vendor-response.js';
import type { ClientIdentity } from './vendor.js';

const HANDSHAKE_MS = CONNECT_TIMEOUT_MS + 10_000;
const REFUSAL_BODY_BYTES = 64 * 1024;

/** What an adapter gives its push channel. */
export interface SocketSetup {
  readonly url: URL;
  readonly tls: TlsOptions;
  readonly egress: EgressGuard;
  readonly clock: Clock;
  readonly identity: ClientIdentity;
}

export interface SocketRequest {
  /** The server's address; the path below its base path follows. */
  readonly url: URL;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Record<string, string>;
  readonly tls: TlsOptions;
  readonly egress: EgressGuard;
  /** The vendor's own reading of a refused upgrade. */
  readonly classify?: (response: VendorResponse) => AppError | null;
  readonly nowMs: number;
  /** Frames may come before `openSocket` has answered. */
  readonly onText: (text: string, socket: WebSocket) => void;
  readonly onClosed: (reason: AppError) => void;
}

/** Opens a WebSocket. Frames above 8 MiB close it; redirects are not followed. @throws AppError */
export function openSocket(request: SocketRequest, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl(request), {
      headers: request.headers,
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_ANSWER_BYTES,
      followRedirects: false,
      perMessageDeflate: false,
      ...socketOptions(request.url, request.tls, request.egress),
    });
    let opened = false;
    const onAbort = (): void => socket.terminate();
    const failed = (error: AppError): void => {
      signal.removeEventListener('abort', onAbort);
      if (opened) request.onClosed(error);
      else reject(error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('open', () => {
      opened = true;
      resolve(socket);
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      try {
        request.onText(textOfFrame(data), socket);
      } catch (error) {
        // an error thrown here would end the process
        failed(connectionError(error));
        socket.terminate();
      }
    });
    socket.on('unexpected-response', (_request, answer) => {
      void readRefusal(answer).then((response) => {
        failed(request.classify?.(response) ?? statusError(response, request.nowMs) ?? unreachable('refused', { socket: 'no-upgrade' }));
        socket.terminate();
      });
    });
    socket.on('error', (error) => failed(connectionError(error)));
    socket.on('close', () => failed(unreachable('refused', { socket: 'closed' })));
  });
}

function socketUrl(request: SocketRequest): URL {
  const url = new URL(request.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = `${request.url.pathname === '/' ? '' : request.url.pathname}${request.path}`;
  url.search = new URLSearchParams(request.query).toString();
  return url;
}

function textOfFrame(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

/** The body as far as it came: the status alone says enough when it breaks off. */
function readRefusal(answer: IncomingMessage): Promise<VendorResponse> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (): void => {
      const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
      resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') });
    };
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= REFUSAL_BODY_BYTES) chunks.push(chunk);
      else end();
    });
    answer.on('end', end);
    answer.on('error', end);
    answer.on('close', end);
  });
}
