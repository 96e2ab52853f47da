import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock, type Clock } from '@usher/resilience';
import type { Reply, Simulator } from '@usher/testing';
import { EgressGuard, createMediaServer } from '../../index.js';
import type { MediaServer } from '../../media-server.js';
import { mutate, seeded } from './mutate.js';

/** Nobody waits: pauses pass at once, and every call finds the breaker ready for another try. */
class ImpatientClock implements Clock {
  #ahead = 0;

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#ahead;
  }

  setTimeout(fn: () => void, ms: number) {
    return systemClock.setTimeout(fn, ms);
  }

  clearTimeout(handle: Parameters<Clock['clearTimeout']>[0]): void {
    systemClock.clearTimeout(handle);
  }

  async sleep(ms: number): Promise<void> {
    this.pass(ms);
  }

  pass(ms: number): void {
    this.#ahead += ms;
  }
}

/** Two out of three answers are damaged, so that readings in several steps get past the first. */
const SHARE = 0.66;

/** A simulated server whose answers are damaged on the way, and an adapter that reads them. */
export class FuzzBench {
  readonly server: MediaServer;
  readonly clock = new ImpatientClock();
  damaged = 0;
  #isDamaging = false;

  private constructor(
    private readonly simulator: Simulator,
    seed: number,
  ) {
    const random = seeded(seed);
    const rewrite = (answer: Reply): Reply => {
      if (!this.#isDamaging || random() > SHARE) return answer;
      this.damaged += 1;
      return { ...answer, body: mutate(answer.body, random) };
    };
    void simulator.control.setFault({ kind: 'rewrite', rewrite });
    const key = simulator.adminKey;
    this.server = createMediaServer({
      kind: simulator.kind,
      origin: simulator.url,
      token: () => key,
      tls: { verify: true },
      clock: this.clock,
      clientName: 'Usher',
      clientVersion: '0.1.0',
      deviceId: 'usher-fuzz-test',
      plexTvUrl: simulator.url,
      egress: new EgressGuard({ profile: 'home' }),
    });
  }

  static start(simulator: Simulator, seed: number): FuzzBench {
    return new FuzzBench(simulator, seed);
  }

  beginDamage(): void {
    this.#isDamaging = true;
  }

  /** Before each reading: a breaker that opened is ready again, and nothing of the last one is kept. @returns requests until now */
  nextReading(): number {
    this.clock.pass(60_000);
    const { length } = this.simulator.requests;
    this.simulator.requests.length = 0;
    return length;
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.simulator.close();
  }
}

/** Bytes that are still held after everything that can go has gone. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
