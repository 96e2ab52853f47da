import { Inject, Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '@usher/contracts';
import { withTimeout, type Clock } from '@usher/resilience';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { CLOCK } from '../infrastructure.js';

const DEADLINE_MS = 10_000;
const TAKES = 'usher:takes-ms';

/** How long an operation may run; without this mark ten seconds. */
export const Takes = (ms: number) => SetMetadata(TAKES, ms);

/** Answers a query or mutation at its deadline with TIMED_OUT, whatever it waits for. Subscriptions have none. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const isOperation = context.getType<string>() === 'graphql' && !isSubscription(context);
    if (!isOperation) return next.handle();
    const ms = this.reflector.get<number | undefined>(TAKES, context.getHandler()) ?? DEADLINE_MS;
    const late = () => new AppError('TIMED_OUT', 'This took too long and was not waited for any further.', { afterMs: ms });
    return from(withTimeout(() => lastValueFrom(next.handle(), { defaultValue: undefined }), ms, late, this.clock));
  }
}

function isSubscription(context: ExecutionContext): boolean {
  const info = context.getArgByIndex<{ operation?: { operation?: string } } | undefined>(3);
  return info?.operation?.operation === 'subscription';
}
