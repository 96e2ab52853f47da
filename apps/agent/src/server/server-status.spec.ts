import { describe, expect, it } from '@jest/globals';
import type { VendorStatus } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { ServerStatus } from './server-status.js';

const online: VendorStatus = { status: 'online', reason: null, code: null, since: '2026-01-01T00:00:00.000Z', latencyMs: 3 };
const call = (kind: 'session' | 'other') => ({ endpoint: 'GET /x', kind, ms: 1, ok: true, status: 200 });

describe('ServerStatus', () => {
  it('is unknown at first and tells changes only', () => {
    const status = new ServerStatus(new ManualClock());
    const seen: string[] = [];
    status.onChange((now, before) => seen.push(`${before.status}>${now.status}`));
    expect(status.vendor.status).toBe('unknown');
    status.noteVendor(online);
    status.noteVendor({ ...online, latencyMs: 9 });
    status.noteVendor({ ...online, status: 'unreachable', reason: 'timeout', code: 'SERVER_UNREACHABLE' });
    status.noteVendor({ ...online, status: 'unreachable', reason: 'refused', code: 'SERVER_UNREACHABLE' });
    status.reset();
    expect(seen).toEqual(['unknown>online', 'online>unreachable', 'unreachable>unreachable', 'unreachable>unknown']);
  });

  it('counts calls of the last hour by kind', async () => {
    const clock = new ManualClock();
    const status = new ServerStatus(clock);
    status.noteCall(call('session'));
    status.noteCall(call('other'));
    await clock.advance(59 * 60_000);
    status.noteCall(call('session'));
    expect(status.live).toMatchObject({ sessionCallsLastHour: 2, otherCallsLastHour: 1 });
    await clock.advance(60_000);
    expect(status.live).toMatchObject({ sessionCallsLastHour: 1, otherCallsLastHour: 0 });
  });

  it('tells how the sessions are followed', () => {
    const status = new ServerStatus(new ManualClock());
    expect(status.live.mode).toBe('none');
    status.noteLive({ mode: 'push', lastPollAt: null, lastPushAt: '2026-01-01T00:00:00.000Z' });
    expect(status.live).toMatchObject({ mode: 'push', lastPushAt: '2026-01-01T00:00:00.000Z' });
  });
});
