import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError, uuidv7, type PlanView, type RunView } from '@usher/contracts';
import { verifyApproval } from '@usher/security';
import { ControllerHarness } from './controller-harness.js';
import { MIGRATION_BAD_INPUTS, MIGRATION_CHANGES, MIGRATION_DOCUMENTS, MIGRATION_GOOD, MIGRATION_PROVEN, type MigrationWorld } from './migration-bad-inputs.js';
import { HASH, makePlan, makeRequest, makeRows, makeRun, makeRunProgress, PlayedMigration } from './played-migration.js';

let harness: ControllerHarness;
let played: PlayedMigration;
let world: MigrationWorld;
let plan: PlanView;
let run: RunView;

const call = async (operation: string, variables: Record<string, unknown> = MIGRATION_GOOD[operation]!(world), token?: string) =>
  harness.gql(MIGRATION_DOCUMENTS[operation]!, variables, { token: token ?? (await harness.addOperator('superadmin')).token });
const codeOf = ({ errors }: Awaited<ReturnType<typeof call>>) => errors?.[0]?.extensions.code;
const auditOf = async (pattern: string) => (await harness.pool.query(`SELECT action, server_id, payload FROM audit_event WHERE action LIKE $1 ORDER BY seq`, [pattern])).rows as { action: string; server_id: string; payload: Record<string, unknown> }[];

/** As the service would: only what exists is answered. */
function answerWell(): void {
  const onPlan = (request: { planId: string }) => {
    if (request.planId === world.foreignId) throw new AppError('NOT_FOUND', 'There is no such plan.');
    return { ...plan, planId: request.planId };
  };
  const onRun = (request: { runId: string }) => {
    if (request.runId === world.foreignId) throw new AppError('NOT_FOUND', 'There is no such run.');
    return run;
  };
  for (const name of ['plan.create', 'plan.update', 'plan.check', 'plan.freeze', 'plan.discard', 'plan.read', 'plan.decide', 'approval.store', 'approval.revoke']) played.answers.set(name, onPlan);
  for (const name of ['run.control', 'run.accept', 'run.read']) played.answers.set(name, onRun);
  played.answers.set('run.start', (request) => (onPlan(request), run));
  played.answers.set('run.rollback', (request) => (onRun(request), { ...plan, planId: request.planId, kind: 'rollback', ofRun: world.runId }));
  played.answers.set('plan.list', () => ({ plans: [], next: null }));
  played.answers.set('plan.rows', (request) => (onPlan(request), { rows: makeRows(), next: 4, total: 14 }));
  played.answers.set('plan.decisions', (request) => (onPlan(request), { version: 3, rows: [], next: null }));
  played.answers.set('run.report', (request) => (onRun(request), { part: request.part, of: 2, text: `part ${request.part}`, jws: 'a.b.c' }));
}

beforeAll(async () => {
  harness = await ControllerHarness.start();
  await harness.addRoles();
  played = await PlayedMigration.start(harness.nats.url, harness.ring);
  world = { sourceId: uuidv7(), targetId: uuidv7(), planId: uuidv7(), runId: uuidv7(), foreignId: uuidv7() };
  await harness.pool.query('INSERT INTO idempotency (operator_id, key, op, request_sha256, result) SELECT id, $1, $2, $3, $4 FROM operator WHERE role = $5', ['taken', 'registerServer', Buffer.alloc(32), '{}', 'superadmin']);
  await harness.pool.query(
    `INSERT INTO migration_plan (id, source_server_id, target_server_id, request, initiator_id, initiator_name) VALUES ($1, $2, $3, '{}', $1, 'Lena')`,
    [world.planId, world.sourceId, world.targetId],
  );
  await harness.pool.query(`INSERT INTO migration_run (id, plan_id, target_server_id, started_by_id, started_by_name) VALUES ($1, $2, $3, $1, 'Sam')`, [world.runId, world.planId, world.targetId]);
});
afterAll(async () => {
  await played?.pause();
  await harness?.close();
});
beforeEach(() => {
  plan = makePlan(makeRequest(world.sourceId, world.targetId), { planId: world.planId });
  run = makeRun({ runId: world.runId, planId: world.planId });
  played.asked.length = 0;
  answerWell();
});

describe('bad input', () => {
  it.each(MIGRATION_BAD_INPUTS.map((row) => [`${row.operation}: ${row.given} (${row.mistake}) as ${row.as} is ${row.code}`, row] as const))('%s', async (_, row) => {
    const token = row.as === 'anonymous' ? null : row.code === 'IDEMPOTENCY_CONFLICT' ? harness.tokens.superadmin : (await harness.addOperator(row.as)).token;
    const answer = await harness.gql(MIGRATION_DOCUMENTS[row.operation]!, row.variables(world), { token });
    expect(answer.errors?.[0]?.extensions.code).toBe(row.code);
    expect(answer.errors![0]!.extensions.next).not.toBe('');
    expect(answer.errors![0]!.extensions.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    if (row.mistake !== 'foreign id') expect(played.asked.filter(({ name }) => name !== 'plan.read')).toEqual([]);
  });

  it('covers every operation', () => {
    const covered = new Set(MIGRATION_BAD_INPUTS.map((row) => row.operation));
    expect(Object.keys(MIGRATION_DOCUMENTS).filter((name) => !covered.has(name))).toEqual([]);
    expect(Object.keys(MIGRATION_GOOD)).toEqual(expect.arrayContaining(Object.keys(MIGRATION_DOCUMENTS)));
  });

  it.each(MIGRATION_CHANGES)('%s below role superadmin is written down', async (operation) => {
    const { id, token } = await harness.addOperator('operator');
    expect(codeOf(await call(operation, undefined, token))).toBe('FORBIDDEN');
    const { rows } = await harness.pool.query('SELECT action, payload FROM audit_event WHERE actor_id = $1', [id]);
    expect(rows).toEqual([{ action: expect.stringMatching(/_refused$/), payload: { role: 'operator' } }]);
  });

  it.each(MIGRATION_PROVEN)('%s asks for the password again', async (operation) => {
    const { token } = await harness.addOperator('superadmin', { provenMsAgo: 301_000 });
    expect(codeOf(await call(operation, undefined, token))).toBe('STEP_UP_REQUIRED');
    expect(played.asked).toEqual([]);
  });

  it.each(Object.keys(MIGRATION_DOCUMENTS))('%s without the service is MIGRATION_OFFLINE, with a next action', async (operation) => {
    await played.pause();
    try {
      const answer = await call(operation);
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'MIGRATION_OFFLINE', family: 'fleet', next: expect.stringContaining('Start the migration service') });
    } finally {
      await played.resume();
    }
  });
});

describe('a plan', () => {
  it('is created once for one key, also when the answer of the first try was lost', async () => {
    const { token } = await harness.addOperator('superadmin');
    const given = { input: { idempotencyKey: 'one', request: { sourceServerId: world.sourceId, targetServerId: world.targetId, users: [{ sourceVendorId: 'ana' }], options: { approvalsRequired: 2, minTier: null } } } };
    played.answers.set('plan.create', () => {
      throw new AppError('TIMED_OUT', 'The answer was lost.');
    });
    expect(codeOf(await call('createMigrationPlan', given, token))).toBe('TIMED_OUT');
    const [{ planId, request }] = played.of('plan.create');
    expect(request).toMatchObject({ users: [{ decision: 'suggest', targetVendorId: null, targetName: null }], fields: expect.arrayContaining(['policy', 'ratingTenths']), options: { approvalsRequired: 2, minTier: 'C', overwrite: 'additive' } });
    expect((await call('createMigrationPlan', given, token)).data).toEqual({ createMigrationPlan: { id: planId } });
    expect(played.of('plan.create')).toHaveLength(1);
    played.answers.set('plan.read', () => {
      throw new AppError('NOT_FOUND', 'It never came.');
    });
    answerWellTo('plan.create');
    expect((await call('createMigrationPlan', given, token)).data).toEqual({ createMigrationPlan: { id: planId } });
    expect(played.of('plan.create').map((asked) => asked.planId)).toEqual([planId, planId]);
  });

  it('is shown whole, with its run and what is lost in plain words', async () => {
    plan = { ...plan, state: 'checking', runId: world.runId };
    const query = `query ($id: ID!) { migrationPlan(id: $id) { state version planSha256 source { alias kind } initiator { name } users { targetVendorId targetName decision verdicts { field kind reason text instead rows } }
      counts { writes exact lossy skips { name count } tiers { name count } } estimate { watchedMs rate } findings { severity code } request { fields options { overwrite approvalsRequired } users { decision } }
      progress { step done } run { state rowsPerSecond steps { step state } verification { same notThere differs } users { u rows done failed } troubles { code rows users } } } }`;
    await harness.pool.query(
      `INSERT INTO migration_row (plan_id, n, op, u, tab, row, state, code) VALUES ($1, 1, 'watch-state.set', 0, 'change', '{}', 'done', NULL), ($1, 2, 'watch-state.set', 0, 'change', '{}', 'failed', 'SERVER_RATE_LIMITED'), ($1, 3, 'skip', 0, 'skip', '{}', NULL, NULL), ($1, 4, 'watch-state.set', 1, 'change', '{}', 'failed', 'SERVER_RATE_LIMITED')`,
      [world.planId],
    );
    played.tellPlan({ planId: world.planId, state: 'checking', step: 'matching', done: 5, total: 10, code: null, message: null, at: '2026-11-21T20:00:00.000Z' });
    const { token } = await harness.addOperator('superadmin');
    const client = await harness.socket({ token }).acknowledged();
    client.subscribe('1', 'subscription ($id: ID!) { planProgressChanged(id: $id) { step } }', { id: world.planId });
    await client.until(({ type }) => type === 'next');
    client.close();
    const { data, errors } = await harness.gql(query, { id: world.planId }, { token });
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
    const { token } = await harness.addOperator('superadmin');
    const { data, errors, text } = await harness.gql(query, { id: world.planId }, { token });
    expect(errors).toBeUndefined();
    expect(text).not.toContain('own');
    const { edges, pageInfo, totalCount } = data!['migrationPlanRows'];
    expect({ totalCount, hasNextPage: pageInfo.hasNextPage }).toEqual({ totalCount: 14, hasNextPage: true });
    expect(edges.map(({ node }: { node: unknown }) => node)).toMatchObject([
      { operation: 'USER_ENSURE', title: 'ana', tier: null, policy: [] },
      { operation: 'POLICY_APPLY', policy: [{ field: 'enabled', from: null, to: 'true' }, { field: 'libraries', from: null, to: 'l1, l2' }, { field: 'downloads', to: null }], losses: [{ reason: 'policy-differs' }] },
      { operation: 'WATCH_STATE_SET', title: 'Alien', tier: 'B', evidence: ['imdb', 'tmdb'], source: { playCount: 2 }, from: { played: false }, to: { lastPlayedAt: '2026-03-12T20:00:00.000Z' }, fields: ['PLAYED', 'PLAY_COUNT'], state: 'FAILED', now: { itemVendorId: 't1' }, verify: 'DIFFERS' },
      { operation: 'SKIP', skipReason: 'AMBIGUOUS', candidates: ['t8', 't9'], decisionId: 'item:ana:s2', decision: { decision: 'MAP', target: 't9' } },
      { operation: 'USER_REMOVE', title: 'ben' },
    ]);
    expect(played.of('plan.rows').at(-1)).toEqual({ planId: world.planId, tab: 'change', u: 0, states: ['failed'], search: 'ali', after: null, limit: 5 });
    await harness.gql(query, { id: world.planId, after: pageInfo.endCursor }, { token });
    expect(played.of('plan.rows').at(-1)).toMatchObject({ after: 4 });
  });

  it('is found in the list by its filter, page by page', async () => {
    const summary = (state: PlanView['state'], userNames: string[]) => {
      const { request: _r, users: _u, findings: _f, estimate: _e, approvals: _a, planSha256: _h, checkedAt: _c, frozenAt: _z, code: _o, message: _m, ...kept } = makePlan(makeRequest(world.sourceId, world.targetId), { state });
      return { ...kept, userNames, run: null };
    };
    const plans = [summary('draft', ['ana']), summary('frozen', ['ben']), summary('draft', ['jun'])];
    played.answers.set('plan.list', ({ after }) => (after === null ? { plans: plans.slice(0, 2), next: plans[1]!.planId } : { plans: plans.slice(2), next: null }));
    const query = 'query ($filter: MigrationFilter, $first: Int) { migrations(filter: $filter, first: $first) { edges { node { state userNames } } pageInfo { hasNextPage endCursor } } }';
    const list = async (variables: object) => (await harness.gql(query, variables as never, { token: (await harness.addOperator('superadmin')).token })).data!['migrations'];
    expect((await list({ filter: { states: ['DRAFT'] } })).edges).toEqual([{ node: { state: 'DRAFT', userNames: ['ana'] } }, { node: { state: 'DRAFT', userNames: ['jun'] } }]);
    expect(await list({ filter: { states: ['DRAFT'] }, first: 1 })).toMatchObject({ edges: [{ node: { userNames: ['ana'] } }], pageInfo: { hasNextPage: true } });
    expect((await list({ filter: { serverId: world.foreignId } })).edges).toEqual([]);
    expect((await list({ filter: { runStates: ['RUNNING'] } })).edges).toEqual([]);
  });

  it('passes on what the service refuses, with its details', async () => {
    played.answers.set('plan.freeze', () => {
      throw new AppError('PLAN_BLOCKED', 'Two blockers are open.', { blockers: ['AGENT_OFFLINE', 'SERVER_READ_ONLY'] });
    });
    const answer = await call('freezeMigrationPlan');
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_BLOCKED', details: { blockers: ['AGENT_OFFLINE', 'SERVER_READ_ONLY'] } });
    const rows = await auditOf('plan.freeze%');
    expect(rows.slice(-2)).toMatchObject([{ action: 'plan.freeze_ordered' }, { action: 'plan.freeze_failed', payload: { outcome: 'PLAN_BLOCKED' } }]);
  });

  it('takes decisions as a trial without a trace, and for good with one', async () => {
    const before = (await auditOf('decisions.%')).length;
    const given = (dryRun: boolean) => ({ input: { id: world.planId, version: 3, dryRun, decisions: [{ id: 'item:ana:s2', decision: 'MAP', target: 't9' }] } });
    await call('decideMigrationPlan', given(true));
    expect(await auditOf('decisions.%')).toHaveLength(before);
    await call('decideMigrationPlan', given(false));
    expect((await auditOf('decisions.%')).at(-1)).toMatchObject({ action: 'decisions.imported', server_id: world.targetId, payload: { peerServerId: world.sourceId, decisions: 1 } });
    expect(played.of('plan.decide')).toMatchObject([{ dryRun: true }, { dryRun: false, decisions: [{ id: 'item:ana:s2', decision: 'map', target: 't9', reason: null }] }]);
  });
});

function answerWellTo(name: string): void {
  played.answers.set(name, ({ planId }) => ({ ...plan, planId }));
}

describe('an approval', () => {
  const approve = (given: object = {}, token?: string) => call('approveMigrationPlan', { input: { id: world.planId, version: 3, hash: HASH, targetAlias: ' Attic ', ...given } }, token);

  it('is signed by the controller for exactly this plan, person and time', async () => {
    const { id, name, token } = await harness.addOperator('superadmin');
    expect((await approve({ minutes: 15, maxWrites: 7, hash: HASH.toUpperCase() }, token)).errors).toBeUndefined();
    const [{ planId, jws }] = played.of('approval.store');
    expect(planId).toBe(world.planId);
    const trusted = harness.ring.trustedKeys();
    const { sha256, ...claims } = await verifyApproval(jws, trusted, { now: Date.now() });
    expect(claims).toEqual({
      v: 1, planId: world.planId, planSha256: HASH, server: world.targetId, peer: world.sourceId, initiator: plan.initiator.operatorId, approver: id, approverName: name, required: 1,
      iat: claims.nbf, nbf: claims.nbf, exp: claims.nbf + 900, maxWrites: 7,
    });
    const rows = await auditOf('plan.approve%');
    expect(rows.at(-1)).toMatchObject({ action: 'plan.approved', server_id: world.targetId, payload: { peerServerId: world.sourceId, planSha256: HASH, maxWrites: 7, approvalSha256: sha256 } });
    await approve({}, token);
    const renewed = await verifyApproval(played.of('approval.store')[1].jws, trusted, { now: Date.now() });
    expect(renewed).toMatchObject({ maxWrites: 12, exp: renewed.nbf + 3_600 });
  });

  it.each(['draft', 'checked', 'stale', 'void'] as const)('of a plan that is %s is refused', async (state) => {
    plan = { ...plan, state, ...(state !== 'stale' && state !== 'void' && { planSha256: null }) };
    const answer = await approve();
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'PLAN_STALE', details: { reason: state === 'stale' || state === 'void' ? state : 'not-frozen' } });
    expect(played.of('approval.store')).toEqual([]);
  });

  it('of the author is refused where two people are asked, and allowed where one is', async () => {
    const { id, name, token } = await harness.addOperator('superadmin');
    const initiator = { operatorId: id, name };
    plan = { ...plan, initiator, request: { ...plan.request, options: { ...plan.request.options, approvalsRequired: 2 } } };
    expect((await approve({}, token)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'author' } });
    expect((await auditOf('plan.approve_refused')).at(-1)).toMatchObject({ payload: { reason: 'author' } });
    expect((await approve()).errors).toBeUndefined();
    expect(await verifyApproval(played.of('approval.store')[0].jws, harness.ring.trustedKeys(), { now: Date.now() })).toMatchObject({ required: 2, initiator: id });
    plan = { ...plan, request: { ...plan.request, options: { ...plan.request.options, approvalsRequired: 1 } } };
    expect((await approve({}, token)).errors).toBeUndefined();
  });

  it('is revoked by any superadmin without a password, with the reason kept', async () => {
    const { id, token } = await harness.addOperator('superadmin', { provenMsAgo: 3_600_000 });
    expect((await call('revokeMigrationApproval', { input: { id: world.planId, approverId: id, reason: 'Ben asked to wait' } }, token)).errors).toBeUndefined();
    expect(played.of('approval.revoke')).toMatchObject([{ planId: world.planId, approverId: id, operatorId: id }]);
    expect((await auditOf('approval.revoked')).at(-1)).toMatchObject({ payload: { reason: 'Ben asked to wait', approverId: id } });
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
    expect((await call(operation)).data).toEqual({ [operation]: { runId: world.runId } });
    expect(played.of('run.control')).toMatchObject([{ runId: world.runId, order }]);
    expect((await auditOf(action)).at(-1)).toMatchObject({ server_id: world.targetId, payload: { runId: world.runId, peerServerId: world.sourceId } });
  });

  it('is started once for two people at once', async () => {
    const answers = await Promise.all([call('startMigrationRun'), call('startMigrationRun')]);
    expect(answers.map(({ data }) => data)).toEqual(Array.from({ length: 2 }, () => ({ startMigrationRun: { runId: world.runId } })));
    expect((await auditOf('run.started')).at(-1)).toMatchObject({ server_id: world.targetId });
  });

  it('is taken back by a plan of its own, the same for one key', async () => {
    const { token } = await harness.addOperator('superadmin');
    const first = await call('createMigrationRollback', undefined, token);
    const second = await call('createMigrationRollback', undefined, token);
    expect(second.data).toEqual(first.data);
    played.answers.set('run.rollback', () => {
      throw new AppError('ROLLBACK_WINDOW_CLOSED', 'It is too late.');
    });
    expect(codeOf(await call('createMigrationRollback'))).toBe('ROLLBACK_WINDOW_CLOSED');
  });

  it('gives its report in parts', async () => {
    const query = 'query ($runId: ID!, $part: Int) { migrationReport(runId: $runId, part: $part) { part parts text jws } }';
    const { token } = await harness.addOperator('superadmin');
    expect((await harness.gql(query, { runId: world.runId }, { token })).data).toEqual({ migrationReport: { part: 0, parts: 2, text: 'part 0', jws: 'a.b.c' } });
    expect((await harness.gql(query, { runId: world.runId, part: 1 }, { token })).data).toMatchObject({ migrationReport: { text: 'part 1' } });
  });
});

describe('what is live', () => {
  const RUN = 'subscription ($id: ID!) { runProgressChanged(id: $id) { state counts { done } throttle at } }';
  const at = (second: number) => `2026-11-21T21:00:0${second}.000Z`;

  it('tells the newest first, then each change of this run only, and nothing that was overtaken', async () => {
    const runId = uuidv7();
    const { token } = await harness.addOperator('superadmin');
    const client = await harness.socket({ token }).acknowledged();
    client.subscribe('1', RUN, { id: runId });
    client.subscribe('other', RUN, { id: uuidv7() });
    played.tellRun(makeRunProgress({ runId, at: at(1) }));
    await client.until(({ type, payload }) => type === 'next' && payload.data.runProgressChanged.at === at(1));
    played.tellRun(makeRunProgress({ runId, at: at(0), state: 'queued' }));
    played.tellRun(makeRunProgress({ runId, at: at(2), state: 'paused', throttle: 'quiet-wait' }));
    const last = await client.until(({ type, payload }) => type === 'next' && payload.data.runProgressChanged.at === at(2));
    expect(last.payload.data.runProgressChanged).toMatchObject({ state: 'PAUSED', throttle: 'QUIET_WAIT', counts: { done: 8 } });
    expect(client.messages.filter(({ type }) => type === 'next').map(({ id, payload }) => [id, payload.data.runProgressChanged.at])).toEqual([['1', at(1)], ['1', at(2)]]);
    client.close();
    const late = await harness.socket({ token }).acknowledged();
    late.subscribe('1', RUN, { id: runId });
    expect((await late.until(({ type }) => type === 'next')).payload.data.runProgressChanged.at).toBe(at(2));
    late.close();
  });

  it.each([
    ['viewer', 'FORBIDDEN', uuidv7()],
    ['operator', 'FORBIDDEN', uuidv7()],
    ['superadmin', 'VALIDATION_FAILED', 'attic'],
  ] as const)('is refused over WebSocket as over HTTP: %s is %s', async (role, code, id) => {
    const client = await harness.socket({ token: (await harness.addOperator(role)).token }).acknowledged();
    for (const field of ['planProgressChanged', 'runProgressChanged']) {
      client.subscribe(field, `subscription ($id: ID!) { ${field}(id: $id) { at } }`, { id });
      const { payload } = await client.until((message) => message.id === field && (message.type === 'error' || (message.type === 'next' && message.payload.errors)));
      const [error] = Array.isArray(payload) ? payload : payload.errors;
      expect(error.extensions).toMatchObject({ code, next: expect.any(String), correlationId: expect.any(String) });
    }
    client.close();
  });
});
