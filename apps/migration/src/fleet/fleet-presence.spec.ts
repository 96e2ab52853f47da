import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@usher/resilience';
import { FleetPresence } from './fleet-presence.js';

describe('who is there', () => {
  it('tries an agent that was never heard, and leaves one that fell silent alone', async () => {
    const clock = new ManualClock();
    const presence = new FleetPresence(clock);
    expect(presence.isOnline('a')).toBe(true);
    presence.heard('a');
    await clock.advance(14_999);
    expect(presence.isOnline('a')).toBe(true);
    await clock.advance(1);
    expect(presence.isOnline('a')).toBe(false);
    expect(presence.isOnline('b')).toBe(true);
    presence.heard('a');
    expect(presence.isOnline('a')).toBe(true);
  });

  it('says who came, and who came back', async () => {
    const clock = new ManualClock();
    const presence = new FleetPresence(clock);
    const back: string[] = [];
    presence.onBack((serverId) => back.push(serverId));
    expect(presence.isThere('a')).toBe(false);
    presence.heard('a');
    presence.heard('a');
    expect(presence.isThere('a')).toBe(true);
    await clock.advance(20_000);
    expect(presence.isThere('a')).toBe(false);
    presence.heard('a');
    expect(back).toEqual(['a', 'a']);
  });
});
