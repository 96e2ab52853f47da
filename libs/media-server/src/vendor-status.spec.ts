import { describe, expect, it } from '@jest/globals';
import { AppError, type VendorStatus } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { starting, unreachable } from './http/vendor-errors.js';
import { VendorStatusTracker } from './vendor-status.js';

describe('VendorStatusTracker', () => {
  it('tells each change once, with the time since when it is so', async () => {
    const clock = new ManualClock(0);
    const told: VendorStatus[] = [];
    const tracker = new VendorStatusTracker(clock, (status) => told.push(status));
    tracker.answered(12.4);
    await clock.advance(1_000);
    tracker.answered(15);
    tracker.failed(unreachable('refused'), 3);
    tracker.failed(unreachable('refused'), 3);
    tracker.failed(unreachable('timeout'), 3);
    tracker.failed(starting(1_000, 'loading'), 3);
    tracker.answered(9);
    expect(told.map((status) => [status.status, status.reason, status.code])).toEqual([
      ['online', null, null],
      ['unreachable', 'refused', 'SERVER_UNREACHABLE'],
      ['unreachable', 'timeout', 'SERVER_UNREACHABLE'],
      ['starting', 'starting', 'SERVER_UNREACHABLE'],
      ['online', null, null],
    ]);
    expect(told[0]).toMatchObject({ since: '1970-01-01T00:00:00.000Z', latencyMs: 12 });
    expect(tracker.current).toMatchObject({ since: '1970-01-01T00:00:01.000Z', latencyMs: 9 });
  });

  it.each([
    ['SERVER_REJECTED_KEY', 'rejected-key'],
    ['SERVER_RATE_LIMITED', 'degraded'],
    ['VENDOR_ANSWER_INVALID', 'degraded'],
    ['NOT_FOUND', 'online'],
    ['SERVER_BUSY', 'unknown'],
    ['CAPABILITY_MISSING', 'unknown'],
  ] as const)('%s means %s', (code, status) => {
    const tracker = new VendorStatusTracker(new ManualClock(), undefined);
    tracker.failed(new AppError(code, 'x'), 1);
    expect(tracker.current.status).toBe(status);
  });
});
