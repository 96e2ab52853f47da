import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { Engine } from './engine.js';

const ROWS = 40;
const SEEDS = 40;
const MOST_KILLS = 6;

/** Mulberry32: the same number in, the same sequence out. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a run whose processes are killed at random', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start();
  }, 60_000);
  afterAll(() => engine?.close(), 60_000);

  /** Kills, lost answers and refusals as the seed says, until a process is spared. */
  async function simulate(seed: number): Promise<void> {
    const random = randomOf(seed);
    await engine.reset();
    const survivor = engine.process();
    const { runId } = await engine.started(survivor, await engine.simplePlan(ROWS));
    const kills = Math.floor(random() * MOST_KILLS);
    engine.target.beforeWrite = () => (random() < 0.02 ? new AppError('SERVER_RATE_LIMITED', 'not now', { retryAfterMs: 1_000 }) : null);
    for (let kill = 0; kill < kills; kill++) {
      const { process, mortal } = engine.mortal();
      mortal.dieAt = { deed: 1 + Math.floor(random() * 90), when: random() < 0.5 ? 'before' : 'after' };
      let hasEnded = false;
      void process.carryOut(runId).then(() => (hasEnded = true));
      await engine.until(() => mortal.isDead || hasEnded);
      mortal.die();
      await engine.outlive(runId);
      engine.agent.afterApply = async () => {
        if (random() < 0.2) throw new AppError('AGENT_TIMEOUT', 'lost', {});
      };
    }
    engine.target.beforeWrite = () => null;
    engine.agent.afterApply = async () => undefined;
    await engine.pool.query(`UPDATE migration_run SET state = 'running' WHERE id = $1 AND state = 'paused'`, [runId]);
    await survivor.carryOut(runId);
    const view = await survivor.service.view(runId);
    const twice = [...engine.target.writes.values()].filter((count) => count !== 1).length;
    // The seed stands in what fails, so that it can be played again.
    expect({ seed, state: view.state, verified: view.counts.verified, written: engine.target.writes.size, twice }).toEqual({ seed, state: 'done', verified: ROWS, written: ROWS, twice: 0 });
  }

  it(`loses no row and doubles none, ${SEEDS} times over`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) await simulate(seed);
  }, 300_000);
});
