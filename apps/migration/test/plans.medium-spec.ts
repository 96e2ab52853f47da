import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, checkPlan, createPlan, discardPlan, listPlans, updatePlan, uuidv7, type PlanHeader } from '@usher/contracts';
import { planHash } from '@usher/security';
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

/** Two servers with the same three films, and Ana who is linked on both. */
async function pair(kinds: [source: 'jellyfin' | 'emby' | 'plex', target: 'jellyfin' | 'emby' | 'plex'] = ['jellyfin', 'jellyfin']): Promise<void> {
  source = await fleet.addServer('Den', kinds[0]);
  target = await fleet.addServer('Attic', kinds[1]);
  source.fake.addLibrary('Films', ['1', '2', '3'].map((id) => film(id)));
  target.fake.addLibrary('Films', ['1', '2', '3'].map((id) => film(`t${id}`, { title: `Film ${id}`, files: [{ path: `/media/films/${id}/film.mkv`, sizeBytes: null }] })));
  source.fake.addUser('ana', { name: 'Ana' });
  target.fake.addUser('ana-there', { name: 'Ana K.' });
  await link('ana', 'ana-there');
}

async function link(sourceUser: string, targetUser: string): Promise<string> {
  const identityId = uuidv7();
  await fleet.pool.query('INSERT INTO identity (id, display_name) VALUES ($1, $2)', [identityId, sourceUser]);
  for (const [server, user] of [[source.id, sourceUser], [target.id, targetUser]]) {
    await fleet.pool.query(`INSERT INTO identity_user (server_id, user_vendor_id, identity_id, user_name, evidence, linked_by) VALUES ($1, $2, $3, $2, 'given', 'test')`, [server, user, identityId]);
  }
  return identityId;
}

describe('a plan between two servers of one vendor', () => {
  beforeEach(() => pair());

  it('writes what the target lacks, oldest first, and names what it holds already', async () => {
    source.fake.watch('ana', watched('1', { lastPlayedAt: '2024-03-01T10:00:00.000Z', playCount: 3 }), watched('2', { lastPlayedAt: '2023-01-01T10:00:00.000Z' }), watched('3'));
    target.fake.watch('ana-there', watched('t3'));
    const plan = await desk.make(source, target);
    expect(plan).toMatchObject({ state: 'checked', version: 1, code: null, counts: { rows: 3, writes: 2, skips: { 'already-there': 1 }, tiers: { A: 3 } } });
    expect(plan.users).toMatchObject([{ decision: 'map', evidence: 'identity', sources: [{ vendorId: 'ana' }], target: { vendorId: 'ana-there', name: 'Ana K.' } }]);
    expect(plan.findings.filter(({ severity }) => severity === 'blocker')).toEqual([]);
    expect(plan.estimate).toMatchObject({ rate: 'assumed', requests: 4 });
    const rows = await desk.rows(plan.planId);
    expect(rows.map(({ n, op }) => [n, op])).toEqual([[0, 'watch-state.set'], [1, 'watch-state.set'], [2, 'skip']]);
    expect(rows[0]).toMatchObject({ item: '2', title: 'Film 2', tier: 'A', from: { itemVendorId: 't2', played: false }, to: { itemVendorId: 't2', played: true, playCount: 1 }, loss: [] });
    expect(rows[1]).toMatchObject({ item: '1', fields: ['played', 'playCount', 'lastPlayedAt'] });
  });

  it('freezes the rows under a hash, and a second check of the same servers gives the same rows', async () => {
    source.fake.watch('ana', watched('1'), watched('2', { favorite: true }));
    const plan = await desk.make(source, target);
    const frozen = await desk.freeze(plan);
    expect(frozen).toMatchObject({ state: 'frozen', version: 1 });
    expect(await desk.freeze(plan)).toMatchObject({ planSha256: frozen.planSha256 });
    const { rows } = await fleet.pool.query<{ header: Buffer }>('SELECT header FROM migration_plan WHERE id = $1', [plan.planId]);
    const chunks = await fleet.pool.query<{ n: number; sha256: string; bytes: Buffer }>('SELECT n, sha256, bytes FROM migration_chunk WHERE plan_id = $1 ORDER BY n', [plan.planId]);
    const header = JSON.parse(rows[0]!.header.toString()) as PlanHeader;
    expect(planHash(rows[0]!.header)).toBe(frozen.planSha256);
    expect(header.chunks).toEqual([{ n: 0, first: 0, rows: 2, sha256: createHash('sha256').update(chunks.rows[0]!.bytes).digest('hex') }]);
    expect(header).toMatchObject({ counts: { rows: 2, writes: 2, skips: 0 }, limits: { maxWrites: 12, maxFailures: 50 } });
    const lines = chunks.rows[0]!.bytes.toString().trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual(await desk.rows(plan.planId));
    const again = await desk.check(plan.planId);
    expect(again).toMatchObject({ version: 2, planSha256: null, state: 'checked' });
    expect(await desk.rows(plan.planId)).toEqual(lines);
  });

  it('reads every page of both catalogues and all states', async () => {
    const many = Array.from({ length: 260 }, (_, n) => `m${n}`);
    source.fake.items.get('Films')!.push(...many.map((id) => film(id)));
    target.fake.items.get('Films')!.push(...many.map((id) => film(`t${id}`, { title: `Film ${id}`, files: [{ path: `/media/films/${id}/film.mkv`, sizeBytes: null }] })));
    source.fake.watch('ana', ...many.map((id) => watched(id)));
    const plan = await desk.make(source, target);
    expect(plan.counts).toMatchObject({ rows: 260, writes: 260 });
    expect(source.fake.asked.filter(({ name }) => name === 'watch-state.list@1')).toHaveLength(3);
    const steps = fleet.told.plans.filter(({ planId }) => planId === plan.planId);
    expect(steps.at(-1)).toMatchObject({ state: 'checked' });
    expect(new Set(steps.map(({ step }) => step))).toEqual(new Set(['servers', 'users', 'catalogues', 'matching', 'states', 'merging', 'writing', null]));
  });

  it('makes an account where there is none, with the rights that the source gives', async () => {
    source.fake.addUser('ben', { name: 'Ben' });
    source.fake.policies.set('ben', { ...source.fake.policies.get('ben')!, libraries: ['Films'], downloads: false });
    source.fake.watch('ben', watched('1'));
    target.fake.addLibrary('Private', [], { type: 'photos', folders: ['/media/private'] });
    const plan = await desk.make(source, target);
    const rows = await desk.rows(plan.planId);
    expect(rows.map(({ u, op }) => [u, op])).toEqual([[1, 'user.ensure'], [1, 'policy.apply'], [1, 'watch-state.set']]);
    expect(rows[1]).toMatchObject({ from: null, to: { libraries: ['Films'], downloads: false, enabled: true }, loss: [] });
    expect(plan.users[1]).toMatchObject({ decision: 'create', target: { vendorId: null, name: 'Ben' }, evidence: 'none' });
    expect(plan.users[1]!.verdicts).toContainEqual({ field: 'password', kind: 'impossible', reason: 'password-not-readable', rows: null });
  });

  it('skips titles without a sure counterpart, each with its reason', async () => {
    source.fake.items.get('Films')!.push(film('only-here'), film('twin', { title: 'Twin', year: 1999, files: [] }));
    target.fake.items.get('Films')!.push(film('t-twin-1', { title: 'Twin', year: 1999, files: [] }));
    source.fake.addLibrary('Clips', [film('clip')], { folders: ['/media/clips'], type: 'mixed' });
    source.fake.watch('ana', watched('only-here'), watched('clip'), watched('twin'), watched('not-listed'));
    const plan = await desk.make(source, target);
    const rows = await desk.rows(plan.planId, null);
    expect(Object.fromEntries(rows.map((row) => (row.op === 'skip' ? [row.item, row.reason] : ['', ''])))).toEqual({ 'only-here': 'not-on-target', clip: 'library-not-mapped', twin: 'below-tier', 'not-listed': 'library-not-mapped' });
    expect(plan.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['TITLES_MISSING', 'DECISION_WANTED', 'LIBRARY_NOT_MAPPED', 'NOTHING_TO_WRITE']));
    expect(await desk.rows(plan.planId, 'conflict')).toMatchObject([{ item: 'twin', candidates: ['t-twin-1'] }]);
  });
});

describe('a plan onto a Plex server', () => {
  beforeEach(() => pair(['jellyfin', 'plex']));

  it('says what Plex cannot hold, by field and row', async () => {
    source.fake.watch('ana', watched('1', { playCount: 4, favorite: true, ratingTenths: 80 }), watched('2', { played: false, playCount: 0, positionMs: 600_000 }), watched('3', { played: false, playCount: 0, lastPlayedAt: null, favorite: true }));
    target.fake.watch('ana-there', watched('t2', { played: false, playCount: 0, lastPlayedAt: null, favorite: null }));
    const plan = await desk.make(source, target);
    const rows = await desk.states(plan.planId);
    expect(rows.map(({ item }) => item)).toEqual(['1', '2']);
    expect(rows[0]).toMatchObject({ fields: ['played', 'playCount'], to: { played: true, playCount: 1, lastPlayedAt: null, favorite: null, ratingTenths: null } });
    expect(rows[0]!.loss).toEqual(
      expect.arrayContaining([
        { field: 'playCount', kind: 'lossy', reason: 'one-play-only' },
        { field: 'lastPlayedAt', kind: 'lossy', reason: 'date-of-writing' },
        { field: 'favorite', kind: 'impossible', reason: 'no-favorites' },
        { field: 'ratingTenths', kind: 'impossible', reason: 'owner-ratings-only' },
      ]),
    );
    expect(rows[1]).toMatchObject({ fields: ['positionMs'], to: { positionMs: 600_000 } });
    expect(plan.counts.skips).toEqual({ 'nothing-to-carry': 1 });
    expect(plan.users[0]!.verdicts).toEqual(expect.arrayContaining([{ field: 'favorite', kind: 'impossible', reason: 'no-favorites', rows: 2 }, { field: 'played', kind: 'exact', reason: null, rows: 1 }, { field: 'positionMs', kind: 'lossy', reason: 'position-re-dated', rows: 1 }]));
  });

  it('cannot write for an account without a token, nor make one', async () => {
    target.fake.unreachable.add('ana-there');
    source.fake.addUser('ben', { name: 'Ben' });
    source.fake.watch('ana', watched('1'));
    source.fake.watch('ben', watched('2'));
    const plan = await desk.make(source, target);
    expect(plan.counts).toMatchObject({ writes: 0, rows: 0 });
    expect(plan.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['STATES_IMPOSSIBLE', 'ACCOUNT_IMPOSSIBLE']));
    expect(plan.users[0]!.verdicts).toContainEqual({ field: 'played', kind: 'impossible', reason: 'no-user-token', rows: 1 });
    expect(plan.users[1]!.verdicts).toEqual(expect.arrayContaining([{ field: 'account', kind: 'impossible', reason: 'no-account-creation', rows: null }, { field: 'played', kind: 'impossible', reason: 'no-account-creation', rows: 1 }]));
    expect(await desk.freeze(plan)).toMatchObject({ state: 'frozen' });
  });
});

describe('what must not go wrong', () => {
  beforeEach(() => pair());

  it('does not take a broken listing for nothing watched', async () => {
    source.fake.watch('ana', watched('1'));
    source.fake.before = (name) => {
      if (name === 'watch-state.list@1') throw new AppError('READ_INCOMPLETE', 'The media server listed a part only.');
    };
    const plan = await desk.make(source, target);
    expect(plan).toMatchObject({ state: 'draft', code: 'READ_INCOMPLETE', users: [] });
    expect(source.fake.asked.filter(({ name }) => name === 'watch-state.list@1')).toHaveLength(2);
    expect(await desk.rows(plan.planId)).toEqual([]);
    await expect(desk.freeze(plan)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('reads a library again that changed meanwhile, and gives up when it goes on', async () => {
    source.fake.pageSize = 2;
    let pages = 0;
    source.fake.before = (name) => {
      if (name === 'item.list@1' && ++pages === 2) source.fake.items.get('Films')!.push(film('new'));
    };
    expect(await desk.make(source, target)).toMatchObject({ state: 'checked' });
    source.fake.before = (name) => {
      if (name === 'item.list@1') source.fake.items.get('Films')!.push(film(uuidv7()));
    };
    expect(await desk.make(source, target)).toMatchObject({ state: 'draft', code: 'READ_INCOMPLETE' });
  });

  it('does not read a user of the source whose states cannot be read', async () => {
    await pair(['plex', 'jellyfin']);
    source.fake.unreachable.add('ana');
    const plan = await desk.make(source, target);
    expect(plan.findings).toMatchObject([{ code: 'USER_TOKEN_MISSING', severity: 'blocker', user: 'ana', next: expect.any(String) }, {}]);
    await expect(desk.freeze(plan)).rejects.toMatchObject({ code: 'PLAN_BLOCKED', details: { blockers: ['USER_TOKEN_MISSING:ana:'] } });
  });

  it('fails with the reason when an agent is away, and can be checked again', async () => {
    source.fake.watch('ana', watched('1'));
    target.fake.before = () => {
      throw new AppError('SERVER_UNREACHABLE', 'The media server does not answer.');
    };
    const plan = await desk.make(source, target);
    expect(plan).toMatchObject({ state: 'draft', code: 'SERVER_UNREACHABLE', message: 'The media server does not answer.' });
    target.fake.before = () => undefined;
    expect(await desk.check(plan.planId)).toMatchObject({ state: 'checked', code: null, counts: { writes: 1 } });
  });

  it('is taken up by another process when its own one died', async () => {
    source.fake.watch('ana', watched('1'));
    const { planId } = await desk.make(source, target);
    await fleet.pool.query(`UPDATE migration_plan SET state = 'checking', holder = $2, beat_at = now() - interval '61 seconds' WHERE id = $1`, [planId, uuidv7()]);
    const second = await fleet.addService();
    expect(await desk.checked(planId)).toMatchObject({ state: 'checked', counts: { rows: 1, writes: 1 } });
    expect(await desk.rows(planId)).toHaveLength(1);
    await fleet.removeService(second);
  });

  it('drops a check whose plan was changed meanwhile', async () => {
    source.fake.watch('ana', watched('1'));
    const request = desk.request(source, target);
    const { planId } = await desk.create(request);
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const reached = new Promise<void>((resolve) => {
      source.fake.before = async (name) => {
        if (name !== 'watch-state.list@1') return;
        resolve();
        await held;
      };
    });
    await fleet.ask(checkPlan, { planId, ...fleet.operator });
    await reached;
    const changed = await fleet.ask(updatePlan, { planId, version: 1, request: { ...request, fields: ['favorite'] }, ...fleet.operator });
    expect(changed).toMatchObject({ version: 2, state: 'draft', users: [] });
    go();
    source.fake.before = () => undefined;
    expect(await desk.check(planId)).toMatchObject({ version: 2, state: 'checked', counts: { writes: 0, skips: { 'nothing-to-carry': 1 } } });
  });
});

describe('the request of a plan', () => {
  beforeEach(() => pair());

  it('is made once for one id', async () => {
    const request = desk.request(source, target);
    const one = await desk.create(request);
    expect(await desk.create(request, one.planId)).toEqual(one);
    await expect(desk.create({ ...request, fields: ['played'] }, one.planId)).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    const { plans } = await fleet.ask(listPlans, { after: null, limit: 1 });
    expect(plans).toMatchObject([{ planId: one.planId, source: { alias: 'Den' }, run: null }]);
  });

  it.each<[string, (request: ReturnType<PlanDesk['request']>) => object, string]>([
    ['onto itself', ({ sourceServerId }) => ({ targetServerId: sourceServerId }), 'targetServerId'],
    ['of an unknown server', () => ({ sourceServerId: uuidv7() }), 'sourceServerId'],
    ['with a user twice', ({ users }) => ({ users: [users[0], users[0]] }), 'users[1].sourceVendorId'],
    ['with two users onto one account', ({ users }) => ({ users: ['ana', 'ben'].map((sourceVendorId) => ({ ...users[0]!, sourceVendorId, decision: 'map', targetVendorId: 'ana-there' })) }), 'users[1].targetVendorId'],
    ['that maps nowhere', ({ users }) => ({ users: [{ ...users[0]!, decision: 'map' }] }), 'users[0].targetVendorId'],
    ['that merges into nobody', ({ users }) => ({ users: [{ ...users[0]!, decision: 'merge', targetVendorId: 'x' }] }), 'users[0].targetVendorId'],
    ['that skips everybody', ({ users }) => ({ users: [{ ...users[0]!, decision: 'skip' }] }), 'users'],
    ['with .. in a folder', () => ({ paths: [{ from: '/media/../etc', to: '/media' }] }), 'paths[0].from'],
    ['with a relative folder', () => ({ paths: [{ from: '/media', to: 'films' }] }), 'paths[0].to'],
    ['with a library twice', () => ({ libraries: [{ source: 'Films', target: 'Films' }, { source: 'Films', target: null }] }), 'libraries[1].source'],
    ['with text that cannot be stored', ({ users }) => ({ users: [{ ...users[0]!, sourceVendorId: 'a\u0000b' }] }), 'request'],
  ])('is refused %s', async (_name, change, field) => {
    const request = desk.request(source, target);
    await expect(fleet.ask(createPlan, { planId: uuidv7(), request: { ...request, ...change(request) }, ...fleet.operator })).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field } });
  });

  it('is refused for two addresses of one media server', async () => {
    await fleet.saveProfile(target, 'Attic', { machineId: source.id });
    await expect(desk.create(desk.request(source, target))).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'targetServerId' } });
  });

  it('is not changed by somebody who saw another version', async () => {
    const request = desk.request(source, target);
    const { planId } = await desk.create(request);
    await expect(fleet.ask(updatePlan, { planId, version: 2, request, ...fleet.operator })).rejects.toMatchObject({ code: 'PLAN_STALE' });
    await expect(desk.freeze({ planId, version: 7 })).rejects.toMatchObject({ code: 'PLAN_STALE' });
    expect(await fleet.ask(discardPlan, { planId, ...fleet.operator })).toMatchObject({ state: 'void' });
    await expect(fleet.ask(checkPlan, { planId, ...fleet.operator })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
