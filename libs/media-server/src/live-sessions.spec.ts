import { describe, expect, it } from '@jest/globals';
import type { AppError, VendorSession } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { unreachable } from './http/vendor-errors.js';
import { LiveSessions } from './live-sessions.js';
import { playingSession } from './testing/sessions.js';
import { FakePush } from './testing/watch-bench.js';

function start(push: FakePush | null = null) {
  const clock = new ManualClock();
  const state = { lists: 0, sessions: [playingSession('a')] as VendorSession[], failure: null as AppError | null, knocks: null as AppError | null, gone: 0, waits: 0 };
  const live = new LiveSessions({
    clock,
    list: async () => {
      state.lists++;
      if (state.failure) throw state.failure;
      return state.sessions;
    },
    push,
    isWatched: () => false,
    pollS: () => 10,
    untilReady: async () => void state.waits++,
    knock: async () => {
      if (state.knocks) throw state.knocks;
    },
    onGone: () => state.gone++,
    random: () => 0.99,
  });
  return { clock, state, live };
}

/** Reads a watch in the background until it ends. */
function drain(live: LiveSessions, signal: AbortSignal): Promise<void> {
  return (async () => {
    for await (const snapshot of live.watch(signal)) expect(snapshot.sessions).toBeDefined();
  })();
}

describe('LiveSessions', () => {
  it('answers from the list of the watch, without asking the server', async () => {
    const { clock, state, live } = start();
    const stop = new AbortController();
    const done = drain(live, stop.signal);
    await clock.advance(0);
    const asked = state.lists;
    await expect(live.load()).resolves.toMatchObject({ streams: 1 });
    await expect(live.find('a')).resolves.toMatchObject({ vendorId: 'a' });
    await expect(live.find('b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(state.lists).toBe(asked);
    stop.abort();
    await clock.advance(0);
    await done;
    await live.load();
    expect(state.lists).toBe(asked + 1);
  });

  it('fails as the last list of the watch failed, without asking the server', async () => {
    const { clock, state, live } = start();
    const stop = new AbortController();
    const done = drain(live, stop.signal);
    await clock.advance(0);
    state.failure = unreachable('refused');
    await clock.advance(10_000);
    const asked = state.lists;
    await expect(live.load()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(state.lists).toBe(asked);
    live.close();
    await clock.advance(0);
    await done;
    expect(stop.signal.aborted).toBe(false);
  });

  it('lists at once when somebody answers again', async () => {
    const { clock, state, live } = start();
    const done = drain(live, new AbortController().signal);
    await clock.advance(0);
    state.sessions = [];
    await clock.advance(10_000);
    state.knocks = unreachable('refused');
    state.failure = unreachable('refused');
    await clock.advance(120_000);
    expect(state.gone).toBe(1);
    state.knocks = null;
    state.failure = null;
    const asked = state.lists;
    await clock.advance(15_000);
    expect(state.lists).toBeGreaterThan(asked);
    live.close();
    await clock.advance(0);
    await done;
  });

  it('leaves the push channel before a restart that it orders: no silent death, and open again when the server is ready', async () => {
    const push = new FakePush(true);
    const { clock, state, live } = start(push);
    const done = drain(live, new AbortController().signal);
    await clock.advance(0);
    expect([push.opens, push.closed]).toEqual([1, 0]);
    live.leavePush();
    await clock.advance(0);
    expect([push.opens, push.closed, state.waits]).toEqual([2, 1, 1]);
    expect(live.usage().push).toMatchObject({ connects: 2, silentDeaths: 0 });
    live.close();
    await clock.advance(0);
    await done;
  });

  it('has nothing to leave without push, or while nobody watches', async () => {
    expect(() => start().live.leavePush()).not.toThrow();
    expect(() => start(new FakePush(true)).live.leavePush()).not.toThrow();
  });

  it('is watched once at a time', async () => {
    const { clock, live } = start();
    const done = drain(live, new AbortController().signal);
    await clock.advance(0);
    await expect(drain(live, new AbortController().signal)).rejects.toMatchObject({ code: 'INTERNAL' });
    live.close();
    await clock.advance(0);
    await done;
  });
});
