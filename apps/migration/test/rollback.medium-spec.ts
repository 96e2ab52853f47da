import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { uuidv7, type PlanRow, type RunView } from '@usher/contracts';
import { Engine, OPERATOR, type EngineProcess } from './engine.js';
import { untouched } from './fake-target.js';
import { stateRow, userOf } from './rows.js';

let engine: Engine;
let process: EngineProcess;

beforeAll(async () => {
  engine = await Engine.start();
}, 60_000);
afterAll(() => engine?.close(), 60_000);
beforeEach(async () => {
  await engine.reset();
  process = engine.process();
});

const carriedOut = async (planId: string): Promise<RunView> => {
  const { runId } = await engine.started(process, planId);
  await process.carryOut(runId);
  return process.service.view(runId);
};
const takenBack = async (runId: string): Promise<RunView> => {
  const plan = await process.rollback.create({ runId, planId: uuidv7(), ...OPERATOR });
  expect(plan).toMatchObject({ kind: 'rollback', ofRun: runId, state: 'frozen' });
  return carriedOut(plan.planId);
};

/** Two accounts, one of them made by the run, with titles that somebody has touched before. */
async function someRun(): Promise<{ before: string; run: RunView }> {
  engine.target.addUser('ana');
  const rows: PlanRow[] = [
    { n: 0, u: 1, op: 'user.ensure', name: 'bo' },
    { n: 1, u: 0, op: 'policy.apply', from: structuredClone(engine.target.policies.get('ana')!), to: { downloads: false, libraries: ['films'] }, loss: [] },
    { n: 2, u: 1, op: 'policy.apply', from: null, to: { libraries: 'all' }, loss: [] },
    ...Array.from({ length: 120 }, (_, at) => stateRow(3 + at, engine.item(at), at % 3 === 0 ? { from: { ...untouched(`item ${at}`), playCount: 1, played: true } } : {})),
    stateRow(123, engine.item(5), { u: 1 }),
  ];
  for (let at = 0; at < 120; at += 3) engine.target.watch('ana', `item ${at}`, { playCount: 1, played: true });
  const before = engine.target.digest();
  const run = await carriedOut(await engine.plan(rows, { users: [userOf('ana'), userOf('bo', null)] }));
  expect(run).toMatchObject({ state: 'done' });
  expect(engine.target.digest()).not.toBe(before);
  return { before, run };
}

describe('a run that is taken back', () => {
  it('leaves the target as it was before, with an approval of its own', async () => {
    const { before, run } = await someRun();
    const back = await takenBack(run.runId);
    expect(back).toMatchObject({ kind: 'rollback', state: 'done', rollbackUntil: null });
    expect(back.steps.map(({ step, state }) => [step, state])).toEqual([['copy-watch-states', 'done'], ['apply-policy', 'done'], ['remove-created', 'done'], ['verify', 'done']]);
    expect(engine.target.digest()).toBe(before);
    expect(await process.service.view(run.runId)).toMatchObject({ rollbackPlanId: back.planId });
  });

  it('goes the other way round: the newest first, accounts last', async () => {
    const { run } = await someRun();
    const { planId } = await process.rollback.create({ runId: run.runId, planId: uuidv7(), ...OPERATOR });
    const { rows } = await engine.pool.query<{ op: string; item: string | null }>('SELECT op, item FROM migration_row WHERE plan_id = $1 ORDER BY n', [planId]);
    expect(rows.map(({ op }) => op)).toEqual([...Array.from({ length: 121 }, () => 'watch-state.set'), 'policy.apply', 'policy.apply', 'user.remove']);
    expect(rows[0]!.item).toBe('source of item 5');
    expect(rows[1]!.item).toBe('source of item 119');
  });

  it('leaves alone what somebody changed since, and lists it', async () => {
    const { run } = await someRun();
    engine.target.watch('ana', 'item 4', { playCount: 3 });
    engine.target.used.add('made-1');
    const back = await takenBack(run.runId);
    expect(back).toMatchObject({ state: 'awaiting-decision', counts: { conflict: 2 } });
    expect(engine.target.stateOf('ana', 'item 4')).toMatchObject({ played: true, playCount: 3 });
    expect(engine.target.stateOf('ana', 'item 7')).toMatchObject({ played: false, playCount: 0 });
    expect(engine.target.names.has('made-1')).toBe(true);
    const report = JSON.parse((await process.reports.read(back.runId, 0)).text) as { exceptions: { code: string }[] };
    expect(report.exceptions.map(({ code }) => code).sort()).toEqual(['ACCOUNT_USED', 'TARGET_CHANGED']);
  });

  it('is taken back once: the second plan is the first one, and its run writes nothing more', async () => {
    const { run } = await someRun();
    const first = await process.rollback.create({ runId: run.runId, planId: uuidv7(), ...OPERATOR });
    const again = await process.rollback.create({ runId: run.runId, planId: uuidv7(), ...OPERATOR });
    expect(again.planId).toBe(first.planId);
    await carriedOut(first.planId);
    const writes = [...engine.target.writes.values()].reduce((sum, count) => sum + count, 0);
    await carriedOut(first.planId);
    expect([...engine.target.writes.values()].reduce((sum, count) => sum + count, 0)).toBe(writes);
  });

  it('in the middle takes back what it had done, also rows whose outcome nobody knows', async () => {
    engine.target.addUser('ana');
    const planId = await engine.simplePlan(100);
    const before = engine.target.digest();
    const { runId } = await engine.started(process, planId);
    const { process: doomed, mortal } = engine.mortal();
    mortal.dieWhen = (deed, when) => when === 'after' && deed === 'command watch-state.apply' && engine.target.writes.size > 50;
    void doomed.carryOut(runId);
    await engine.until(() => mortal.isDead);
    await engine.outlive(runId);
    await process.service.control(runId, 'abort');
    await process.carryOut(runId);
    expect(await process.service.view(runId)).toMatchObject({ state: 'aborted', counts: { intent: 96 } });
    expect(await takenBack(runId)).toMatchObject({ state: 'done' });
    expect(engine.target.digest()).toBe(before);
  });
});

describe('what cannot be taken back', () => {
  it('is a run that is under way, one that was taken back, and one of long ago', async () => {
    const wish = (runId: string) => process.rollback.create({ runId, planId: uuidv7(), ...OPERATOR });
    await expect(wish(uuidv7())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { runId } = await engine.started(process, await engine.simplePlan(3));
    await expect(wish(runId)).rejects.toMatchObject({ code: 'RUN_CONFLICT' });
    await process.carryOut(runId);
    const back = await takenBack(runId);
    await expect(wish(back.runId)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    await engine.pool.query(`UPDATE migration_run SET ended_at = now() - interval '31 days' WHERE id = $1`, [runId]);
    await expect(wish(runId)).rejects.toMatchObject({ code: 'ROLLBACK_WINDOW_CLOSED' });
  });
});
