import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import fc from 'fast-check';
import { BoundedCache, Breaker, Coalesce, ConcurrencyLimit, Deadline, fullJitter, ManualClock, RetryBudget, SharedReading, TokenBucket, withTimeout } from './index.js';

const unreachable = () => Promise.reject(new AppError('SERVER_UNREACHABLE', 'no', { reason: 'refused' }));

describe('ManualClock', () => {
  it('runs due timers in order and only those', async () => {
    const clock = new ManualClock();
    const seen: string[] = [];
    clock.setTimeout(() => seen.push('b'), 20);
    clock.setTimeout(() => seen.push('a'), 10);
    clock.setTimeout(() => seen.push('never'), 31);
    await clock.advance(30);
    expect(seen).toEqual(['a', 'b']);
    expect(clock.monotonicMs()).toBe(30);
  });

  it('rejects a sleep whose signal aborts', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('stop'));
    await expect(sleeping).rejects.toThrow('stop');
  });
});

describe('fullJitter', () => {
  it('stays between zero and the cap', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const delay = fullJitter(attempt, { baseMs: 200, capMs: 30_000 }, () => random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});

describe('RetryBudget', () => {
  it('allows a share of the calls of the window', async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget({ share: 0.1, windowMs: 60_000, minimum: 0 }, clock);
    for (let i = 0; i < 20; i++) budget.note();
    expect([budget.tryRetry(), budget.tryRetry(), budget.tryRetry()]).toEqual([true, true, false]);
    await clock.advance(61_000);
    expect(budget.tryRetry()).toBe(false);
  });
});

describe('Deadline and withTimeout', () => {
  it('aborts its signal at the deadline', async () => {
    const clock = new ManualClock();
    const deadline = Deadline.in(100, clock);
    await clock.advance(99);
    expect(deadline.remainingMs()).toBe(1);
    await clock.advance(1);
    expect(() => deadline.throwIfPassed()).toThrow('no answer within 100 ms');
  });

  it('rejects although the work ignores the signal', async () => {
    const clock = new ManualClock();
    const result = withTimeout(() => new Promise<void>(() => undefined), 50, () => new AppError('AGENT_TIMEOUT', 'late'), clock);
    const settled = expect(result).rejects.toMatchObject({ code: 'AGENT_TIMEOUT' });
    await clock.advance(50);
    await settled;
  });
});

describe('ConcurrencyLimit', () => {
  it('never runs more than max, keeps order, refuses beyond the queue', async () => {
    const limit = new ConcurrencyLimit({ max: 1, queue: 1 });
    const order: number[] = [];
    let release = () => undefined as void;
    const first = limit.run(() => new Promise<void>((resolve) => (release = () => resolve())));
    const second = limit.run(async () => void order.push(2));
    await expect(limit.run(async () => undefined)).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect([limit.active, limit.waiting]).toEqual([1, 1]);
    release();
    await Promise.all([first, second]);
    expect(order).toEqual([2]);
    expect([limit.active, limit.waiting]).toEqual([0, 0]);
  });

  it('forgets a waiter whose signal aborts', async () => {
    const limit = new ConcurrencyLimit({ max: 1, queue: 5 });
    let release = () => undefined as void;
    const first = limit.run(() => new Promise<void>((resolve) => (release = () => resolve())));
    const abort = new AbortController();
    const second = limit.run(async () => undefined, abort.signal);
    abort.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    release();
    await first;
    expect(limit.active).toBe(0);
  });

  it('gives the place back when the work fails', async () => {
    const limit = new ConcurrencyLimit({ max: 1, queue: 0 });
    await expect(limit.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(limit.active).toBe(0);
  });
});

describe('TokenBucket', () => {
  it('fills at its rate, up to its burst, and honors a pause', async () => {
    const clock = new ManualClock();
    const bucket = new TokenBucket({ ratePerS: 2, burst: 2 }, clock);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
    expect(bucket.retryAfterMs()).toBe(500);
    await clock.advance(10_000);
    bucket.pause(1_000);
    expect(bucket.take()).toBe(false);
    expect(bucket.retryAfterMs()).toBe(1_000);
    await clock.advance(1_000);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, false]);
  });
});

describe('Breaker', () => {
  const isFailure = (error: unknown) => error instanceof AppError && error.family === 'vendor';

  it('opens after failures in a row, refuses with the cause, lets one probe through', async () => {
    const clock = new ManualClock();
    const breaker = new Breaker({ failuresInARow: 2, openMs: 1_000 }, clock);
    for (let i = 0; i < 2; i++) await expect(breaker.run(unreachable, isFailure)).rejects.toThrow();
    let called = false;
    const refused = breaker.run(async () => (called = true), isFailure);
    await expect(refused).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'refused', breaker: 'open' } });
    expect(called).toBe(false);
    await clock.advance(1_000);
    expect(breaker.state).toBe('half-open');
    let release = () => undefined as void;
    const probe = breaker.run(() => new Promise<void>((resolve) => (release = () => resolve())), isFailure);
    await expect(breaker.run(async () => 1, isFailure)).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    release();
    await probe;
    expect(breaker.state).toBe('closed');
  });

  it('opens again when the probe fails', async () => {
    const clock = new ManualClock();
    const breaker = new Breaker({ failuresInARow: 1, openMs: 1_000 }, clock);
    await expect(breaker.run(unreachable, isFailure)).rejects.toThrow();
    await clock.advance(1_000);
    await expect(breaker.run(unreachable, isFailure)).rejects.toThrow();
    expect(breaker.state).toBe('open');
  });

  it('counts errors that are not the fault of the server as success', async () => {
    const breaker = new Breaker({ failuresInARow: 1, openMs: 1_000 }, new ManualClock());
    await expect(breaker.run(() => Promise.reject(new AppError('NOT_FOUND', 'x')), isFailure)).rejects.toThrow();
    expect(breaker.state).toBe('closed');
  });

  it('opens on a share of many calls', async () => {
    const breaker = new Breaker({ failuresInARow: 100, share: 0.5, minimumCalls: 20, openMs: 1_000 }, new ManualClock());
    for (let i = 0; i < 10; i++) {
      await breaker.run(async () => undefined, isFailure);
      await expect(breaker.run(unreachable, isFailure)).rejects.toThrow();
    }
    expect(breaker.state).toBe('open');
  });
});

describe('Coalesce and BoundedCache', () => {
  it('makes one call of overlapping ones and a new one afterwards', async () => {
    const coalesce = new Coalesce<number>();
    let calls = 0;
    const work = async () => ++calls;
    expect(await Promise.all([coalesce.run('a', work), coalesce.run('a', work)])).toEqual([1, 1]);
    expect(await coalesce.run('a', work)).toBe(2);
  });

  it('drops the least recently used and the expired', async () => {
    const clock = new ManualClock();
    const cache = new BoundedCache<string, number>({ max: 2, ttlMs: 100 }, clock);
    cache.set('a', 1);
    cache.set('b', 2);
    expect(cache.get('a')).toBe(1);
    cache.set('c', 3);
    expect([cache.get('b'), cache.get('a'), cache.size]).toEqual([undefined, 1, 2]);
    await clock.advance(100);
    expect(cache.get('a')).toBeUndefined();
    expect(cache.stats).toEqual({ hits: 2, misses: 2, evictions: 1 });
  });
});

describe('SharedReading', () => {
  it('gives everybody a reading that began after they asked, and one to all who ask meanwhile', async () => {
    const releases: (() => void)[] = [];
    const reading = new SharedReading(() => new Promise<void>((resolve) => releases.push(resolve)));
    const first = reading.refresh();
    await Promise.resolve();
    const [second, third] = [reading.refresh(), reading.refresh()];
    expect([releases.length, second === third]).toEqual([1, true]);
    releases[0]!();
    await first;
    await new Promise((resolve) => setImmediate(resolve));
    expect(releases).toHaveLength(2);
    releases[1]!();
    await Promise.all([second, third]);
  });

  it('begins again after a failed one', async () => {
    let calls = 0;
    const reading = new SharedReading(async () => {
      if (++calls === 1) throw new Error('away');
    });
    await expect(reading.refresh()).rejects.toThrow('away');
    await expect(reading.refresh()).resolves.toBeUndefined();
  });
});
