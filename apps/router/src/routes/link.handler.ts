import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { BoundedCache, TokenBucket, type Clock } from '@usher/resilience';
import { CLOCK, ROUTER_TERMS, type RouterTerms } from '../infrastructure.js';
import { RoutesService } from './routes.service.js';

const PER_ADDRESS = { ratePerS: 10 / 60, burst: 10 };
/** 128 bits in base64url. */
const LINK = /^[A-Za-z0-9_-]{22}$/;
/** They open links before people do; what they do decides nothing. */
const PREVIEWS = /bot|crawler|spider|preview|facebookexternalhit|slack|discord|telegram|whatsapp|skype|embed/i;
const GONE = 'This link leads nowhere: it is unknown, or has not been used for twelve hours.';
const FULL = 'Nobody can play this just now. Try again in a moment.';

/** `GET /r/<link>`: leads a viewer to the page of the server that plays their title now. */
@Injectable()
export class LinkHandler {
  private readonly buckets: BoundedCache<string, TokenBucket>;

  constructor(
    private readonly routes: RoutesService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ROUTER_TERMS) private readonly terms: Pick<RouterTerms, 'logger'>,
  ) {
    this.buckets = new BoundedCache({ max: 10_000, ttlMs: 10 * 60_000 }, clock);
  }

  /** Never rejects. */
  async handle(link: string, address: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.answer(link, address, request, response);
    } catch (error) {
      const isOurs = !(error instanceof AppError) || error.family === 'bug';
      this.terms.logger[isOurs ? 'error' : 'warn']('link.failed', 'A visitor of a link could not be led on.', { error });
      send(response, 503, FULL, { 'retry-after': '5' });
    }
  }

  private async answer(link: string, address: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'Only GET.', { allow: 'GET, HEAD' });
    const bucket = this.buckets.get(address) ?? new TokenBucket(PER_ADDRESS, this.clock);
    this.buckets.set(address, bucket);
    if (!bucket.take()) return send(response, 429, 'Too many visits in a short time.', { 'retry-after': String(Math.ceil(bucket.retryAfterMs() / 1_000)) });
    const route = LINK.test(link) ? await this.routes.find(createHash('sha256').update(link).digest('hex')) : undefined;
    if (!route) return send(response, 404, GONE);
    if (request.method === 'HEAD' || PREVIEWS.test(request.headers['user-agent'] ?? '')) return send(response, 200, 'A link of Usher. Open it in a browser to watch.');
    const visit = await this.routes.visit(route);
    if ('location' in visit) return send(response, 302, 'On to your server.', { location: visit.location });
    if (visit.problem === 'gone') return send(response, 404, GONE);
    send(response, 503, FULL, { 'retry-after': String(visit.retryAfterS) });
  }
}

function send(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff', ...headers });
  response.end(`${text}\n`);
}
