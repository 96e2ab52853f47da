import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decidePlan, listDecisions, listPlanRows, uuidv7, type PlanDecision, type PlanView } from '@usher/contracts';
import { film, watched } from './fake-server.js';
import { MigrationFleet, type MigrationServer } from './migration-harness.js';
import { PlanDesk } from './plan-harness.js';

let fleet: MigrationFleet;
let desk: PlanDesk;
let source: MigrationServer;
let target: MigrationServer;

beforeAll(async () => {
  fleet = await MigrationFleet.start();
  await fleet.addService();
  desk = new PlanDesk(fleet);
}, 120_000);

afterAll(() => fleet.close());

/** Ana, of the same name on both, one film that both have, one that is alike only by its name, one without a counterpart. */
beforeEach(async () => {
  source = await fleet.addServer('Den', 'jellyfin');
  target = await fleet.addServer('Attic', 'jellyfin');
  source.fake.addLibrary('Films', [film('1'), film('twin', { title: 'Twin', files: [] }), film('alone')]);
  target.fake.addLibrary('Films', [film('t1', { title: 'Film 1', files: [{ path: '/media/films/1/film.mkv', sizeBytes: null }] }), film('t-twin', { title: 'Twin', files: [] }), film('t-other')]);
  source.fake.addUser('ana', { name: 'Ana' });
  target.fake.addUser('ana-there', { name: 'ana' });
  source.fake.watch('ana', watched('1', { lastPlayedAt: null, ratingTenths: 80 }), watched('twin'), watched('alone'));
  target.fake.watch('ana-there', watched('t1', { lastPlayedAt: null, ratingTenths: 40 }));
});

function decide(plan: Pick<PlanView, 'planId' | 'version'>, decisions: PlanDecision[], dryRun = false): Promise<PlanView> {
  return fleet.ask(decidePlan, { planId: plan.planId, version: plan.version, dryRun, decisions, ...fleet.operator });
}

const decision = (id: string, what: PlanDecision['decision'], more: Partial<PlanDecision> = {}): PlanDecision => ({ id, decision: what, target: null, reason: null, ...more });

describe('decisions about a plan', () => {
  it('settle users, titles and values, and are offered again in the next plan', async () => {
    const plan = await desk.make(source, target);
    expect(plan.findings).toMatchObject([{ code: 'NAME_ONLY', severity: 'blocker' }, {}, {}]);
    await expect(desk.freeze(plan)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
    const decided = await decide(plan, [
      decision('user:ana', 'accept'),
      decision('item:ana:twin', 'accept'),
      decision('item:ana:alone', 'map', { target: 't-other', reason: 'the other cut' }),
      decision('state:ana:1:ratingTenths', 'keep-target'),
    ]);
    expect(decided).toMatchObject({ version: 2, state: 'draft' });
    const again = await desk.check(plan.planId);
    expect(again).toMatchObject({ version: 2, state: 'checked', counts: { writes: 2, skips: { 'already-there': 1 } } });
    expect(again.findings.filter(({ severity }) => severity === 'blocker')).toEqual([]);
    const rows = await desk.states(plan.planId);
    expect(Object.fromEntries(rows.map(({ item, tier, to }) => [item, [tier, to.itemVendorId]]))).toEqual({ twin: ['E', 't-twin'], alone: ['M', 't-other'] });
    expect(await desk.freeze(again)).toMatchObject({ state: 'frozen' });
    expect(await desk.make(source, target)).toMatchObject({ version: 1, counts: { writes: 2 } });
  });

  it('list everything that is open, with what was decided', async () => {
    const plan = await desk.make(source, target);
    await decide(plan, [decision('item:ana:twin', 'skip', { reason: 'never mind' })]);
    const first = await fleet.ask(listDecisions, { planId: plan.planId, after: null, limit: 2 });
    const rest = await fleet.ask(listDecisions, { planId: plan.planId, after: first.next, limit: 10 });
    expect(rest.next).toBeNull();
    expect(Object.fromEntries([...first.rows, ...rest.rows].map((row) => [row.id, [row.kind, row.recommended, row.decision]]))).toEqual({
      'user:ana': ['user', '', ''],
      'state:ana:1:ratingTenths': ['state', 'take-source', ''],
      'item:ana:twin': ['item', 'accept', 'skip'],
      'item:ana:alone': ['item', 'skip', ''],
    });
    const { rows } = await fleet.ask(listPlanRows, { planId: plan.planId, tab: 'conflict', u: 0, states: ['new'], search: 'TWI', after: null, limit: 5 });
    expect(rows).toMatchObject([{ userName: 'ana', decisionId: 'item:ana:twin', decision: { decision: 'skip', reason: 'never mind' }, row: { reason: 'below-tier', candidates: ['t-twin'] } }]);
  });

  it('are all made or none, and every bad one is named', async () => {
    const plan = await desk.make(source, target);
    const bad = [
      decision('user:ana', 'accept'),
      decision('user:nobody', 'skip'),
      decision('item:ana:1x', 'skip'),
      decision('item:ana:twin', 'keep-target'),
      decision('item:ana:alone', 'map'),
      decision('state:ana:1:colour', 'keep-target'),
      decision('state:ana:alone:played', 'keep-target'),
      decision('state:ana:1:played', 'take-source'),
      decision('state:ana:1:played', 'keep-target'),
      decision('=cmd()', 'skip'),
    ];
    await expect(decide(plan, bad)).rejects.toMatchObject({
      code: 'DECISION_INVALID',
      details: { count: 9, ids: ['user:nobody', 'item:ana:1x', 'item:ana:twin', 'item:ana:alone', 'state:ana:1:colour', 'state:ana:alone:played', 'state:ana:1:played', 'state:ana:1:played', '=cmd()'] },
    });
    expect(await desk.read(plan.planId)).toEqual(plan);
    expect((await fleet.pool.query('SELECT 1 FROM migration_decision WHERE source_server_id = $1', [source.id])).rowCount).toBe(0);
  });

  it('change nothing in a dry run, and nothing of a version that nobody sees any more', async () => {
    const plan = await desk.make(source, target);
    expect(await decide(plan, [decision('user:ana', 'accept')], true)).toEqual(plan);
    await expect(decide({ ...plan, version: 9 }, [decision('user:ana', 'accept')])).rejects.toMatchObject({ code: 'PLAN_STALE' });
    await expect(decide({ planId: uuidv7(), version: 1 }, [decision('user:ana', 'accept')])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('void the approvals of the old version', async () => {
    const plan = await desk.make(source, target);
    await fleet.pool.query(`INSERT INTO migration_approval (plan_id, operator_id, operator_name, plan_sha256, sha256, jws, not_before, expires_at, max_writes) VALUES ($1, $2, 'Ola', $3, $4, 'x', now(), now() + interval '1 hour', 10)`, [plan.planId, uuidv7(), 'a'.repeat(64), uuidv7().replaceAll('-', '').padEnd(64, '0')]);
    expect((await desk.read(plan.planId)).approvals).toMatchObject([{ name: 'Ola', revokedAt: null }]);
    const decided = await decide(plan, [decision('user:ana', 'skip')]);
    expect(decided.approvals).toMatchObject([{ name: 'Ola', revokedAt: expect.any(String) }]);
    const again = await desk.check(plan.planId);
    expect(again.users).toEqual([]);
    await expect(desk.freeze(again)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' });
  });

  it('name a title that is not there any more', async () => {
    const plan = await desk.make(source, target);
    await decide(plan, [decision('user:ana', 'accept'), decision('item:ana:alone', 'map', { target: 'gone' })]);
    const again = await desk.check(plan.planId);
    expect(again.findings.map(({ code }) => code)).toContain('DECISION_INVALID');
    expect((await desk.rows(plan.planId, 'skip')).map((row) => row.op === 'skip' && [row.item, row.reason])).toEqual([['alone', 'not-on-target']]);
  });
});
