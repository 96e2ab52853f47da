import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { starting, unreachable } from '../http/vendor-errors.js';
import { StartUp } from './start-up.js';

describe('StartUp', () => {
  it('reads refused connections after an announced restart as starting, from 1 s doubling to 5 s', () => {
    const startUp = new StartUp(new ManualClock());
    startUp.announced();
    const waits = Array.from({ length: 5 }, () => startUp.read(unreachable('refused')).details);
    expect(waits.map((details) => [details['reason'], details['retryAfterMs']])).toEqual([1_000, 2_000, 4_000, 5_000, 5_000].map((ms) => ['starting', ms]));
  });

  it('reads them so between the phases of a start, and no longer than 30 s after the last sign of one', async () => {
    const clock = new ManualClock();
    const startUp = new StartUp(clock);
    expect(startUp.read(unreachable('refused')).details['reason']).toBe('refused');
    startUp.read(starting(5_000, 'setup'));
    await clock.advance(29_000);
    expect(startUp.read(unreachable('refused')).details['reason']).toBe('starting');
    await clock.advance(2_000);
    expect(startUp.read(unreachable('refused')).details['reason']).toBe('refused');
  });

  it('leaves other failures alone', () => {
    const startUp = new StartUp(new ManualClock());
    startUp.announced();
    expect(startUp.read(new AppError('SERVER_REJECTED_KEY', 'no')).code).toBe('SERVER_REJECTED_KEY');
    expect(startUp.read(unreachable('tls')).details['reason']).toBe('tls');
  });

  it('asks as each answer says until the server is up; callers share the wait', async () => {
    const clock = new ManualClock();
    const startUp = new StartUp(clock);
    const answers = [starting(1_000, 'loading'), starting(1_000, 'setup-done'), null];
    const askedAt: number[] = [];
    const ask = async (): Promise<void> => {
      askedAt.push(clock.monotonicMs());
      const answer = answers.shift();
      if (answer) throw answer;
    };
    const never = new AbortController().signal;
    const both = Promise.all([startUp.untilReady(starting(5_000, 'setup'), never, ask), startUp.untilReady(starting(5_000, 'setup'), never, ask)]);
    await clock.advance(10_000);
    await both;
    expect(askedAt).toEqual([5_000, 6_000, 7_000]);
  });

  it('gives up when it is no start after all, or when the watch ends', async () => {
    const clock = new ManualClock();
    const startUp = new StartUp(clock);
    const refused = startUp.untilReady(starting(1_000, 'loading'), new AbortController().signal, () => Promise.reject(unreachable('refused')));
    const rejected = expect(refused).rejects.toMatchObject({ details: { reason: 'refused' } });
    await clock.advance(1_000);
    await rejected;
    const stop = new AbortController();
    const waiting = startUp.untilReady(starting(1_000, 'loading'), stop.signal, async () => undefined);
    stop.abort();
    await expect(waiting).rejects.toBeDefined();
  });
});
