import { describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import type { AppError } from '@usher/contracts';
import { ManualClock } from '@usher/resilience';
import { EgressGuard } from './egress/egress-guard.js';
import { unreachable } from './http/vendor-errors.js';
import { knock, watchLiveness } from './liveness.js';
import { homeGuard } from './testing/loopback.js';

describe('knock', () => {
  it('opens a connection and says nothing', async () => {
    let bytes = 0;
    const server = createServer((socket) => socket.on('data', (data) => (bytes += data.length)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(knock(url, homeGuard)).resolves.toBeUndefined();
    await new Promise((resolve) => server.close(resolve));
    expect(bytes).toBe(0);
    await expect(knock(url, homeGuard)).rejects.toMatchObject({ details: { reason: 'refused' } });
  });

  it('obeys the egress guard', async () => {
    const guard = new EgressGuard({ profile: 'home' }, async () => [{ address: '169.254.169.254', family: 4 }]);
    await expect(knock(new URL('http://media.lan:8096'), guard)).rejects.toMatchObject({ code: 'EGRESS_BLOCKED' });
  });
});

describe('watchLiveness', () => {
  const run = (knocks: () => Promise<void>, isPlaying = false) => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const gone: AppError[] = [];
    let back = 0;
    const done = watchLiveness({ clock, knock: knocks, isPlaying: () => isPlaying, onGone: (error) => gone.push(error), onBack: () => back++ }, stop.signal);
    return { clock, gone, backs: () => back, end: () => (stop.abort(), done) };
  };

  it('knocks every 15 s, every 5 s while something plays', async () => {
    let knocks = 0;
    const count = async (): Promise<void> => void knocks++;
    const idle = run(count);
    await idle.clock.advance(60_000);
    expect(knocks).toBe(4);
    await idle.end();
    const playing = run(count, true);
    await playing.clock.advance(60_000);
    expect(knocks).toBe(16);
    await playing.end();
  });

  it('believes a refusal at once, a timeout the second time, and tells when somebody answers again', async () => {
    let failure: AppError | null = unreachable('timeout');
    const bench = run(async () => {
      if (failure) throw failure;
    });
    await bench.clock.advance(15_000);
    expect(bench.gone).toHaveLength(0);
    await bench.clock.advance(15_000);
    expect(bench.gone).toHaveLength(1);
    failure = null;
    await bench.clock.advance(15_000);
    expect(bench.backs()).toBe(1);
    failure = unreachable('refused');
    await bench.clock.advance(30_000);
    expect(bench.gone).toHaveLength(2);
    await bench.end();
  });
});
