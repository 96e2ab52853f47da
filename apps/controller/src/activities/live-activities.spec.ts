import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { LiveActivities, STALE_MS } from './live-activities.js';

const scan = { vendorId: 't', type: 'scan' as const, title: 'Scan', subtitle: null, progressPercent: 1, libraryVendorId: null, state: 'running' as const, cancellable: false, userName: null, deviceName: null, problem: null, startedAt: '2026-01-01T00:00:00.000Z' };
const message = (seq: number, activities = [scan]) => ({ seq, at: '2026-01-01T00:00:00.000Z', activities });

describe('LiveActivities', () => {
  it('keeps the newest list of an agent, and begins anew with another agent', () => {
    const live = new LiveActivities(new ManualClock());
    expect(live.receive({ serverId: 's', agentId: 'a' }, message(5))).not.toBeNull();
    expect(live.receive({ serverId: 's', agentId: 'a' }, message(5))).toBeNull();
    expect(live.receive({ serverId: 's', agentId: 'b' }, message(1, []))).not.toBeNull();
    expect(live.list('s')).toMatchObject({ seq: 1, activities: [] });
    live.forget('s');
    expect(live.all()).toEqual([]);
  });

  it('running work that is not told again is overdue; nothing running never is', async () => {
    const clock = new ManualClock();
    const live = new LiveActivities(clock);
    const busy = live.receive({ serverId: 's', agentId: 'a' }, message(1))!;
    const idle = live.receive({ serverId: 't', agentId: 'b' }, message(1, []))!;
    await clock.advance(STALE_MS);
    expect([live.isOverdue(busy), live.isOverdue(idle)]).toEqual([true, false]);
  });
});
