import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { unreachable } from './http/vendor-errors.js';
import { ListTimes } from './list-times.js';
import { paceOf, type Circumstances, type Pace } from './poll-pace.js';
import { playingSession } from './testing/sessions.js';
import { WatchBench } from './testing/watch-bench.js';

const quiet: Circumstances = { failure: null, push: 'none', isPlaying: false, isWatched: false, pollMs: 10_000, p95Ms: 0, wasLimited: false };

describe('paceOf', () => {
  it.each<[string, Partial<Circumstances>, Pace['pace'], number]>([
    ['nothing plays, nobody looks', {}, 'idle', 60_000],
    ['something plays', { isPlaying: true }, 'playing', 10_000],
    ['somebody looks', { isWatched: true }, 'watched', 10_000],
    ['somebody looks, by a quicker setting', { isWatched: true, isPlaying: true, pollMs: 5_000 }, 'watched', 5_000],
    ['nobody looks, by a quicker setting', { isPlaying: true, pollMs: 5_000 }, 'playing', 10_000],
    ['a slow setting', { pollMs: 300_000 }, 'idle', 300_000],
    ['push, idle', { push: 'trusted' }, 'reconcile', 300_000],
    ['push, something plays', { push: 'trusted', isPlaying: true }, 'reconcile', 60_000],
    ['push, somebody looks', { push: 'trusted', isWatched: true }, 'reconcile', 60_000],
    ['push that lied', { push: 20_000 }, 'reconcile', 20_000],
    ['push that lied, by a slow setting', { push: 300_000 }, 'reconcile', 60_000],
    ['a list takes 1.5 s', { isPlaying: true, p95Ms: 1_500 }, 'slow-server', 30_000],
    ['a list takes 0.5 s', { isPlaying: true, p95Ms: 500 }, 'playing', 10_000],
    ['a quick list, by the quickest setting', { isWatched: true, pollMs: 5_000, p95Ms: 499 }, 'watched', 5_000],
    ['a list takes 1.5 s, push', { push: 'trusted', isPlaying: true, p95Ms: 1_500 }, 'reconcile', 60_000],
    ['a list takes 40 s', { isWatched: true, p95Ms: 40_000 }, 'slow-server', 300_000],
    ['a pause was asked for lately', { isPlaying: true, wasLimited: true }, 'rate-limited', 20_000],
    ['a pause was asked for lately, push', { push: 'trusted', wasLimited: true }, 'reconcile', 300_000],
    ['it fails', { isPlaying: true, failure: { waitMs: 4_000, isLimit: false } }, 'failing', 4_000],
    ['it asks for a pause', { isPlaying: true, failure: { waitMs: 90_000, isLimit: true } }, 'rate-limited', 90_000],
  ])('%s', (_name, more, pace, everyMs) => {
    expect(paceOf({ ...quiet, ...more })).toEqual({ pace, everyMs });
  });
});

describe('ListTimes', () => {
  it('forgives one slow list of twenty, and none of few', () => {
    const times = new ListTimes();
    times.note(5_000);
    times.note(5_000);
    expect(times.p95Ms).toBe(0);
    times.note(10);
    expect(times.p95Ms).toBe(5_000);
    for (let i = 0; i < 19; i++) times.note(10);
    times.note(9_000);
    expect(times.p95Ms).toBe(10);
    times.note(9_000);
    expect(times.p95Ms).toBe(9_000);
  });
});

describe('the pace of a watch', () => {
  let bench: WatchBench;
  afterEach(async () => {
    bench.stop.abort();
    await bench.clock.advance(0);
    await bench.done;
  });

  it('gives a slow server twenty times as long as its lists take', async () => {
    bench = new WatchBench(null);
    bench.sessions = [playingSession('a')];
    let tookMs = 2_000;
    await bench.start({
      list: async () => {
        bench.lists++;
        await bench.clock.sleep(tookMs);
        return bench.sessions;
      },
    });
    await bench.clock.advance(200_000);
    expect(bench.watch.pace).toEqual({ pace: 'slow-server', everyMs: 40_000 });
    tookMs = 50;
    await bench.clock.advance(1_800_000);
    expect(bench.watch.pace).toEqual({ pace: 'playing', everyMs: 10_000 });
  });

  it('is back at its old pace with the first list after an outage', async () => {
    bench = new WatchBench(null);
    bench.sessions = [playingSession('a')];
    await bench.start({
      list: async () => {
        if (!bench.failure) return bench.sessions;
        await bench.clock.sleep(10_000);
        throw bench.failure;
      },
    });
    bench.failure = unreachable('timeout');
    await bench.clock.advance(120_000);
    expect(bench.watch.pace.pace).toBe('failing');
    bench.failure = null;
    await bench.clock.advance(61_000);
    expect(bench.watch.pace).toEqual({ pace: 'playing', everyMs: 10_000 });
  });

  it('spares a server that asked for a pause for a quarter of an hour', async () => {
    bench = new WatchBench(null);
    bench.sessions = [playingSession('a')];
    await bench.start();
    bench.failure = new AppError('SERVER_RATE_LIMITED', 'slow', { retryAfterMs: 30_000 });
    await bench.clock.advance(11_000);
    expect(bench.watch.pace).toEqual({ pace: 'rate-limited', everyMs: 30_000 });
    bench.failure = null;
    await bench.clock.advance(31_000);
    expect(bench.watch.pace).toEqual({ pace: 'rate-limited', everyMs: 20_000 });
    await bench.clock.advance(16 * 60_000);
    expect(bench.watch.pace.pace).toBe('playing');
  });
});
