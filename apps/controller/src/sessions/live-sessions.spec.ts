import { describe, expect, it } from '@jest/globals';
import type { Session, SessionsState } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import fc from 'fast-check';
import { LiveSessions, MAX_SESSIONS, STALE_MS } from './live-sessions.js';

const from = { serverId: 's1', agentId: 'a1' };
const AT = '2026-01-01T00:00:00.000Z';

/** Only the id matters here. */
const session = (vendorId: string) => ({ vendorId }) as Session;
const message = (seq: number, sessions: Session[], part = 0, parts = 1): SessionsState => ({ seq, part, parts, at: AT, source: 'push', sessions });
const ids = (live: LiveSessions) => live.snapshot('s1')?.sessions.map(({ vendorId }) => vendorId);

describe('LiveSessions', () => {
  it('keeps the highest seq of an agent', () => {
    const live = new LiveSessions(new ManualClock());
    expect(live.receive(from, message(2, [session('b')]))).toMatchObject({ seq: 2, agentId: 'a1' });
    expect(live.receive(from, message(1, [session('a')]))).toBeNull();
    expect(live.receive(from, message(2, [session('c')]))).toBeNull();
    expect(ids(live)).toEqual(['b']);
  });

  it('shows a list in parts when its last part is here, in the order of the parts', () => {
    const live = new LiveSessions(new ManualClock());
    live.receive(from, message(1, [session('old')]));
    expect(live.receive(from, message(2, [session('b')], 1, 2))).toBeNull();
    expect(ids(live)).toEqual(['old']);
    live.receive(from, message(2, [session('a')], 0, 2));
    expect(ids(live)).toEqual(['a', 'b']);
  });

  it('discards a list whose part is missing as soon as a newer one begins', () => {
    const live = new LiveSessions(new ManualClock());
    live.receive(from, message(1, [session('a')], 0, 2));
    live.receive(from, message(2, [session('c')], 0, 2));
    live.receive(from, message(1, [session('b')], 1, 2));
    expect(ids(live)).toBeUndefined();
    live.receive(from, message(2, [session('d')], 1, 2));
    expect(ids(live)).toEqual(['c', 'd']);
  });

  it('never shows a torn list, whatever is lost, doubled or out of order', () => {
    const list = fc.array(fc.nat({ max: 20 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(list, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), (lists, picks) => {
        const sent = lists.map((parts, i) => parts.map((part, k) => message(i + 1, part.map((n) => session(`${i}-${k}-${n}`)), k, parts.length)));
        const all = sent.flat();
        const whole = new Map(sent.map((parts, i) => [i + 1, parts.flatMap((part) => part.sessions.map(({ vendorId }) => vendorId))]));
        const live = new LiveSessions(new ManualClock());
        let lastSeq = 0;
        for (let i = 0; i < all.length * 2; i++) {
          live.receive(from, all[picks.next().value! % all.length]!);
          const shown = live.snapshot('s1');
          if (!shown) continue;
          expect(shown.sessions.map(({ vendorId }) => vendorId)).toEqual(whole.get(shown.seq));
          expect(shown.seq).toBeGreaterThanOrEqual(lastSeq);
          lastSeq = shown.seq;
        }
      }),
    );
  });

  it('ends at the highest list when every part arrives, in any order that keeps newer lists last', () => {
    const live = new LiveSessions(new ManualClock());
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 10, maxLength: 10 }), fc.integer({ min: 1, max: 1_000_000 }), (order, base) => {
        const own = { serverId: 's1', agentId: `a${base}` };
        for (const part of order) live.receive(own, message(base, [session(`p${part}`)], part, 10));
        expect(ids(live)).toEqual(order.map((_, i) => `p${i}`));
      }),
    );
  });

  it('ignores parts that contradict each other', () => {
    const live = new LiveSessions(new ManualClock());
    live.receive(from, message(1, [session('a')], 0, 2));
    expect(live.receive(from, message(1, [session('x')], 1, 3))).toBeNull();
    expect(live.receive(from, message(1, [session('y')], 0, 2))).toBeNull();
    expect(live.receive(from, message(1, [session('z')], 7, 2))).toBeNull();
    live.receive(from, message(1, [session('b')], 1, 2));
    expect(ids(live)).toEqual(['a', 'b']);
  });

  it('starts afresh with a new agent, whose numbers may be lower, and shows the former list until then', () => {
    const live = new LiveSessions(new ManualClock());
    live.receive(from, message(1_000, [session('old')]));
    const next = { serverId: 's1', agentId: 'a2' };
    live.receive(next, message(5, [session('n1')], 0, 2));
    expect(ids(live)).toEqual(['old']);
    live.receive(next, message(5, [session('n2')], 1, 2));
    expect(live.snapshot('s1')).toMatchObject({ agentId: 'a2', seq: 5, sessions: [{ vendorId: 'n1' }, { vendorId: 'n2' }] });
  });

  it('is bounded: a list that is too long is dropped as a whole, the next one is shown', () => {
    const live = new LiveSessions(new ManualClock());
    const many = Array.from({ length: MAX_SESSIONS / 2 + 1 }, (_, i) => session(String(i)));
    for (let part = 0; part < 3; part++) live.receive(from, message(1, many, part, 3));
    expect(ids(live)).toBeUndefined();
    live.receive(from, message(2, [session('a')]));
    expect(ids(live)).toEqual(['a']);
  });

  it('is overdue after 30 s without a message, and forgets on demand', async () => {
    const clock = new ManualClock();
    const live = new LiveSessions(clock);
    const snapshot = live.receive(from, message(1, []))!;
    await clock.advance(STALE_MS - 1);
    expect(live.isOverdue(snapshot)).toBe(false);
    await clock.advance(1);
    expect(live.isOverdue(snapshot)).toBe(true);
    live.forget('s1');
    expect(live.snapshots()).toEqual([]);
    expect(live.find('s1', 'a')).toBeNull();
  });

  it('keeps the newest load for 30 s', async () => {
    const clock = new ManualClock();
    const live = new LiveSessions(clock);
    const load = { streams: 1, transcodes: 0, softwareTranscodes: 0, egressKbps: 1, cpuPercent: 5, memoryPercent: null };
    expect(live.receiveLoad(from, { seq: 2, load })).toBe(true);
    expect(live.receiveLoad(from, { seq: 1, load: { ...load, cpuPercent: 99 } })).toBe(false);
    expect(live.load('s1')).toMatchObject({ cpuPercent: 5 });
    await clock.advance(STALE_MS);
    expect(live.load('s1')).toBeNull();
    expect(live.load('s2')).toBeNull();
  });
});
