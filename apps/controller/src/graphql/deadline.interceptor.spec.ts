import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ManualClock } from '@usher/resilience';
import { firstValueFrom, NEVER, of, throwError, type Observable } from 'rxjs';
import { DeadlineInterceptor, Takes } from './deadline.interceptor.js';

class Resolver {
  quick(): void {}

  @Takes(60_000)
  slow(): void {}
}

const contextOf = (handler: () => void, operation: string, type = 'graphql') =>
  ({ getType: () => type, getHandler: () => handler, getArgByIndex: () => ({ operation: { operation } }) }) as unknown as ExecutionContext;

async function outcome(context: ExecutionContext, result: Observable<unknown>, afterMs: number): Promise<unknown> {
  const clock = new ManualClock();
  const interceptor = new DeadlineInterceptor(new Reflector(), clock);
  let settled: unknown = 'waiting';
  firstValueFrom(interceptor.intercept(context, { handle: () => result })).then(
    (value) => (settled = value),
    (error: { code?: string; message: string }) => (settled = error.code ?? error.message),
  );
  await clock.advance(afterMs);
  return settled;
}

const { quick, slow } = Resolver.prototype;

describe('DeadlineInterceptor', () => {
  it('passes answers and errors on', async () => {
    expect(await outcome(contextOf(quick, 'query'), of(5), 0)).toBe(5);
    expect(await outcome(contextOf(quick, 'query'), throwError(() => new Error('own')), 0)).toBe('own');
  });

  it('ends an operation after ten seconds, or after the time of its mark', async () => {
    expect(await outcome(contextOf(quick, 'mutation'), NEVER, 9_999)).toBe('waiting');
    expect(await outcome(contextOf(quick, 'mutation'), NEVER, 10_000)).toBe('TIMED_OUT');
    expect(await outcome(contextOf(slow, 'mutation'), NEVER, 59_999)).toBe('waiting');
    expect(await outcome(contextOf(slow, 'mutation'), NEVER, 60_000)).toBe('TIMED_OUT');
  });

  it('leaves subscriptions and plain HTTP alone', async () => {
    expect(await outcome(contextOf(quick, 'subscription'), NEVER, 60_000)).toBe('waiting');
    expect(await outcome(contextOf(quick, 'query', 'http'), NEVER, 60_000)).toBe('waiting');
  });
});
