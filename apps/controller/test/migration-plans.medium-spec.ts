import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, type PlanView } from '@usher/contracts';
import { verifyApproval } from '@usher/security';
import { codeOf, MigrationHarness } from './migration-harness.js';
import { HASH, makePlan, makeRequest } from './played-migration.js';

let usher: MigrationHarness;

beforeAll(async () => {
  usher = await MigrationHarness.start();
});
afterAll(() => usher?.close());
beforeEach(() => usher.reset());

describe('a plan', () => {
  it('is created once for one key, also when the answer of the first try was lost', async () => {
    const { token } = await usher.superadmin();
    const given = { input: { idempotencyKey: 'one', request: { sourceServerId: usher.world.sourceId, targetServerId: usher.world.targetId, users: [{ sourceVendorId: 'ana' }], options: { approvalsRequired: 2, minTier: null } } } };
    usher.refuse('plan.create', new AppError('TIMED_OUT', 'The answer was lost.'));
    expect(codeOf(await usher.call('createMigrationPlan', given, token))).toBe('TIMED_OUT');
    const [{ planId, request }] = usher.played.of('plan.create');
    expect(request).toMatchObject({ users: [{ decision: 'suggest', targetVendorId: null, targetName: null }], fields: expect.arrayContaining(['policy', 'ratingTenths']), options: { approvalsRequired: 2, minTier: 'C', overwrite: 'additive' } });
    expect((await usher.call('createMigrationPlan', given, token)).data).toEqual({ createMigrationPlan: { id: planId } });
    expect(usher.played.of('plan.create')).toHaveLength(1);
    usher.refuse('plan.read', new AppError('NOT_FOUND', 'It never came.'));
    usher.played.answers.set('plan.create', (asked) => ({ ...usher.plan, planId: asked.planId }));
    expect((await usher.call('createMigrationPlan', given, token)).data).toEqual({ createMigrationPlan: { id: planId } });
    expect(usher.played.of('plan.create').map((asked) => asked.planId)).toEqual([planId, planId]);
  });

  it('is shown whole, with its run and what is lost in plain words', async () => {
    usher.plan = { ...usher.plan, state: 'checking', runId: usher.world.runId };
    const query = `query ($id: ID!) { migrationPlan(id: $id) { state version planSha256 source { alias kind } initiator { name } users { targetVendorId targetName decision verdicts { field kind reason text instead rows } }
      counts { writes exact lossy skips { name count } tiers { name count } } estimate { watchedMs rate } findings { severity code } request { fields options { overwrite approvalsRequired } users { decision } }
      progress { step done } run { state rowsPerSecond steps { step state } verification { same notThere differs } users { u rows done failed } troubles { code rows users } } } }`;
    await usher.controller.pool.query(
      `INSERT INTO migration_row (plan_id, n, op, u, tab, row, state, code) VALUES ($1, 1, 'watch-state.set', 0, 'change', '{}', 'done', NULL), ($1, 2, 'watch-state.set', 0, 'change', '{}', 'failed', 'SERVER_RATE_LIMITED'), ($1, 3, 'skip', 0, 'skip', '{}', NULL, NULL), ($1, 4, 'watch-state.set', 1, 'change', '{}', 'failed', 'SERVER_RATE_LIMITED')`,
      [usher.world.planId],
    );
    usher.played.tellPlan({ planId: usher.world.planId, state: 'checking', step: 'matching', done: 5, total: 10, code: null, message: null, at: '2026-11-21T20:00:00.000Z' });
    const { token } = await usher.superadmin();
    const client = await usher.controller.socket({ token }).acknowledged();
    client.subscribe('1', 'subscription ($id: ID!) { planProgressChanged(id: $id) { step } }', { id: usher.world.planId });
    await client.until(({ type }) => type === 'next');
    client.close();
    const { data, errors } = await usher.ask(query, { id: usher.world.planId }, token);
    expect(errors).toBeUndefined();
    expect(data!['migrationPlan']).toMatchObject({
      state: 'CHECKING',
      planSha256: HASH,
      source: { alias: 'Basement', kind: 'JELLYFIN' },
      users: [{ targetVendorId: null, targetName: 'ana', decision: 'CREATE', verdicts: [{ field: 'PASSWORD', kind: 'IMPOSSIBLE', reason: 'password-not-readable', text: expect.stringContaining('No media server'), rows: null }, { field: 'PLAYED', kind: 'EXACT', reason: null, text: null, rows: 12 }] }],
      counts: { writes: 12, skips: [{ name: 'ambiguous', count: 1 }, { name: 'not-on-target', count: 1 }], tiers: [{ name: 'A', count: 10 }, { name: 'B', count: 2 }] },
      estimate: { watchedMs: 4_000_000_000, rate: 'ASSUMED' },
      request: { fields: ['POLICY', 'PLAYED'], options: { overwrite: 'ADDITIVE', approvalsRequired: 1 }, users: [{ decision: 'SUGGEST' }] },
      progress: { step: 'MATCHING', done: 5 },
      run: { state: 'RUNNING', rowsPerSecond: 182.5, verification: { same: 10, notThere: 1, differs: 0 }, users: [{ u: 0, rows: 2, done: 1, failed: 1 }, { u: 1, rows: 1, done: 0, failed: 1 }], troubles: [{ code: 'SERVER_RATE_LIMITED', rows: 2, users: [0, 1] }] },
    });
  });

  it('shows its rows of every kind, without the vendor’s own values', async () => {
    const query = `query ($id: ID!, $after: String) { migrationPlanRows(id: $id, tab: CHANGE, user: 0, states: [FAILED, FAILED], search: " ali ", first: 5, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { cursor
      node { n operation title tier evidence source { playCount } from { played } to { lastPlayedAt } fields policy { field from to } losses { reason text } skipReason candidates decisionId decision { decision target } state code now { itemVendorId } verify } } } }`;
    const { token } = await usher.superadmin();
    const { data, errors, text } = await usher.ask(query, { id: usher.world.planId }, token);
    expect(errors).toBeUndefined();
    expect(text).not.toContain('as-the-vendor-says');
    const { edges, pageInfo, totalCount } = data!['migrationPlanRows'];
    expect({ totalCount, hasNextPage: pageInfo.hasNextPage }).toEqual({ totalCount: 14, hasNextPage: true });
    expect(edges.map(({ node }: { node: unknown }) => node)).toMatchObject([
      { operation: 'USER_ENSURE', title: 'ana', tier: null, policy: [] },
      { operation: 'POLICY_APPLY', policy: [{ field: 'enabled', from: null, to: 'true' }, { field: 'libraries', from: null, to: 'l1, l2' }, { field: 'downloads', to: null }], losses: [{ reason: 'policy-differs' }] },
      { operation: 'WATCH_STATE_SET', title: 'Alien', tier: 'B', evidence: ['imdb', 'tmdb'], source: { playCount: 2 }, from: { played: false }, to: { lastPlayedAt: '2026-03-12T20:00:00.000Z' }, fields: ['PLAYED', 'PLAY_COUNT'], state: 'FAILED', now: { itemVendorId: 't1' }, verify: 'DIFFERS' },
      { operation: 'SKIP', skipReason: 'AMBIGUOUS', candidates: ['t8', 't9'], decisionId: 'item:ana:s2', decision: { decision: 'MAP', target: 't9' } },
      { operation: 'USER_REMOVE', title: 'ben' },
    ]);
    expect(usher.played.of('plan.rows').at(-1)).toEqual({ planId: usher.world.planId, tab: 'change', u: 0, states: ['failed'], search: 'ali', after: null, limit: 5 });
    await usher.ask(query, { id: usher.world.planId, after: pageInfo.endCursor }, token);
    expect(usher.played.of('plan.rows').at(-1)).toMatchObject({ after: 4 });
  });

  it('is found in the list by its filter, page by page', async () => {
    const summary = (state: PlanView['state'], userNames: string[]) => {
      const { request: _r, users: _u, findings: _f, estimate: _e, approvals: _a, planSha256: _h, checkedAt: _c, frozenAt: _z, code: _o, message: _m, ...kept } = makePlan(makeRequest(usher.world.sourceId, usher.world.targetId), { state });
      return { ...kept, userNames, run: null };
    };
    const plans = [summary('draft', ['ana']), summary('frozen', ['ben']), summary('draft', ['jun'])];
    usher.played.answers.set('plan.list', ({ after }) => (after === null ? { plans: plans.slice(0, 2), next: plans[1]!.planId } : { plans: plans.slice(2), next: null }));
    const query = 'query ($filter: MigrationFilter, $first: Int) { migrations(filter: $filter, first: $first) { edges { node { state userNames } } pageInfo { hasNextPage endCursor } } }';
    const list = async (variables: object) => (await usher.ask(query, variables as Record<string, unknown>)).data!['migrations'];
    expect((await list({ filter: { states: ['DRAFT'] } })).edges).toEqual([{ node: { state: 'DRAFT', userNames: ['ana'] } }, { node: { state: 'DRAFT', userNames: ['jun'] } }]);
    expect(await list({ filter: { states: ['DRAFT'] }, first: 1 })).toMatchObject({ edges: [{ node: { userNames: ['ana'] } }], pageInfo: { hasNextPage: true } });
    expect((await list({ filter: { serverId: usher.world.foreignId } })).edges).toEqual([]);
    expect((await list({ filter: { runStates: ['RUNNING'] } })).edges).toEqual([]);
  });

  it('passes on what the service refuses, with its details', async () => {
    usher.refuse('plan.freeze', new AppError('PLAN_BLOCKED', 'Two blockers are open.', { blockers: ['AGENT_OFFLINE', 'SERVER_READ_ONLY'] }));
    const answer = await usher.call('freezeMigrationPlan');
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_BLOCKED', details: { blockers: ['AGENT_OFFLINE', 'SERVER_READ_ONLY'] } });
    const rows = await usher.audit('plan.freeze%');
    expect(rows.slice(-2)).toMatchObject([{ action: 'plan.freeze_ordered' }, { action: 'plan.freeze_failed', payload: { outcome: 'PLAN_BLOCKED' } }]);
  });

  it('takes decisions as a trial without a trace, and for good with one', async () => {
    const before = (await usher.audit('decisions.%')).length;
    const given = (dryRun: boolean) => ({ input: { id: usher.world.planId, version: 3, dryRun, decisions: [{ id: 'item:ana:s2', decision: 'MAP', target: 't9' }] } });
    await usher.call('decideMigrationPlan', given(true));
    expect(await usher.audit('decisions.%')).toHaveLength(before);
    await usher.call('decideMigrationPlan', given(false));
    expect((await usher.audit('decisions.%')).at(-1)).toMatchObject({ action: 'decisions.imported', server_id: usher.world.targetId, payload: { peerServerId: usher.world.sourceId, decisions: 1 } });
    expect(usher.played.of('plan.decide')).toMatchObject([{ dryRun: true }, { dryRun: false, decisions: [{ id: 'item:ana:s2', decision: 'map', target: 't9', reason: null }] }]);
  });
});

describe('an approval', () => {
  const approve = (given: object = {}, token?: string) => usher.call('approveMigrationPlan', { input: { id: usher.world.planId, version: 3, hash: HASH, targetAlias: ' Attic ', ...given } }, token);

  it('is signed by the controller for exactly this plan, person and time', async () => {
    const { id, name, token } = await usher.superadmin();
    expect((await approve({ minutes: 15, maxWrites: 7, hash: HASH.toUpperCase() }, token)).errors).toBeUndefined();
    const [{ planId, jws }] = usher.played.of('approval.store');
    expect(planId).toBe(usher.world.planId);
    const trusted = usher.controller.ring.trustedKeys();
    const { sha256, ...claims } = await verifyApproval(jws, trusted, { now: Date.now() });
    expect(claims).toEqual({
      v: 1, planId: usher.world.planId, planSha256: HASH, server: usher.world.targetId, peer: usher.world.sourceId, initiator: usher.plan.initiator.operatorId, approver: id, approverName: name, required: 1,
      iat: claims.nbf, nbf: claims.nbf, exp: claims.nbf + 900, maxWrites: 7,
    });
    const rows = await usher.audit('plan.approve%');
    expect(rows.at(-1)).toMatchObject({ action: 'plan.approved', server_id: usher.world.targetId, payload: { peerServerId: usher.world.sourceId, planSha256: HASH, maxWrites: 7, approvalSha256: sha256 } });
    await approve({}, token);
    const renewed = await verifyApproval(usher.played.of('approval.store')[1].jws, trusted, { now: Date.now() });
    expect(renewed).toMatchObject({ maxWrites: 12, exp: renewed.nbf + 3_600 });
  });

  it.each(['draft', 'checked', 'stale', 'void'] as const)('of a plan that is %s is refused', async (state) => {
    usher.plan = { ...usher.plan, state, ...(state !== 'stale' && state !== 'void' && { planSha256: null }) };
    const answer = await approve();
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_STALE', details: { reason: state === 'stale' || state === 'void' ? state : 'not-frozen' } });
    expect(usher.played.of('approval.store')).toEqual([]);
  });

  it('of the author is refused where two people are asked, and allowed where one is', async () => {
    const { id, name, token } = await usher.superadmin();
    const initiator = { operatorId: id, name };
    usher.plan = { ...usher.plan, initiator, request: { ...usher.plan.request, options: { ...usher.plan.request.options, approvalsRequired: 2 } } };
    expect((await approve({}, token)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'author' } });
    expect((await usher.audit('plan.approve_refused')).at(-1)).toMatchObject({ payload: { reason: 'author' } });
    expect((await approve()).errors).toBeUndefined();
    expect(await verifyApproval(usher.played.of('approval.store')[0].jws, usher.controller.ring.trustedKeys(), { now: Date.now() })).toMatchObject({ required: 2, initiator: id });
    usher.plan = { ...usher.plan, request: { ...usher.plan.request, options: { ...usher.plan.request.options, approvalsRequired: 1 } } };
    expect((await approve({}, token)).errors).toBeUndefined();
  });

  it('is revoked by any superadmin without a password, with the reason kept', async () => {
    const { id, token } = await usher.superadmin({ provenMsAgo: 3_600_000 });
    expect((await usher.call('revokeMigrationApproval', { input: { id: usher.world.planId, approverId: id, reason: 'Ben asked to wait' } }, token)).errors).toBeUndefined();
    expect(usher.played.of('approval.revoke')).toMatchObject([{ planId: usher.world.planId, approverId: id, operatorId: id }]);
    expect((await usher.audit('approval.revoked')).at(-1)).toMatchObject({ payload: { reason: 'Ben asked to wait', approverId: id } });
  });
});

describe('a run', () => {
  it.each([
    ['pauseMigrationRun', 'pause', 'run.paused'],
    ['resumeMigrationRun', 'resume', 'run.resumed'],
    ['abortMigrationRun', 'abort', 'run.aborted'],
    ['retryMigrationRun', 'retry-failed', 'run.retried'],
    ['verifyMigrationRun', 'verify', 'run.verify_begun'],
  ])('%s orders it and is written down', async (operation, order, action) => {
    expect((await usher.call(operation)).data).toEqual({ [operation]: { runId: usher.world.runId } });
    expect(usher.played.of('run.control')).toMatchObject([{ runId: usher.world.runId, order }]);
    expect((await usher.audit(action)).at(-1)).toMatchObject({ server_id: usher.world.targetId, payload: { runId: usher.world.runId, peerServerId: usher.world.sourceId } });
  });

  it('is started once for two people at once', async () => {
    const answers = await Promise.all([usher.call('startMigrationRun'), usher.call('startMigrationRun')]);
    expect(answers.map(({ data }) => data)).toEqual(Array.from({ length: 2 }, () => ({ startMigrationRun: { runId: usher.world.runId } })));
    expect((await usher.audit('run.started')).at(-1)).toMatchObject({ server_id: usher.world.targetId });
  });

  it('is taken back by a plan of its own, the same for one key', async () => {
    const { token } = await usher.superadmin();
    const first = await usher.call('createMigrationRollback', undefined, token);
    const second = await usher.call('createMigrationRollback', undefined, token);
    expect(second.data).toEqual(first.data);
    usher.refuse('run.rollback', new AppError('ROLLBACK_WINDOW_CLOSED', 'It is too late.'));
    expect(codeOf(await usher.call('createMigrationRollback'))).toBe('ROLLBACK_WINDOW_CLOSED');
  });

  it('gives its report in parts', async () => {
    const query = 'query ($runId: ID!, $part: Int) { migrationReport(runId: $runId, part: $part) { part parts text jws } }';
    const { token } = await usher.superadmin();
    expect((await usher.ask(query, { runId: usher.world.runId }, token)).data).toEqual({ migrationReport: { part: 0, parts: 2, text: 'part 0', jws: 'a.b.c' } });
    expect((await usher.ask(query, { runId: usher.world.runId, part: 1 }, token)).data).toMatchObject({ migrationReport: { text: 'part 1' } });
  });
});

