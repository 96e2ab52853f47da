import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { eventually } from '@usher/testing';
import { QUIET_MS } from '../src/steps/run-work.js';
import { Engine, OPERATOR, type EngineProcess } from './engine.js';
import type { Mortal } from './mortal.js';

let engine: Engine;
let heir: EngineProcess;

beforeAll(async () => {
  engine = await Engine.start();
}, 60_000);
afterAll(() => engine?.close(), 60_000);
beforeEach(async () => {
  await engine.reset();
  heir = engine.process();
});

const lostAnswer = () => new AppError('AGENT_TIMEOUT', 'The agent was not done in time.', { reason: 'not-done' });

/** Runs in a process that dies as `doom` says, then in one that takes over. */
async function killed(count: number, doom: (mortal: Mortal) => void): Promise<{ runId: string; planId: string }> {
  const planId = await engine.simplePlan(count);
  const { runId } = await engine.started(heir, planId);
  const { process, mortal } = engine.mortal();
  doom(mortal);
  void process.carryOut(runId);
  await eventually(() => mortal.isDead, { timeoutMs: 20_000 });
  await engine.outlive(runId);
  await heir.carryOut(runId);
  return { runId, planId };
}

/** The deed that matches, the `nth` time. */
const atDeed = (part: string, when: 'before' | 'after', nth = 1) => (mortal: Mortal) => {
  let seen = 0;
  mortal.dieWhen = (deed, at) => at === when && deed.includes(part) && ++seen === nth;
};

const everyRowOnce = (count: number) => {
  expect(engine.target.writes.size).toBe(count);
  expect([...engine.target.writes.values()].every((writes) => writes === 1)).toBe(true);
};

describe('a process that is killed', () => {
  it.each([
    ['after the intent and before anything was sent', atDeed('command watch-state.apply', 'before', 2)],
    ['after the target was written and before it heard of it', atDeed('command watch-state.apply', 'after', 2)],
    ['in the middle of the checkpoint', atDeed("UPDATE migration_row r SET state = c.state", 'after', 2)],
    ['after the checkpoint', atDeed('tx COMMIT', 'after', 6)],
    ['before the first row', atDeed('command watch-state.read', 'before', 1)],
    ['while it verifies', atDeed('command watch-state.list', 'after', 1)],
  ])('%s loses no row and doubles none', async (_when, doom) => {
    const { runId } = await killed(130, doom);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done', counts: { verified: 130 } });
    everyRowOnce(130);
    expect(await heir.runs.epochOf(runId)).toBe(2);
  });

  it('leaves its successor waiting until nothing of it can land any more, where it may have written', async () => {
    await killed(130, atDeed('command watch-state.apply', 'after', 2));
    expect(engine.clock.sleptMs).toBeGreaterThanOrEqual(QUIET_MS);
  });

  it('keeps the values of before that it saw first', async () => {
    const planId = await engine.simplePlan(3);
    const { runId } = await engine.started(heir, planId);
    const { process, mortal } = engine.mortal();
    atDeed('command watch-state.apply', 'after')(mortal);
    void process.carryOut(runId);
    await eventually(() => mortal.isDead);
    await engine.outlive(runId);
    await heir.carryOut(runId);
    expect((await engine.rows(planId)).map(({ before }) => (before as { played: boolean }).played)).toEqual([false, false, false]);
  });

  it('that was only stopped, and goes on after it was taken over, changes nothing', async () => {
    const planId = await engine.simplePlan(130);
    const { runId } = await engine.started(heir, planId);
    let goOn: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    let applied = 0;
    engine.agent.afterApply = async () => {
      if (++applied === 2) await stopped;
    };
    const late = engine.process().carryOut(runId);
    await eventually(() => applied === 2);
    await engine.outlive(runId);
    engine.agent.afterApply = async () => undefined;
    await heir.carryOut(runId);
    const rows = await engine.rows(planId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done', counts: { verified: 130 } });
    goOn();
    await late;
    expect(await engine.rows(planId)).toEqual(rows);
    everyRowOnce(130);
  });

  it('finds its orders refused by the agent once a successor has spoken', async () => {
    const planId = await engine.simplePlan(10);
    const { runId } = await engine.started(heir, planId);
    engine.agent.passFence({ n: `run:${runId}`, e: 99 });
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'running', counts: { new: 10 } });
    expect(engine.target.writes.size).toBe(0);
  });
});

describe('two processes', () => {
  it('never work on one run at a time', async () => {
    const planId = await engine.simplePlan(100);
    const { runId } = await engine.started(heir, planId);
    await Promise.all([heir, engine.process(), engine.process()].map((process) => process.carryOut(runId)));
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done' });
    everyRowOnce(100);
    expect(Math.max(...(await engine.rows(planId)).map(({ epoch }) => epoch))).toBe(1);
  });
});

describe('a command whose answer did not come', () => {
  it('is settled by reading, after a quiet wait, and not by sending it again', async () => {
    const planId = await engine.simplePlan(50);
    const { runId } = await engine.started(heir, planId);
    let isLost = false;
    engine.agent.afterApply = async () => {
      if (isLost || engine.target.writes.size < 50) return;
      isLost = true;
      throw lostAnswer();
    };
    await heir.carryOut(runId);
    expect(isLost).toBe(true);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done', counts: { verified: 50 } });
    everyRowOnce(50);
    expect(engine.clock.sleptMs).toBeGreaterThanOrEqual(QUIET_MS);
  });

  it('leaves a row to a person that somebody else changed meanwhile', async () => {
    const planId = await engine.simplePlan(3);
    const { runId } = await engine.started(heir, planId);
    let isLost = false;
    engine.agent.afterApply = async () => {
      if (isLost) return;
      isLost = true;
      engine.target.watch('ana', 'item 1', { playCount: 40 });
      throw lostAnswer();
    };
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'awaiting-decision', counts: { verified: 2, conflict: 1 } });
    expect(engine.target.stateOf('ana', 'item 1')).toMatchObject({ playCount: 40 });
  });
});

describe('a run that somebody', () => {
  it('pauses stands at the next boundary, and goes on from there', async () => {
    const planId = await engine.simplePlan(300);
    const { runId } = await engine.started(heir, planId);
    engine.agent.afterApply = async () => {
      if (engine.target.writes.size === 99) await heir.service.control(runId, 'pause');
    };
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'paused', code: null, counts: { done: 99, new: 201 } });
    await expect(heir.service.control(runId, 'pause')).rejects.toMatchObject({ code: 'RUN_CONFLICT' });
    await heir.service.control(runId, 'resume');
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done' });
    everyRowOnce(300);
  });

  it('aborts keeps what was done, and has a report', async () => {
    const planId = await engine.simplePlan(300);
    const { runId } = await engine.started(heir, planId);
    engine.agent.afterApply = async () => {
      if (engine.target.writes.size === 99) await heir.service.control(runId, 'abort');
    };
    await heir.carryOut(runId);
    const view = await heir.service.view(runId);
    expect(view).toMatchObject({ state: 'aborted', counts: { done: 99, new: 201 }, hasReport: true });
    expect(view.endedAt).not.toBeNull();
    await expect(heir.service.control(runId, 'resume')).rejects.toMatchObject({ code: 'RUN_CONFLICT' });
    expect(engine.agent.held.size).toBe(0);
  });

  it('aborts while it stands ends at once', async () => {
    const planId = await engine.simplePlan(10);
    const { runId } = await engine.started(heir, planId);
    await heir.service.control(runId, 'pause');
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'paused' });
    expect(await heir.service.control(runId, 'abort')).toMatchObject({ state: 'aborted' });
    expect(engine.target.writes.size).toBe(0);
  });

  it('takes the approval of stands, the agent is told, and a new approval lets it go on', async () => {
    const planId = await engine.simplePlan(300);
    const { runId } = await engine.started(heir, planId);
    engine.agent.afterApply = async () => {
      if (engine.target.writes.size === 99) await heir.approvals.revoke(planId, null, OPERATOR);
    };
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'paused', code: 'TICKET_REVOKED', counts: { done: 99 } });
    expect(engine.agent.revoked.size).toBe(1);
    await expect(heir.service.control(runId, 'resume')).rejects.toMatchObject({ code: 'TICKET_REVOKED' });
    engine.clock.sleptMs += 1_000;
    await engine.approve(heir, planId);
    await heir.service.control(runId, 'resume');
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done' });
  });
});

describe('an approval', () => {
  it('that ends while the run is under way makes it stand at the next batch', async () => {
    const planId = await engine.simplePlan(300);
    await engine.approve(heir, planId, { lifeS: 900 });
    const { runId } = await heir.service.start(planId, OPERATOR);
    engine.agent.afterApply = async () => {
      if (engine.target.writes.size === 99) engine.clock.sleptMs += 1_000_000;
    };
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'paused', code: 'APPROVAL_EXPIRED', counts: { done: 99, intent: 0 } });
  });

  it('that was taken back while the agent was away is told when it is back', async () => {
    const planId = await engine.simplePlan(1);
    await engine.approve(heir, planId);
    heir.revocations.onApplicationBootstrap();
    engine.agent.revoked.clear();
    engine.agent.isAway = true;
    await heir.approvals.revoke(planId, null, OPERATOR);
    expect(engine.agent.revoked.size).toBe(0);
    engine.agent.isAway = false;
    engine.presence.heard(engine.agent.ids.serverId);
    await eventually(() => engine.agent.revoked.size > 0);
  });
});

describe('an agent that goes away', () => {
  it('makes the run stand with its code, and no row is lost', async () => {
    const planId = await engine.simplePlan(200);
    const { runId } = await engine.started(heir, planId);
    engine.agent.afterApply = async () => {
      engine.agent.isAway = engine.target.writes.size === 99;
    };
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'paused', code: 'AGENT_OFFLINE', counts: { done: 99, failed: 0 } });
    engine.agent.isAway = false;
    expect(await heir.runs.forsaken(['AGENT_OFFLINE'])).toContainEqual(expect.objectContaining({ id: runId, isPaused: true }));
    expect(await heir.runs.goOn(runId)).toBe(true);
    await heir.carryOut(runId);
    expect(await heir.service.view(runId)).toMatchObject({ state: 'done' });
    everyRowOnce(200);
  });
});
