import { describe, expect, it } from '@jest/globals';
import { maintenanceState, uuidv7 } from '@usher/contracts';
import { MaintenancePlan } from './maintenance-plan.js';

describe('MaintenancePlan', () => {
  it('knows the windows of its own server only, and forgets what is no longer told', () => {
    const [mine, other] = [uuidv7(), uuidv7()];
    let now = Date.parse('2026-01-01T02:00:00.000Z');
    const plan = new MaintenancePlan(mine, () => now);
    const occurrence = (serverId: string) => ({ windowId: uuidv7(), serverIds: [serverId], drainFrom: '2026-01-01T01:30:00.000Z', startAt: '2026-01-01T02:00:00.000Z', endAt: '2026-01-01T02:30:00.000Z' });
    const take = (...occurrences: object[]) => plan.take(maintenanceState, { completeUntil: '2026-01-08T00:00:00.000Z', occurrences });
    take(occurrence(other));
    expect(plan.isOn).toBe(false);
    take(occurrence(mine));
    expect(plan.isOn).toBe(true);
    now += 30 * 60_000;
    expect(plan.isOn).toBe(false);
    now -= 31 * 60_000;
    expect(plan.isOn).toBe(false);
    now += 2 * 60_000;
    take();
    expect(plan.isOn).toBe(false);
  });
});
