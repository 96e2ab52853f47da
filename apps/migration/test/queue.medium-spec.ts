import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPool } from '@usher/database';
import { RunReconciler } from '../src/runs/run-reconciler.js';
import { RunRetention } from '../src/runs/run-retention.js';
import { RunsQueue } from '../src/runs/runs.queue.js';
import { Engine, type EngineProcess } from './engine.js';

let engine: Engine;
let process: EngineProcess;
let queue: RunsQueue;
let reconciler: RunReconciler;

beforeAll(async () => {
  engine = await Engine.start();
}, 60_000);
afterAll(() => engine?.close(), 60_000);
beforeEach(async () => {
  await engine.reset();
  process = engine.process();
  queue = new RunsQueue({ databaseUrl: engine.database.url, redisUrl: undefined }, process.runs, process.worker, engine.logger);
  reconciler = new RunReconciler(process.runs, queue, new RunRetention(engine.pool, engine.clock), engine.presence, engine.clock, engine.logger);
});
afterEach(() => queue.onApplicationShutdown());

const ends = async (runId: string) => {
  await engine.until(async () => (await process.service.view(runId)).state === 'done');
  expect([...engine.target.writes.values()].every((count) => count === 1)).toBe(true);
};

describe('the queue of runs', () => {
  it('wakes a process for a run', async () => {
    const { runId } = await engine.started(process, await engine.simplePlan(20));
    queue.start();
    await queue.wake(runId);
    await ends(runId);
  });

  it('that was emptied costs nothing: the next look finds the run', async () => {
    const { runId } = await engine.started(process, await engine.simplePlan(20));
    await queue.wake(runId);
    const owner = createPool(engine.database.ownerUrl, { max: 1 });
    const { rows } = await owner.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'bullmq' AND tablename LIKE '%job%'`);
    for (const { name } of rows) await owner.query(`DELETE FROM bullmq."${name}"`);
    await owner.end();
    queue.start();
    await reconciler.look();
    await ends(runId);
  });

  it('leaves a run alone that a process has in hand, and one that a person paused', async () => {
    const { runId } = await engine.started(process, await engine.simplePlan(20));
    await process.service.control(runId, 'pause');
    await process.carryOut(runId);
    queue.start();
    await reconciler.look();
    expect(await process.runs.forsaken([])).not.toContainEqual(expect.objectContaining({ id: runId }));
    expect(await process.service.view(runId)).toMatchObject({ state: 'paused', counts: { new: 20 } });
  });

  it('lets a run go on by itself whose agent is back', async () => {
    const { runId } = await engine.started(process, await engine.simplePlan(20));
    engine.agent.isAway = true;
    await process.carryOut(runId);
    expect(await process.service.view(runId)).toMatchObject({ state: 'paused', code: 'AGENT_OFFLINE' });
    queue.start();
    await reconciler.look();
    expect(await process.service.view(runId)).toMatchObject({ state: 'paused' });
    engine.agent.isAway = false;
    engine.presence.heard(engine.agent.ids.serverId);
    await reconciler.look();
    await ends(runId);
  });

  it('looks by itself from the start on', async () => {
    const { runId } = await engine.started(process, await engine.simplePlan(5));
    reconciler.onApplicationBootstrap();
    await ends(runId);
    await reconciler.onApplicationShutdown();
  });
});

describe('what is kept', () => {
  it('forgets values of before after thirty days and rows after ninety, and keeps plan and report', async () => {
    const planId = await engine.simplePlan(5);
    const { runId } = await engine.started(process, planId);
    await process.carryOut(runId);
    const old = (days: number) => engine.pool.query(`UPDATE migration_run SET ended_at = now() - make_interval(days => $2) WHERE id = $1`, [runId, days]);
    const sweep = () => new RunRetention(engine.pool, engine.clock).sweep();
    await old(29);
    await sweep();
    expect((await engine.rows(planId)).every(({ before }) => before !== null)).toBe(true);
    await old(31);
    await sweep();
    expect((await engine.rows(planId)).every(({ before }) => before === null)).toBe(true);
    await old(91);
    await sweep();
    expect(await engine.rows(planId)).toEqual([]);
    expect(await process.service.view(runId)).toMatchObject({ state: 'done', hasReport: true });
  });
});
