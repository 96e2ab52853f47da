import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, type VendorSession } from '@usher/contracts';
import { starting, unreachable } from './http/vendor-errors.js';
import { SessionWatch, type WatchSource } from './polling.js';
import { idleSession, playingSession } from './testing/sessions.js';
import { FakePush, WatchBench } from './testing/watch-bench.js';

const HOUR = 3_600_000;
let bench: WatchBench;
const begin = (push: FakePush | null, set: (bench: WatchBench) => void = () => undefined, more: Partial<WatchSource> = {}): Promise<WatchBench> => {
  bench = new WatchBench(push);
  set(bench);
  return bench.start(more);
};

beforeEach(() => {
  bench = new WatchBench(null);
});
afterEach(async () => {
  bench.stop.abort();
  await bench.clock.advance(0);
  await bench.done;
});

describe('polls without push', () => {
  it('lists at once, then every 60 s while nobody watches and nothing plays', async () => {
    await begin(null);
    expect(bench.lists).toBe(1);
    expect(await bench.listsIn(HOUR)).toBeLessThanOrEqual(60);
    expect(bench.mode).toBe('poll');
  });

  it('every 10 s while something plays, within the hourly allowance', async () => {
    await begin(null, (b) => (b.sessions = [playingSession('a')]));
    const lists = await bench.listsIn(HOUR);
    expect(lists).toBeGreaterThanOrEqual(350);
    expect(lists).toBeLessThanOrEqual(360);
  });

  it('becomes quick soon after somebody begins to watch', async () => {
    await begin(null);
    await bench.clock.advance(20_000);
    bench.isWatched = true;
    expect(await bench.listsIn(4_000)).toBe(1);
    expect(await bench.listsIn(30_000)).toBe(3);
  });

  it('reads the interval before every wait', async () => {
    let pollS = 10;
    await begin(null, (b) => (b.isWatched = true), { pollS: () => pollS });
    pollS = 300;
    expect(await bench.listsIn(200_000)).toBe(0);
  });

  it('backs off while the server fails, and says that nothing is live', async () => {
    await begin(null, (b) => {
      b.failure = unreachable('refused');
      b.isWatched = true;
    });
    const lists = await bench.listsIn(HOUR);
    expect(lists).toBeGreaterThan(60);
    expect(lists).toBeLessThan(200);
    expect(bench.mode).toBe('none');
    expect(bench.snapshots).toHaveLength(0);
  });

  it('asks a server that refuses the key every five minutes only', async () => {
    await begin(null, (b) => (b.failure = new AppError('SERVER_REJECTED_KEY', 'no')));
    expect(await bench.listsIn(HOUR)).toBeLessThanOrEqual(12);
  });

  it('waits as long as the server asks', async () => {
    await begin(null, (b) => (b.failure = new AppError('SERVER_RATE_LIMITED', 'slow', { retryAfterMs: 90_000 })));
    expect(await bench.listsIn(89_000)).toBe(0);
    expect(await bench.listsIn(3_000)).toBe(1);
  });

  it('lists at once when it is told that the server is back', async () => {
    await begin(null);
    bench.watch.pollNow();
    expect(await bench.listsIn(0)).toBe(1);
  });

  it('waits for a starting server with the table of its vendor and goes on at once', async () => {
    await begin(null, (b) => (b.failure = starting(5_000, 'setup')));
    expect(bench.readyAsked).toBe(1);
    bench.failure = null;
    expect(await bench.listsIn(1_000)).toBe(1);
    expect(bench.snapshots).toHaveLength(1);
  });
});

describe('push with polls beside it', () => {
  it('lists once after the socket opened and then at most 12 times an hour while idle', async () => {
    const push = new FakePush(true);
    await begin(push);
    expect([push.opens, bench.lists]).toEqual([1, 1]);
    expect(bench.mode).toBe('push');
    expect(await bench.listsIn(HOUR)).toBeLessThanOrEqual(12);
  });

  it('at most 60 times an hour while something plays', async () => {
    await begin(new FakePush(true), (b) => (b.sessions = [playingSession('a')]));
    const lists = await bench.listsIn(HOUR);
    expect(lists).toBeGreaterThanOrEqual(58);
    expect(lists).toBeLessThanOrEqual(60);
  });

  it('hands on what is pushed, at once', async () => {
    const push = new FakePush(true);
    await begin(push);
    push.events!.sessions(() => [playingSession('a')]);
    await bench.clock.advance(0);
    expect(bench.snapshots.at(-1)).toMatchObject({ source: 'push', sessions: [{ vendorId: 'a' }] });
    expect(bench.live.at(-1)).toMatchObject({ mode: 'push', lastPushAt: expect.any(String) });
  });

  it('reads the first frame of a burst and then only the newest of each 100 ms', async () => {
    const push = new FakePush(true);
    await begin(push);
    const read: number[] = [];
    for (let i = 0; i < 50; i++) {
      push.events!.sessions(() => {
        read.push(i);
        return [playingSession(`s${i}`)];
      });
    }
    await bench.clock.advance(100);
    expect(read).toEqual([0, 49]);
    expect(bench.snapshots.at(-1)?.sessions[0]?.vendorId).toBe('s49');
  });

  it('applies frames that came during the first list after it', async () => {
    const push = new FakePush(true);
    let answer = (_: VendorSession[]): void => undefined;
    await begin(push, () => undefined, { list: () => new Promise((resolve) => (answer = resolve)) });
    push.events!.sessions(() => [playingSession('new')]);
    await bench.clock.advance(0);
    expect(bench.snapshots).toHaveLength(0);
    answer([idleSession('old')]);
    await bench.clock.advance(0);
    expect(bench.snapshots.at(-1)).toMatchObject({ source: 'push', sessions: [{ vendorId: 'new' }] });
  });

  it('reconciles more often while somebody looks', async () => {
    await begin(new FakePush(true), (b) => (b.isWatched = true));
    expect(await bench.listsIn(HOUR)).toBe(60);
    expect(bench.watch.pace).toEqual({ pace: 'reconcile', everyMs: 60_000 });
  });

  it('lists when a push says only that something changed: of a burst the first and the last', async () => {
    const push = new FakePush(true);
    await begin(push);
    const before = bench.lists;
    for (let i = 0; i < 10; i++) push.events!.changed();
    await bench.clock.advance(100);
    expect(bench.lists - before).toBe(2);
    expect(bench.snapshots.at(-1)?.source).toBe('push');
  });

  it('lists a few announced changes at once, and a flood of them once a second', async () => {
    const push = new FakePush(true);
    await begin(push);
    const flood = async (seconds: number) => {
      const before = bench.lists;
      for (let i = 0; i < seconds * 20; i++) {
        push.events!.changed();
        await bench.clock.advance(50);
      }
      return bench.lists - before;
    };
    expect(await flood(1)).toBeGreaterThanOrEqual(10);
    await flood(9);
    expect(await flood(60)).toBe(60);
  });

  it('never asks for two lists at once, and reads what changed during one after it', async () => {
    const push = new FakePush(true);
    const answers: ((sessions: VendorSession[]) => void)[] = [];
    await begin(push, () => undefined, { list: () => new Promise((resolve) => answers.push(resolve)) });
    answers[0]!([]);
    await bench.clock.advance(0);
    push.events!.changed();
    await bench.clock.advance(100);
    push.events!.changed();
    await bench.clock.advance(100);
    expect(answers).toHaveLength(2);
    answers[1]!([]);
    await bench.clock.advance(0);
    expect(answers).toHaveLength(3);
  });

  it('lists when a frame cannot be read', async () => {
    const push = new FakePush(true);
    await begin(push);
    const before = bench.lists;
    push.events!.sessions(() => {
      throw new Error('garbage');
    });
    await bench.clock.advance(0);
    expect(bench.lists - before).toBe(1);
  });

  it('sends a keep-alive every 30 s idle and every 10 s while something plays', async () => {
    const push = new FakePush(true);
    await begin(push);
    await bench.clock.advance(60_000);
    expect(push.checks).toBe(2);
    bench.sessions = [playingSession('a')];
    push.events!.sessions(() => [playingSession('a')]);
    await bench.clock.advance(60_000);
    expect(push.checks).toBe(8);
  });

  it('closes a socket that does not answer within 5 s, opens another and lists', async () => {
    const push = new FakePush(true);
    await begin(push);
    push.answersKeepAlive = false;
    await bench.clock.advance(30_000);
    expect(push.closed).toBe(0);
    push.answersKeepAlive = true;
    const lists = await bench.listsIn(7_000);
    expect([push.closed, push.opens, lists]).toEqual([1, 2, 1]);
  });

  it('polls as without push while the socket cannot be opened, with growing pauses between the attempts', async () => {
    const push = new FakePush(true);
    push.refuse = unreachable('refused');
    await begin(push, (b) => (b.isWatched = true));
    expect(await bench.listsIn(100_000)).toBe(10);
    expect(bench.mode).toBe('poll');
    expect(push.opens).toBeLessThan(12);
  });

  it('asks by GET whether the key is gone when the socket is refused with it', async () => {
    const push = new FakePush(true);
    await begin(push);
    push.refuse = new AppError('SERVER_REJECTED_KEY', 'no');
    push.events!.closed(unreachable('refused'));
    expect(await bench.listsIn(2_000)).toBe(1);
  });

  it('closes its socket when the server announces a restart, waits for it and lists first', async () => {
    const push = new FakePush(true);
    await begin(push);
    push.events!.restarting();
    await bench.clock.advance(0);
    expect([push.closed, bench.restarts, bench.readyAsked]).toEqual([1, 1, 1]);
    expect(await bench.listsIn(1_000)).toBe(1);
    expect(push.opens).toBe(2);
  });
});

describe('the reader', () => {
  it('gets the newest list only when it is slow', async () => {
    const push = new FakePush(true);
    bench = new WatchBench(push);
    const stop = bench.stop;
    const watch = new SessionWatch(
      { clock: bench.clock, list: async () => [], push, isWatched: () => false, pollS: () => 10, untilReady: async () => undefined, random: () => 0.5 },
      stop.signal,
      bench.meters,
    );
    const reader = watch.run()[Symbol.asyncIterator]();
    const first = reader.next();
    await bench.clock.advance(0);
    await first;
    for (let i = 0; i < 5; i++) {
      push.events!.sessions(() => [playingSession(`s${i}`)]);
      await bench.clock.advance(100);
    }
    expect((await reader.next()).value).toMatchObject({ sessions: [{ vendorId: 's4' }] });
    const ended = reader.return!();
    await bench.clock.advance(0);
    await expect(ended).resolves.toMatchObject({ done: true });
    expect(push.closed).toBe(1);
  });
});
