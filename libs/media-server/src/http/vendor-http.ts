import { AppError, type TlsOptions } from '@usher/contracts';
import { Breaker, Coalesce, ConcurrencyLimit, RetryBudget, fullJitter, type Clock } from '@usher/resilience';
import type { VendorCall } from '../create-media-server.js';
import type { EgressGuard } from '../egress/egress-guard.js';
import type { AdapterUsage } from '../media-server.js';
import { Transport, type WireRequest } from './transport.js';
import { connectionError, isStarting, parseJson, statusError, unreachable, waitOf } from './vendor-errors.js';
import type { VendorResponse } from './vendor-response.js';

const POOL = 8;
const QUEUE = 32;
const TRIES = 4;
const RETRY_BACK_OFF = { baseMs: 200, capMs: 30_000 };
/** The whole of one attempt, whatever it is busy with. */
const ATTEMPT_MS = 40_000;

export interface VendorRequest {
  readonly method: WireRequest['method'];
  /** Below the base path, starting with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A fixed name for counts and logs: no ids, no queries. */
  readonly endpoint: string;
  readonly kind?: VendorCall['kind'];
  readonly body?: unknown;
  /** Instead of those that carry the key, where a call is made in somebody else's name. Calls with different ones are never joined. */
  readonly headers?: Readonly<Record<string, string>>;
  /** False for answers that are public: the key is not sent. */
  readonly authorize?: boolean;
  /** Default: true for GET. Only calls that may be repeated safely. */
  readonly retry?: boolean;
  readonly signal?: AbortSignal;
}

export interface VendorHttpOptions {
  readonly url: URL;
  readonly tls: TlsOptions;
  readonly egress: EgressGuard;
  readonly clock: Clock;
  /** Headers that carry the key and name this client; asked for every call. */
  readonly authHeaders: () => Record<string, string>;
  /** The vendor's own reading of an answer, before the general one; null = nothing special. */
  readonly classify?: (request: VendorRequest, response: VendorResponse) => AppError | null;
  /** The vendor's own reading of a failure, after all else; for a connection that is refused while the server restarts. */
  readonly readFailure?: (error: AppError) => AppError;
  readonly onCall?: (call: VendorCall) => void;
  /** Hears how every attempt ended, for the server's status: null = it answered as it should. */
  readonly onOutcome?: (error: AppError | null, ms: number) => void;
  readonly random?: () => number;
}

/** Failures that speak against the server; a refused key or an unknown id do not, nor does a server that is starting. */
function isServerFailure(error: unknown): boolean {
  if (isStarting(error)) return false;
  if (!(error instanceof AppError)) return true;
  return error.code === 'SERVER_UNREACHABLE' || (error.code === 'VENDOR_ANSWER_INVALID' && Number(error.details['httpStatus'] ?? 500) >= 500);
}

/** A wrong name, certificate or address stays wrong; the rest may pass. */
function isWorthRetrying(error: AppError): boolean {
  return isServerFailure(error) && !['dns', 'tls', 'not-a-media-server'].includes(String(error.details['reason']));
}

/**
 * All HTTP calls to one media server: 8 at once and 32 waiting, a breaker, retries within a budget, pauses that the
 * server asks for, and identical reads that overlap are one. Fails with `AppError` only.
 */
export class VendorHttp {
  readonly #options: VendorHttpOptions;
  readonly #transport: Transport;
  readonly #limit = new ConcurrencyLimit({ max: POOL, queue: QUEUE });
  readonly #breaker: Breaker;
  readonly #budget: RetryBudget;
  readonly #reads = new Coalesce<VendorResponse>();
  #pause: { untilMs: number; error: AppError } | null = null;
  readonly #counts = { retries: 0, rateLimited: 0, shed: 0 };
  #closed = false;

  constructor(options: VendorHttpOptions) {
    this.#options = options;
    this.#transport = new Transport(options.url, options.tls, options.egress, POOL);
    this.#breaker = new Breaker({ failuresInARow: 5, share: 0.5, minimumCalls: 20, windowMs: 30_000, openMs: 30_000 }, options.clock);
    this.#budget = new RetryBudget({ share: 0.1, windowMs: 60_000 }, options.clock);
  }

  /** A JSON answer. @throws AppError */
  async json(request: VendorRequest): Promise<unknown> {
    return parseJson(await this.send(request));
  }

  /** An answer with a status of the 2xx family; its body may be empty. @throws AppError */
  send(request: VendorRequest): Promise<VendorResponse> {
    if (request.method !== 'GET' || request.signal) return this.#withRetries(request);
    return this.#reads.run(`${request.authorize ?? true} ${JSON.stringify(request.headers ?? {})} ${this.#pathOf(request)}`, () => this.#withRetries(request));
  }

  usage(): Pick<AdapterUsage, 'calls' | 'breaker' | 'pausedUntil'> {
    const { clock } = this.#options;
    const pauseMs = this.#pause ? this.#pause.untilMs - clock.monotonicMs() : 0;
    return {
      calls: { coalesced: this.#reads.shared, ...this.#counts },
      breaker: this.#breaker.state,
      pausedUntil: pauseMs > 0 ? new Date(clock.now() + pauseMs).toISOString() : null,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#transport.close();
  }

  async #withRetries(request: VendorRequest): Promise<VendorResponse> {
    this.#budget.note();
    const tries = (request.retry ?? request.method === 'GET') ? TRIES : 1;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#limit.run(() => this.#breaker.run(() => this.#attempt(request), isServerFailure), request.signal);
      } catch (error) {
        const failure = error instanceof AppError ? error : connectionError(error);
        if (failure.code === 'SERVER_BUSY' || failure.details['breaker'] === 'open') this.#counts.shed++;
        const mayRetry = attempt + 1 < tries && isWorthRetrying(failure) && this.#breaker.state === 'closed' && !this.#closed;
        if (!mayRetry || request.signal?.aborted || !this.#budget.tryRetry()) throw failure;
        this.#counts.retries++;
        await this.#sleep(fullJitter(attempt, RETRY_BACK_OFF, this.#options.random), request.signal);
      }
    }
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, signal);
    } catch (error) {
      throw connectionError(error);
    }
  }

  async #attempt(request: VendorRequest): Promise<VendorResponse> {
    const { clock } = this.#options;
    if (this.#closed) throw unreachable('refused', { closed: true });
    this.#throwWhilePaused();
    const startedMs = clock.monotonicMs();
    let status: number | null = null;
    let failure: AppError | null = null;
    try {
      const response = await this.#transmit(request);
      status = response.status;
      failure = this.#options.classify?.(request, response) ?? statusError(response, clock.now());
      if (failure?.code === 'SERVER_RATE_LIMITED') this.#counts.rateLimited++;
      if (failure) throw failure;
      return response;
    } catch (error) {
      const plain = connectionError(error);
      failure = this.#options.readFailure?.(plain) ?? plain;
      if (failure.details['aborted'] !== true || !request.signal?.aborted) this.#notePause(failure);
      throw failure;
    } finally {
      const ms = clock.monotonicMs() - startedMs;
      this.#options.onCall?.({ endpoint: request.endpoint, kind: request.kind ?? 'other', ms, ok: failure === null, status });
      if (!request.signal?.aborted && !this.#closed) this.#options.onOutcome?.(failure, ms);
    }
  }

  async #transmit(request: VendorRequest): Promise<VendorResponse> {
    const controller = new AbortController();
    const timer = this.#options.clock.setTimeout(() => controller.abort(unreachable('timeout')), ATTEMPT_MS);
    const signal = request.signal ? AbortSignal.any([request.signal, controller.signal]) : controller.signal;
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    try {
      return await this.#transport.send({
        method: request.method,
        path: this.#pathOf(request),
        headers: {
          accept: 'application/json',
          ...((request.authorize ?? true) ? this.#options.authHeaders() : {}),
          ...request.headers,
          ...(body === null ? {} : { 'content-type': 'application/json' }),
        },
        body,
        signal,
      });
    } finally {
      this.#options.clock.clearTimeout(timer);
    }
  }

  /** A pause that the server asked for holds for all its calls. */
  #notePause(failure: AppError): void {
    const ms = waitOf(failure);
    const asked = failure.code === 'SERVER_RATE_LIMITED' || (isStarting(failure) && failure.details['phase'] === 'setup');
    if (ms !== null && asked) this.#pause = { untilMs: this.#options.clock.monotonicMs() + ms, error: failure };
  }

  #throwWhilePaused(): void {
    if (!this.#pause) return;
    const leftMs = this.#pause.untilMs - this.#options.clock.monotonicMs();
    if (leftMs > 0) throw new AppError(this.#pause.error.code, this.#pause.error.message, { ...this.#pause.error.details, retryAfterMs: Math.ceil(leftMs) });
    this.#pause = null;
  }

  #pathOf(request: VendorRequest): string {
    const base = this.#options.url.pathname === '/' ? '' : this.#options.url.pathname;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) query.set(name, String(value));
    return `${base}${request.path}${query.size > 0 ? `?${query}` : ''}`;
  }
}
