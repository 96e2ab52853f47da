import { afterEach, describe, expect, it } from '@jest/globals';
import type { VendorSession } from '@usher/contracts';
import { unreachable } from './http/vendor-errors.js';
import { playingSession } from './testing/sessions.js';
import { FakePush, WatchBench } from './testing/watch-bench.js';

const HOUR = 3_600_000;
let bench: WatchBench;
let push: FakePush;

async function begin(reliable: boolean, sessions: VendorSession[] = []): Promise<void> {
  push = new FakePush(reliable);
  bench = new WatchBench(push);
  bench.sessions = sessions;
  await bench.start();
}

/** The server changes and says so. */
async function tell(sessions: VendorSession[]): Promise<void> {
  bench.sessions = sessions;
  push.events!.sessions(() => sessions);
  await bench.clock.advance(1_000);
}

afterEach(async () => {
  bench.stop.abort();
  await bench.clock.advance(0);
  await bench.done;
});

describe('a push that is relied on', () => {
  it('that keeps something back is checked as a server without push, and less and less while it tells the truth', async () => {
    await begin(true);
    await tell([playingSession('told')]);
    bench.sessions = [playingSession('missed')];
    await bench.clock.advance(59_500);
    expect(bench.watch.pace).toEqual({ pace: 'reconcile', everyMs: 10_000 });
    const lists: number[] = [];
    for (let i = 0; i < 3; i++) lists.push(await bench.listsIn(10_000 * 2 ** i));
    expect(lists).toEqual([1, 1, 1]);
    expect(bench.watch.pace.everyMs).toBe(60_000);
    expect(await bench.listsIn(HOUR)).toBeLessThanOrEqual(60);
  });

  it('is no push any more when polls find what it has never spoken of', async () => {
    await begin(true);
    bench.sessions = [playingSession('a')];
    await bench.clock.advance(HOUR);
    expect([bench.mode, bench.watch.pace.pace]).toEqual(['poll', 'playing']);
    expect(bench.meters.push.silentDeaths).toBe(1);
    await tell([playingSession('b')]);
    await bench.clock.advance(120_000);
    expect([bench.mode, bench.watch.pace.pace]).toEqual(['push', 'reconcile']);
  });

  it('is found dead once only, and again after another socket', async () => {
    await begin(true);
    const miss = async (id: string) => {
      bench.sessions = [playingSession(id)];
      await bench.clock.advance(301_000);
    };
    await miss('a');
    await miss('b');
    push.events!.closed(unreachable('refused'));
    await bench.clock.advance(5_000);
    await miss('c');
    expect(bench.meters.push.silentDeaths).toBe(2);
  });

  it('that speaks late is no corpse', async () => {
    await begin(true);
    await tell([playingSession('a')]);
    bench.sessions = [];
    await bench.clock.advance(301_000);
    expect(bench.meters.push.silentDeaths).toBe(0);
  });
});

describe('a push that was seen to stay silent', () => {
  it('counts for nothing while it is silent', async () => {
    await begin(false, [playingSession('a')]);
    expect(await bench.listsIn(100_000)).toBe(10);
    expect([bench.mode, bench.watch.pace.pace]).toEqual(['poll', 'playing']);
  });

  it('counts as push while frames come', async () => {
    await begin(false);
    await tell([playingSession('a')]);
    expect(bench.mode).toBe('push');
    await bench.clock.advance(180_000);
    expect(bench.mode).toBe('poll');
  });

  it('is relied on after it told three changes first, until it keeps one back', async () => {
    await begin(false);
    for (const id of ['a', 'b', 'c']) await tell([playingSession(id)]);
    expect(bench.watch.pace).toEqual({ pace: 'reconcile', everyMs: 60_000 });
    expect(await bench.listsIn(HOUR)).toBeLessThanOrEqual(60);
    expect(bench.mode).toBe('push');
    bench.sessions = [];
    await bench.clock.advance(61_000);
    expect(bench.watch.pace.pace).toBe('idle');
  });

  it('has to show anew that it speaks after its socket was lost', async () => {
    await begin(false);
    for (const id of ['a', 'b', 'c']) await tell([playingSession(id)]);
    push.events!.closed(unreachable('refused'));
    await bench.clock.advance(5_000);
    expect(push.opens).toBe(2);
    expect(bench.watch.pace).toEqual({ pace: 'playing', everyMs: 10_000 });
  });

  it('repeats of what is known prove nothing', async () => {
    await begin(false, [playingSession('a')]);
    for (let i = 0; i < 5; i++) await tell([playingSession('a')]);
    expect(bench.watch.pace.pace).toBe('playing');
  });
});
