import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Engine } from './engine.js';

describe('a run', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start();
  }, 60_000);
  afterAll(() => engine?.close(), 60_000);

  it('writes what was approved, reads it back, and signs its report', async () => {
    const process = engine.process();
    const planId = await engine.simplePlan(150);
    const run = await engine.started(process, planId);
    await process.carryOut(run.runId);
    const view = await process.service.view(run.runId);
    console.log(view, engine.lines.slice(-5));
    expect(view).toMatchObject({ state: 'done', counts: { verified: 150 } });
  });
});
