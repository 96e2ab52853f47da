import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, PlanOptions, uuidv7, type PlanRow } from '@usher/contracts';
import { verifyReport } from '@usher/security';
import { Engine, OPERATOR, type EngineProcess } from './engine.js';
import { untouched } from './fake-target.js';
import { PLAYED_AT, stateRow, userOf } from './rows.js';

const MAPPED = [userOf('ana')];
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

const carriedOut = async (planId: string) => {
  const { runId } = await engine.started(process, planId);
  await process.carryOut(runId);
  return process.service.view(runId);
};

describe('a run', () => {
  it('makes accounts, gives them their settings, writes states, reads all of it back, and signs its report', async () => {
    engine.target.addUser('ana');
    const rows: PlanRow[] = [
      { n: 0, u: 1, op: 'user.ensure', name: 'bo' },
      { n: 1, u: 0, op: 'policy.apply', from: structuredClone(engine.target.policies.get('ana')!), to: { downloads: false, streamLimit: 2 }, loss: [] },
      { n: 2, u: 1, op: 'policy.apply', from: null, to: { libraries: ['films'] }, loss: [] },
      ...Array.from({ length: 110 }, (_, at) => stateRow(3 + at, engine.item(at))),
      ...Array.from({ length: 5 }, (_, at) => stateRow(113 + at, engine.item(at), { u: 1 })),
    ];
    const planId = await engine.plan(rows, { users: [...MAPPED, userOf('bo', null)] });
    const view = await carriedOut(planId);
    expect(view).toMatchObject({ state: 'done', counts: { rows: 118, verified: 118 }, verify: { results: { same: 118 } }, hasReport: true });
    expect(view.steps.map(({ step, rows: n, state }) => [step, n, state])).toEqual([['ensure-user', 1, 'done'], ['apply-policy', 2, 'done'], ['copy-watch-states', 115, 'done'], ['verify', 118, 'done']]);
    expect(engine.target.stateOf('made-1', 'item 4')).toMatchObject({ played: true, playCount: 2, lastPlayedAt: PLAYED_AT });
    expect(engine.target.policies.get('made-1')).toMatchObject({ libraries: ['films'] });
    expect([...engine.target.writes.values()].every((count) => count === 1)).toBe(true);
    const { text, jws, of } = await process.reports.read(view.runId, 0);
    expect(of).toBe(1);
    await expect(verifyReport(text, jws)).resolves.toMatchObject({ kid: 'migration-1' });
    expect(JSON.parse(text)).toMatchObject({ rows: { verified: 118 }, verify: { same: 118 }, run: { writes: 118, state: 'done' }, exceptions: [] });
  });

  it('keeps what was there before, and one ticket for every command', async () => {
    const planId = await engine.simplePlan(100);
    engine.target.watch('ana', 'item 7', { favorite: true });
    const { runId } = await carriedOut(planId);
    const rows = await engine.rows(planId);
    expect(rows[7]!.before).toMatchObject({ played: false, favorite: true });
    expect(engine.target.stateOf('ana', 'item 7')).toMatchObject({ played: true, favorite: true });
    const { rows: tickets } = await engine.pool.query(`SELECT first_row, last_row, outcome FROM migration_ticket WHERE run_id = $1 ORDER BY first_row`, [runId]);
    expect(tickets).toEqual([{ first_row: 0, last_row: 2, outcome: 'done' }, { first_row: 3, last_row: 98, outcome: 'done' }, { first_row: 99, last_row: 99, outcome: 'done' }]);
  });

  it('leaves one line in the audit log for every batch, with both servers', async () => {
    const planId = await engine.simplePlan(100);
    const { runId } = await carriedOut(planId);
    const { rows } = await engine.pool.query<{ action: string; server_id: string; payload: Record<string, unknown> }>(`SELECT action, server_id, payload FROM audit_event WHERE payload->>'runId' = $1 ORDER BY seq`, [runId]);
    expect(rows.map(({ action }) => action)).toEqual(['batch.applied', 'batch.applied', 'batch.applied', 'run.verified', 'run.ended']);
    expect(rows[1]).toMatchObject({ server_id: engine.agent.ids.serverId, payload: { rows: 96, writes: 96, peerServerId: engine.sourceServerId, planId, epoch: 1 } });
  });

  it('tells how far it is, and how it ended', async () => {
    const { runId } = await carriedOut(await engine.simplePlan(10));
    const mine = engine.told.filter(({ name, body }) => name === 'run' && body['runId'] === runId);
    expect(mine.at(-1)!.body).toMatchObject({ state: 'done', counts: { verified: 10 } });
    expect(mine.map(({ body }) => body['state'])).toEqual(expect.arrayContaining(['queued', 'running', 'verifying', 'done']));
  });

  it('of the same rows once more writes nothing', async () => {
    const planId = await engine.simplePlan(50);
    const first = await carriedOut(planId);
    expect((await process.service.start(planId, OPERATOR)).runId).toBe(first.runId);
    const again = await carriedOut(await engine.plan(Array.from({ length: 50 }, (_, n) => stateRow(n, `item ${n}`))));
    expect(again).toMatchObject({ state: 'done', counts: { skipped: 50, verified: 0 }, verify: { results: { same: 50 } } });
    expect([...engine.target.writes.values()]).toEqual(Array.from({ length: 50 }, () => 1));
  });

  it('hands the plan over again when the agent has lost it', async () => {
    const planId = await engine.simplePlan(120);
    engine.agent.afterApply = async () => engine.agent.held.clear();
    expect(await carriedOut(planId)).toMatchObject({ state: 'done', counts: { verified: 120 } });
  });

  it('leaves out titles that are gone or hidden, and asks a person about them', async () => {
    const planId = await engine.simplePlan(5);
    engine.target.items.delete('item 2');
    const view = await carriedOut(planId);
    expect(view).toMatchObject({ state: 'awaiting-decision', counts: { skipped: 1, verified: 4 } });
    expect((await engine.rows(planId))[2]).toMatchObject({ state: 'skipped', code: 'NOT_VISIBLE' });
  });

  it('does nothing for a user whose account cannot be made', async () => {
    engine.target.addUser('other', 'bo');
    const planId = await engine.plan([{ n: 0, u: 0, op: 'user.ensure', name: 'bo' }, { n: 1, u: 0, op: 'policy.apply', from: null, to: { libraries: 'all' }, loss: [] }, stateRow(2, engine.item(0))], { users: [userOf('bo', null)] });
    expect(await carriedOut(planId)).toMatchObject({ state: 'awaiting-decision', counts: { failed: 1, skipped: 2 } });
    expect((await engine.rows(planId)).map(({ code }) => code)).toEqual(['IDENTITY_CONFLICT', 'ACCOUNT_MISSING', 'ACCOUNT_MISSING']);
    expect(engine.target.writes.size).toBe(0);
  });
});

describe('a target that moved since the plan was made', () => {
  it('keeps what grew there, and is asked about where it cannot', async () => {
    engine.target.addUser('ana');
    const planId = await engine.plan([
      stateRow(0, engine.item(0)),
      stateRow(1, engine.item(1)),
      stateRow(2, engine.item(2), { fields: ['ratingTenths'], to: { ...untouched('item 2'), ratingTenths: 80 } }),
      stateRow(3, engine.item(3)),
    ]);
    engine.target.watch('ana', 'item 0', { played: true, playCount: 1, lastPlayedAt: '2026-06-01T10:00:00.000Z' });
    engine.target.watch('ana', 'item 1', { played: true, playCount: 9, lastPlayedAt: '2026-06-01T10:00:00.000Z' });
    engine.target.watch('ana', 'item 2', { ratingTenths: 20 });
    expect(await carriedOut(planId)).toMatchObject({ state: 'awaiting-decision', counts: { verified: 2, skipped: 1, conflict: 1 } });
    expect(engine.target.stateOf('ana', 'item 0')).toMatchObject({ playCount: 2, lastPlayedAt: '2026-06-01T10:00:00.000Z' });
    expect(engine.target.stateOf('ana', 'item 1')).toMatchObject({ playCount: 9 });
    expect(engine.target.stateOf('ana', 'item 2')).toMatchObject({ ratingTenths: 20 });
    expect((await engine.rows(planId)).map(({ code }) => code)).toEqual(['ADJUSTED', 'ALREADY', 'TARGET_CHANGED', null]);
  });

  it('makes the whole plan out of date when too much of it moved, before anything of the batch is written', async () => {
    const planId = await engine.simplePlan(40, { options: PlanOptions.parse({ driftLimitPercent: 5 }) });
    for (let n = 3; n < 10; n++) engine.target.watch('ana', `item ${n}`, { playCount: 1 });
    expect(await carriedOut(planId)).toMatchObject({ state: 'paused', code: 'PLAN_STALE', counts: { done: 3, new: 37 } });
    expect(engine.target.writes.size).toBe(3);
  });

  it('leaves settings that somebody changed', async () => {
    engine.target.addUser('ana');
    const from = structuredClone(engine.target.policies.get('ana')!);
    engine.target.policies.set('ana', { ...from, streamLimit: 5 });
    const planId = await engine.plan([{ n: 0, u: 0, op: 'policy.apply', from, to: { streamLimit: 2 }, loss: [] }]);
    expect(await carriedOut(planId)).toMatchObject({ state: 'awaiting-decision', counts: { conflict: 1 } });
    expect(engine.target.policies.get('ana')).toMatchObject({ streamLimit: 5 });
  });
});

describe('a target in difficulties', () => {
  it.each([
    ['asks for a pause', 'SERVER_RATE_LIMITED', { retryAfterMs: 2_000 }, 2_000],
    ['asks for an absurd one', 'SERVER_RATE_LIMITED', { retryAfterMs: 10 ** 9 }, 900_000],
    ['is starting', 'SERVER_UNREACHABLE', {}, 2_000],
  ] as const)('that %s is left alone for so long, and no row is lost', async (_what, code, details, pauseMs) => {
    const planId = await engine.simplePlan(60);
    let refusals = 2;
    engine.target.beforeWrite = (_user, { itemVendorId }) => (itemVendorId === 'item 30' && refusals-- > 0 ? new AppError(code, 'not now', details) : null);
    expect(await carriedOut(planId)).toMatchObject({ state: 'done', counts: { verified: 60 } });
    expect([...engine.target.writes.values()].every((count) => count === 1)).toBe(true);
    expect(engine.clock.sleptMs).toBeGreaterThanOrEqual(pauseMs);
  });

  it('that refuses one title again and again costs that title only', async () => {
    const planId = await engine.simplePlan(20);
    engine.target.beforeWrite = (_user, { itemVendorId }) => (itemVendorId === 'item 11' ? new AppError('VALIDATION_FAILED', 'never', {}) : null);
    const view = await carriedOut(planId);
    expect(view).toMatchObject({ state: 'awaiting-decision', counts: { verified: 19, failed: 1 } });
    engine.target.beforeWrite = () => null;
    await process.service.control(view.runId, 'retry-failed');
    await process.carryOut(view.runId);
    expect(await process.service.view(view.runId)).toMatchObject({ state: 'done', counts: { verified: 20, failed: 0 } });
  });

  it('that does not keep what was written shows it at the first rows, and the run stands', async () => {
    const planId = await engine.simplePlan(50);
    engine.target.keeps = (state) => ({ ...state, lastPlayedAt: null });
    expect(await carriedOut(planId)).toMatchObject({ state: 'paused', code: 'CAPABILITY_CHANGED', counts: { failed: 3, new: 47 } });
    expect(engine.target.writes.size).toBe(3);
  });

  it('whose reads are cut short is asked again, and then the run stands', async () => {
    const planId = await engine.simplePlan(10);
    engine.target.beforeRead = () => new AppError('READ_INCOMPLETE', 'half a page', {});
    expect(await carriedOut(planId)).toMatchObject({ state: 'paused', code: 'READ_INCOMPLETE', counts: { new: 10 } });
    expect(engine.target.reads).toBe(3);
  });

  it('stands when more titles failed than the plan allows', async () => {
    const planId = await engine.simplePlan(200);
    engine.target.beforeWrite = (_user, { itemVendorId }) => (Number(itemVendorId.slice(5)) > 10 ? new AppError('VALIDATION_FAILED', 'never', {}) : null);
    expect(await carriedOut(planId)).toMatchObject({ state: 'paused', code: 'FAILURE_LIMIT' });
  });
});

describe('two rows of a plan that name the same change', () => {
  it('end the run: that is a fault of the plan', async () => {
    engine.target.addUser('ana');
    const planId = await engine.plan([stateRow(0, engine.item(0)), stateRow(1, engine.item(0), { to: { ...untouched('item 0'), played: true, playCount: 5, lastPlayedAt: PLAYED_AT } })]);
    expect(await carriedOut(planId)).toMatchObject({ state: 'failed', code: 'OP_KEY_MISMATCH' });
    expect(engine.target.writes.size).toBe(0);
  });
});

describe('what the verify pass finds', () => {
  it('waits for a person, who accepts it with a reason', async () => {
    const planId = await engine.simplePlan(130);
    engine.agent.afterApply = async () => {
      if (engine.target.writes.size === 130) engine.target.watch('ana', 'item 5', { playCount: 0 });
    };
    const view = await carriedOut(planId);
    expect(view).toMatchObject({ state: 'awaiting-decision', verify: { results: { same: 129, differs: 1 } } });
    const accepted = await process.service.accept(view.runId, { ...OPERATOR, reason: 'she asked for it' });
    expect(accepted).toMatchObject({ state: 'done', verify: { acceptedReason: 'she asked for it' } });
    const report = JSON.parse((await process.reports.read(view.runId, 0)).text) as { run: object; exceptions: object[] };
    expect(report.run).toMatchObject({ accepted: { by: 'sam', reason: 'she asked for it' } });
    expect(report.exceptions).toEqual([expect.objectContaining({ n: 5, verify: 'differs', now: expect.objectContaining({ playCount: 0 }) })]);
  });

  it('is found anew when it is asked for again', async () => {
    const view = await carriedOut(await engine.simplePlan(5));
    engine.target.items.delete('item 1');
    await process.service.control(view.runId, 'verify');
    await process.carryOut(view.runId);
    expect(await process.service.view(view.runId)).toMatchObject({ state: 'awaiting-decision', verify: { results: { same: 4, 'not-there': 1 } } });
  });
});

describe('whoever starts a run', () => {
  it.each([
    ['without approval', async (planId: string) => void planId, 'APPROVAL_MISSING'],
    ['after the approval ended', async (planId: string) => { await engine.approve(process, planId, { lifeS: 900 }); engine.clock.sleptMs += 901_000; }, 'APPROVAL_EXPIRED'],
    ['when the servers changed', async (planId: string) => { await engine.approve(process, planId); engine.refuseStale = () => { throw new AppError('PLAN_STALE', 'changed', {}); }; }, 'PLAN_STALE'],
    ['of a plan that nobody made', async () => undefined, 'NOT_FOUND'],
  ])('%s is refused', async (why, prepare, code) => {
    const planId = await engine.simplePlan(1);
    await prepare(planId);
    await expect(process.service.start(why.includes('nobody') ? uuidv7() : planId, OPERATOR)).rejects.toMatchObject({ code });
  });

  it('for an account that another run has in hand is refused, until that has ended', async () => {
    const first = await engine.started(process, await engine.simplePlan(3));
    const second = await engine.plan([stateRow(0, engine.item(0))]);
    await engine.approve(process, second);
    await expect(process.service.start(second, OPERATOR)).rejects.toMatchObject({ code: 'RUN_CONFLICT', details: { user: 'ana' } });
    await process.carryOut(first.runId);
    await expect(process.service.start(second, OPERATOR)).resolves.toMatchObject({ state: 'queued' });
  });

  it('twice at once gets one run', async () => {
    const planId = await engine.simplePlan(3);
    await engine.approve(process, planId);
    const views = await Promise.all(Array.from({ length: 5 }, () => process.service.start(planId, OPERATOR)));
    expect(new Set(views.map(({ runId }) => runId)).size).toBe(1);
  });
});

describe('approvals', () => {
  it('of two people are needed where the plan says so, and the one who made it does not count', async () => {
    const planId = await engine.simplePlan(1, { options: PlanOptions.parse({ approvalsRequired: 2 }) });
    await expect(engine.approve(process, planId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await engine.approve(process, planId, { approver: uuidv7() });
    await expect(process.service.start(planId, OPERATOR)).rejects.toMatchObject({ code: 'APPROVAL_MISSING' });
    await engine.approve(process, planId, { approver: uuidv7() });
    const { runId } = await process.service.start(planId, OPERATOR);
    await process.carryOut(runId);
    expect(await process.service.view(runId)).toMatchObject({ state: 'done' });
  });

  it.each([
    ['another hash', { planSha256: 'c'.repeat(64) }, 'PLAN_STALE'],
    ['another number of people', { required: 2 as const }, 'TICKET_INVALID'],
  ])('of %s are not taken', async (_what, given, code) => {
    await expect(engine.approve(process, await engine.simplePlan(1), given)).rejects.toMatchObject({ code });
  });

  it('that somebody altered are not taken', async () => {
    const planId = await engine.simplePlan(1);
    const jws = await engine.approve(process, planId);
    const [head, body, mark] = jws.split('.') as [string, string, string];
    const other = JSON.stringify({ ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), maxWrites: 999_999 });
    await expect(process.approvals.store(planId, [head, Buffer.from(other).toString('base64url'), mark].join('.'))).rejects.toMatchObject({ code: 'TICKET_INVALID' });
  });
});
