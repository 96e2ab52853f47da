import { Inject, Injectable } from '@nestjs/common';
import { AppError, uuidv7, type PlacementRequest } from '@usher/contracts';
import { transaction } from '@usher/database';
import { BoundedCache, TokenBucket, type Clock } from '@usher/resilience';
import { Pool } from 'pg';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, SignedIn } from '../auth/actor.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { CLOCK } from '../infrastructure.js';
import type { CreateRouteInput } from './placement.graphql.js';

const PER_PERSON = { ratePerS: 1, burst: 5 };

/**
 * Who wanted which route: written before the router is asked, so that a repeat after any crash means the same route and
 * not a second one.
 */
@Injectable()
export class RouteIntents {
  private readonly buckets: BoundedCache<string, TokenBucket>;

  constructor(
    private readonly pool: Pool,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.buckets = new BoundedCache({ max: 10_000, ttlMs: 10 * 60_000 }, clock);
  }

  /** The id of the route. @throws RATE_LIMITED when one person gets too many, IDEMPOTENCY_CONFLICT */
  async routeIdFor(actor: Actor, operator: SignedIn, { idempotencyKey, ...input }: CreateRouteInput, request: PlacementRequest): Promise<string> {
    const call = { operator, key: idempotencyKey, op: 'createRoute', request: input };
    return await this.idempotency.once(call, async (save) => {
      this.limit(input.userId);
      const routeId = uuidv7(this.clock.now());
      await transaction(this.pool, async (tx) => {
        const { itemKey, title, userName, client } = request;
        await this.audit.append(tx, actor, { action: 'route.created', payload: { routeId, itemKey, title, userName, client: client.kind } });
        await save(tx, routeId);
      });
      return routeId;
    });
  }

  private limit(userId: string): void {
    const bucket = this.buckets.get(userId) ?? new TokenBucket(PER_PERSON, this.clock);
    this.buckets.set(userId, bucket);
    if (!bucket.take()) throw new AppError('RATE_LIMITED', 'Too many routes for one person in a short time.', { retryAfterMs: Math.max(50, bucket.retryAfterMs()) });
  }
}
