import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Heartbeat, VendorStatus } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { AgentPresence, SILENCE_MS } from './agent-presence.js';

describe('AgentPresence', () => {
  let clock: ManualClock;
  let presence: AgentPresence;

  beforeEach(() => {
    clock = new ManualClock();
    presence = new AgentPresence(clock);
    presence.brokerLink(true);
  });

  const beat = (seq: number, status: VendorStatus['status'] = 'online') =>
    presence.beat('s1', 'a1', { seq, at: new Date(clock.now()).toISOString(), vendor: { status } } as Heartbeat);

  it('gives everybody the whole silence after a start', async () => {
    await clock.advance(SILENCE_MS - 1);
    expect(presence.isOnline('s1')).toBe(true);
    await clock.advance(1);
    expect(presence.isOnline('s1')).toBe(false);
    expect(beat(1)).toBe(true);
    expect(presence.isOnline('s1')).toBe(true);
  });

  it('counts three missed heartbeats from the last word', async () => {
    await clock.advance(100_000);
    beat(1);
    await clock.advance(SILENCE_MS - 1);
    expect(presence.isSilent('s1')).toBe(false);
    await clock.advance(1);
    expect(presence.isSilent('s1')).toBe(true);
  });

  it('gives a new agent the whole silence for its first word, but not one that spoke already', async () => {
    await clock.advance(100_000);
    presence.expect('s1', 'a1');
    expect(presence.isOnline('s1')).toBe(true);
    await clock.advance(SILENCE_MS);
    presence.expect('s1', 'a1');
    expect(presence.isOnline('s1')).toBe(false);
  });

  it('believes the broker at once, and a later word more', () => {
    beat(1);
    presence.linkChanged('s1', false);
    expect(presence.isOnline('s1')).toBe(false);
    presence.linkChanged('s1', true);
    expect(presence.isOnline('s1')).toBe(true);
    presence.linkChanged('s1', false);
    beat(2);
    expect(presence.standing('s1').linked).toBe(true);
  });

  it('drops late heartbeats, and starts afresh with a new agent', () => {
    beat(5);
    expect(beat(5)).toBe(false);
    expect(beat(4)).toBe(false);
    expect(presence.beat('s1', 'a2', { seq: 1, at: '2026-01-01T00:00:00Z', vendor: { status: 'online' } } as Heartbeat)).toBe(true);
    expect(presence.standing('s1')).toMatchObject({ agentId: 'a2', heartbeat: { seq: 1 } });
  });

  it('judges nobody while its own link to the broker is down', async () => {
    beat(1);
    presence.brokerLink(false);
    await clock.advance(10 * SILENCE_MS);
    expect(presence.isJudging()).toBe(false);
    expect(presence.isSilent('s1')).toBe(false);
    presence.brokerLink(true);
    await clock.advance(SILENCE_MS - 1);
    expect(presence.isSilent('s1')).toBe(false);
    await clock.advance(1);
    expect(presence.isSilent('s1')).toBe(true);
  });

  it.each<[VendorStatus['status'], boolean]>([['online', true], ['degraded', true], ['unknown', true], ['starting', false], ['unreachable', false], ['rejected-key', false]])(
    'a media server that is %s answers: %s',
    (status, answers) => {
      beat(1, status);
      expect(presence.isAnswering('s1')).toBe(answers);
    },
  );

  it("measures the agent's clock and forgets on demand", () => {
    presence.greeted('s1', 'a1', new Date(clock.now() - 7_000).toISOString());
    expect(presence.standing('s1').clockOffsetMs).toBe(7_000);
    presence.forget('s1');
    expect(presence.standing('s1').agentId).toBeNull();
  });
});
