import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { BoundedCache, TokenBucket, type Clock } from '@usher/resilience';
import type { Actor } from '../auth/actor.js';
import { CLOCK } from '../infrastructure.js';

const RATE = { ratePerS: 20, burst: 40 };
const AT_ONCE = 8;

/** How much one sign-in may ask, over HTTP and WebSocket together; without a sign-in one address counts. */
@Injectable()
export class OperationGate {
  private readonly buckets: BoundedCache<string, TokenBucket>;
  private readonly running = new Map<string, number>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {
    this.buckets = new BoundedCache({ max: 10_000, ttlMs: 10 * 60_000 }, clock);
  }

  /** Takes one operation from the rate. @throws RATE_LIMITED with `retryAfterMs` */
  count(actor: Actor): void {
    const key = keyOf(actor);
    const bucket = this.buckets.get(key) ?? new TokenBucket(RATE, this.clock);
    this.buckets.set(key, bucket);
    if (!bucket.take()) {
      throw new AppError('RATE_LIMITED', 'Too many requests in a short time.', { retryAfterMs: Math.max(50, bucket.retryAfterMs()) });
    }
  }

  /** Counts and holds one of the places for operations at the same time; returns what gives it back. @throws RATE_LIMITED */
  enter(actor: Actor): () => void {
    this.count(actor);
    return this.hold(keyOf(actor));
  }

  /** Places are counted per `key`: a sign-in over HTTP, a connection over WebSocket, where each tab of a browser has its own. */
  hold(key: string): () => void {
    const running = this.running.get(key) ?? 0;
    if (running >= AT_ONCE) throw new AppError('RATE_LIMITED', `At most ${AT_ONCE} operations run at once.`, { retryAfterMs: 1_000 });
    this.running.set(key, running + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      const left = this.running.get(key)! - 1;
      if (left > 0) this.running.set(key, left);
      else this.running.delete(key);
    };
  }
}

function keyOf(actor: Actor): string {
  return actor.signedIn ? `sign-in ${actor.signedIn.signInId}` : `address ${actor.address ?? 'unknown'}`;
}
