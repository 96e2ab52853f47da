import { Agent, type Dispatcher } from 'undici';
import type { TlsOptions } from '@usher/contracts';
import type { EgressGuard } from '../egress/egress-guard.js';
import { answerInvalid } from './vendor-errors.js';
import type { VendorResponse } from './vendor-response.js';

export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
export const CONNECT_TIMEOUT_MS = 3_000;
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 30_000;

/** What sockets to one server need: verification as registered, and the guard at the moment of connecting. */
export function socketOptions(url: URL, tls: TlsOptions, egress: EgressGuard) {
  return {
    lookup: egress.lookupFor(url),
    rejectUnauthorized: tls.verify,
    ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
  };
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  /** With the base path and the query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly signal: AbortSignal | undefined;
}

/** Connections to one media server: HTTP/1.1, no proxies, no redirects, bounded in time and size. */
export class Transport {
  readonly #agent: Agent;
  readonly #origin: string;

  constructor(url: URL, tls: TlsOptions, egress: EgressGuard, connections: number) {
    this.#origin = url.origin;
    this.#agent = new Agent({
      connections,
      pipelining: 1,
      allowH2: false,
      maxResponseSize: MAX_ANSWER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_TIMEOUT_MS,
      keepAliveTimeout: 30_000,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...socketOptions(url, tls, egress) },
    });
  }

  async send(request: WireRequest): Promise<VendorResponse> {
    const answer = await this.#agent.request({
      origin: this.#origin,
      path: request.path,
      method: request.method,
      headers: request.headers,
      body: request.body,
      signal: request.signal ?? null,
    });
    return { status: answer.statusCode, headers: flatHeaders(answer.headers), body: await readBody(answer.body) };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

async function readBody(body: Dispatcher.ResponseData['body']): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
      throw answerInvalid('The answer of the media server is larger than 8 MiB.', { reason: 'too-large' });
    }
    throw error;
  }
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
