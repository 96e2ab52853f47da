import { describe, expect, it } from '@jest/globals';
import { playbackChanged, playbackEnded, playbackStarted, uuidv7, type VendorSession } from '@usher/contracts';
import fc from 'fast-check';
import { vendorSession } from '../../test/support.js';
import { TrackedPlayback } from './playback.js';
import { follow, GHOST_AFTER_MS, type PlaybackFact, type Tracking } from './session-events.js';

const START_MS = Date.UTC(2026, 0, 1);

/** Follows one server and can be restarted, as a process is. */
class Follower {
  tracking: Tracking = { playbacks: new Map(), resumed: true };
  nowMs = START_MS;
  monotonicMs = 0;

  see(sessions: VendorSession[], options: { afterMs?: number; clockSetBy?: number; source?: 'push' | 'poll' } = {}) {
    this.monotonicMs += options.afterMs ?? 1_000;
    this.nowMs += (options.afterMs ?? 1_000) + (options.clockSetBy ?? 0);
    const progress = follow(this.tracking, { source: options.source ?? 'push', sessions }, { wallMs: this.nowMs, monotonicMs: this.monotonicMs }, () => uuidv7());
    this.tracking = progress.tracking;
    return { ...progress, kinds: progress.facts.map(kindOf) };
  }

  /** Only what is on the disk survives. */
  restart(): void {
    this.monotonicMs = 17;
    const kept = [...this.tracking.playbacks.values()].map((playback) => TrackedPlayback.parse(JSON.parse(JSON.stringify(playback))));
    this.tracking = { playbacks: new Map(kept.map((playback) => [playback.sessionVendorId, playback])), resumed: true };
  }
}

function kindOf(fact: PlaybackFact): string {
  if (fact.contract === playbackChanged) return (fact.body as { change: string }).change;
  if (fact.contract === playbackEnded) return `ended:${(fact.body as { reason: string }).reason}`;
  return 'started';
}

function at(positionMs: number, stream: Parameters<typeof vendorSession>[0] = {}): VendorSession {
  return vendorSession({ ...stream, stream: { positionMs, ...stream.stream } });
}

describe('what happened between two lists', () => {
  it('starts a playback with everything the ledger needs', () => {
    const { facts, sessions } = new Follower().see([at(5_000)]);
    expect(facts).toHaveLength(1);
    expect(playbackStarted.body.parse(facts[0]!.body)).toMatchObject({ sessionVendorId: 'session-1', userName: 'Ada', positionMs: 5_000, quality: { delivery: 'direct-play' } });
    expect(sessions[0]!.stream).toMatchObject({ playbackId: facts[0]!.body.playbackId, startedAt: new Date(START_MS + 1_000).toISOString() });
  });

  it('has nothing to say of an idle session', () => {
    const { facts, sessions } = new Follower().see([vendorSession({ stream: null })]);
    expect(facts).toEqual([]);
    expect(sessions).toMatchObject([{ stream: null, ghost: false }]);
  });

  it('says nothing while only the position moves', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    expect(follower.see([at(10_000)], { afterMs: 10_000 }).kinds).toEqual([]);
    expect(follower.see([at(70_000)], { afterMs: 60_000 }).kinds).toEqual([]);
  });

  it('ends what one complete list does not hold, once', () => {
    const follower = new Follower();
    const [start] = follower.see([at(0)]).facts;
    const ended = follower.see([]);
    expect(ended.kinds).toEqual(['ended:gone']);
    expect(ended.facts[0]!.body.playbackId).toBe(start!.body.playbackId);
    expect(follower.see([]).kinds).toEqual([]);
  });

  it('ends what the session no longer plays', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    expect(follower.see([vendorSession({ stream: null })]).kinds).toEqual(['ended:gone']);
  });

  it('ends one item before it starts the next', () => {
    const follower = new Follower();
    const first = follower.see([at(0)]);
    const second = follower.see([at(0, { itemId: 'item-2' })]);
    expect(second.kinds).toEqual(['ended:item-changed', 'started']);
    expect(second.sessions[0]!.stream!.playbackId).not.toBe(first.sessions[0]!.stream!.playbackId);
  });

  it('takes another person in a session of the same name for another playback', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    expect(follower.see([at(0, { userId: 'user-2' })]).kinds).toEqual(['ended:item-changed', 'started']);
  });

  it('tells pause, resume, seek and another delivery', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    expect(follower.see([at(1_000, { stream: { state: 'paused' } })]).kinds).toEqual(['paused']);
    expect(follower.see([at(1_000, { stream: { state: 'paused' } })], { afterMs: 60_000 }).kinds).toEqual([]);
    expect(follower.see([at(1_000)]).kinds).toEqual(['resumed']);
    expect(follower.see([at(600_000)]).kinds).toEqual(['seeked']);
    expect(follower.see([at(100_000)]).kinds).toEqual(['seeked']);
    expect(follower.see([at(101_000, { stream: { delivery: 'transcode' } })]).kinds).toEqual(['delivery']);
    expect(follower.see([at(102_000, { stream: { state: 'buffering', delivery: 'transcode' } })]).kinds).toEqual([]);
  });

  it('takes late reports, fast players and guesses of the server for no seek', () => {
    const follower = new Follower();
    follower.see([at(60_000)]);
    expect(follower.see([at(60_000)], { afterMs: 10_000 }).kinds).toEqual([]);
    expect(follower.see([at(80_000)], { afterMs: 10_000 }).kinds).toEqual([]);
    expect(follower.see([at(74_000)], { afterMs: 1_000 }).kinds).toEqual([]);
  });

  it('counts playing time without pauses', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    follower.see([at(30_000, { stream: { state: 'paused' } })], { afterMs: 30_000 });
    follower.see([at(30_000)], { afterMs: 45_000 });
    const { facts } = follower.see([], { afterMs: 10_000 });
    expect(facts[0]!.body).toMatchObject({ watchedMs: 40_000, positionMs: 30_000 });
  });

  it('does not count the time before a poll that no longer finds the session', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    follower.see([at(10_000)], { afterMs: 10_000, source: 'poll' });
    expect(follower.see([], { afterMs: 60_000, source: 'poll' }).facts[0]!.body).toMatchObject({ watchedMs: 10_000 });
  });

  it('counts a long silence only as far as the position moved', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    follower.see([at(200_000)], { afterMs: 600_000 });
    expect(follower.see([], { afterMs: 1_000 }).facts[0]!.body).toMatchObject({ watchedMs: 201_000 });
  });

  it('counts right while the wall clock is set', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    expect(follower.see([at(10_000)], { afterMs: 10_000, clockSetBy: -3_600_000 }).kinds).toEqual([]);
    expect(follower.see([at(20_000)], { afterMs: 10_000, clockSetBy: 7_200_000 }).kinds).toEqual([]);
    expect(follower.see([], { afterMs: 1_000 }).facts[0]!.body).toMatchObject({ watchedMs: 21_000 });
  });

  it('counts nothing for a restart over which the clock was set back', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    follower.restart();
    follower.see([at(50_000)], { afterMs: 10_000, clockSetBy: -3_600_000 });
    expect(follower.see([], { source: 'poll' }).facts[0]!.body).toMatchObject({ watchedMs: 0 });
  });

  it('takes the first of two rows with one id', () => {
    const { sessions, kinds } = new Follower().see([at(1), at(2, { itemId: 'other' })]);
    expect(kinds).toEqual(['started']);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]!.item!.itemId).toBe('item-1');
  });
});

describe('over a restart of the agent', () => {
  it('continues the playback when the session is there with the same item', () => {
    const follower = new Follower();
    const before = follower.see([at(0)]).sessions[0]!.stream!;
    follower.restart();
    const after = follower.see([at(300_000)], { afterMs: 300_000 });
    expect(after.kinds).toEqual([]);
    expect(after.sessions[0]!.stream).toMatchObject({ playbackId: before.playbackId, startedAt: before.startedAt });
    expect(follower.see([]).facts[0]!.body).toMatchObject({ watchedMs: 301_000 });
  });

  it('ends what is gone, at the time when it was last seen', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    const lastSeen = new Date(follower.nowMs).toISOString();
    follower.restart();
    const { kinds, facts } = follower.see([], { afterMs: 3_600_000 });
    expect(kinds).toEqual(['ended:agent-stopped']);
    expect(facts[0]!.body).toMatchObject({ at: lastSeen, watchedMs: 0 });
  });

  it('ends one and starts the other when the item changed meanwhile', () => {
    const follower = new Follower();
    follower.see([at(0)]);
    follower.restart();
    expect(follower.see([at(0, { itemId: 'item-2' })]).kinds).toEqual(['ended:agent-stopped', 'started']);
  });
});

describe('ghosts', () => {
  const listed = (lastSeenAt: string | null) => at(0, { lastSeenAt, stream: { state: 'playing', positionMs: 0 } });
  const T0 = '2001-01-01T00:00:00.000Z';

  it('is listed without a check-in for 90 s, whatever the clock of the vendor says', () => {
    const follower = new Follower();
    expect(follower.see([listed(T0)]).sessions[0]!.ghost).toBe(false);
    expect(follower.see([listed(T0)], { afterMs: GHOST_AFTER_MS - 1 }).sessions[0]!.ghost).toBe(false);
    expect(follower.see([listed(T0)], { afterMs: 1 }).sessions[0]!.ghost).toBe(true);
    expect(follower.see([listed('2001-01-01T00:05:00.000Z')]).sessions[0]!.ghost).toBe(false);
  });

  it('watches nothing', () => {
    const follower = new Follower();
    follower.see([listed(T0)]);
    follower.see([listed(T0)], { afterMs: 90_000 });
    follower.see([listed(T0)], { afterMs: 60_000 });
    expect(follower.see([], { afterMs: 60_000 }).facts[0]!.body).toMatchObject({ watchedMs: 90_000 });
  });

  it('is nobody where the vendor tells no check-in', () => {
    const follower = new Follower();
    follower.see([listed(null)]);
    expect(follower.see([listed(null)], { afterMs: 600_000 }).sessions[0]!.ghost).toBe(false);
  });

  it('is not made by an agent that was away', () => {
    const follower = new Follower();
    follower.see([listed(T0)]);
    follower.restart();
    expect(follower.see([listed(T0)], { afterMs: 600_000 }).sessions[0]!.ghost).toBe(false);
  });
});

describe('any lists and any restarts', () => {
  const row = fc.record({
    vendorId: fc.constantFrom('s1', 's2', 's3'),
    itemId: fc.constantFrom('i1', 'i2'),
    userId: fc.constantFrom('u1', 'u2', null),
    idle: fc.boolean(),
    lastSeenAt: fc.constantFrom(null, '2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z'),
    stream: fc.record({
      state: fc.constantFrom('playing' as const, 'paused' as const, 'buffering' as const),
      delivery: fc.constantFrom('direct-play' as const, 'transcode' as const),
      positionMs: fc.nat({ max: 7_200_000 }),
    }),
  });
  const step = fc.oneof(
    { weight: 1, arbitrary: fc.constant('restart' as const) },
    { weight: 5, arbitrary: fc.record({ rows: fc.array(row, { maxLength: 4 }), afterMs: fc.nat({ max: 400_000 }), clockSetBy: fc.integer({ min: -500_000, max: 500_000 }), source: fc.constantFrom('push' as const, 'poll' as const) }) },
  );

  it('every playback starts once, ends once, and changes only in between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const follower = new Follower();
        const facts: PlaybackFact[] = [];
        for (const one of steps) {
          if (one === 'restart') {
            follower.restart();
            continue;
          }
          const sessions = one.rows.map(({ idle, stream, ...rest }) => vendorSession({ ...rest, stream: idle ? null : stream }));
          const progress = follower.see(sessions, one);
          facts.push(...progress.facts);
          const open = progress.sessions.flatMap(({ stream }) => (stream ? [stream.playbackId] : [])).sort();
          expect([...progress.tracking.playbacks.values()].map(({ playbackId }) => playbackId).sort()).toEqual(open);
        }
        facts.push(...follower.see([]).facts);
        const states = new Map<string, 'open' | 'ended'>();
        for (const { contract, body } of facts) {
          contract.body.parse(body);
          const state = states.get(body.playbackId);
          if (contract === playbackStarted) expect(state).toBeUndefined();
          else expect(state).toBe('open');
          states.set(body.playbackId, contract === playbackEnded ? 'ended' : 'open');
          if ('watchedMs' in body) expect(body.watchedMs).toBeGreaterThanOrEqual(0);
        }
        expect([...states.values()].every((state) => state === 'ended')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
