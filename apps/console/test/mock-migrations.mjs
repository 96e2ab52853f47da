// Migrations of the mock: one plan in the state that a scene asks for, with as many users and rows as it asks for.
import { makeRows, verdictsOf } from './mock-rows.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const iso = (ms) => new Date(ms).toISOString();
export const PLAN_ID = '0193a2c4-5555-7000-8000-00009d5c20e1';
const UNDO_ID = '0193a2c4-5555-7000-8000-00007c1d44b0';
const RUN_ID = '0193a2c4-5555-7000-8000-0000a1f30c22';
const HASH = '7f3a91d0ac214e08b6f35d1792ac0be841f6c3d96a0fe8741b2c93d570ae48c1';
const NAMES = ['ana', 'ben', 'jun', 'tomas', 'klara', 'ida', 'mia', 'nils', 'kofi', 'sana', 'rui'];
const PEOPLE = { ana: 'Ana Martin', ben: 'Ben Okafor', jun: 'Jun Mori', ida: 'Ida Holm', rui: 'Rui Costa' };
const ON_TARGET = { ana: 'ana_m', ben: 'ben.okafor', jun: 'jun.mori', tomas: 'tomas' };
const STATES = { draft: 'DRAFT', checking: 'CHECKING', checked: 'CHECKED', frozen: 'FROZEN', stale: 'STALE', offline: 'DRAFT' };

const userName = (index) => NAMES[index] ?? `viewer-${index + 1}`;

/** Accounts of one of the two servers; who is linked is one person on both. */
export function makeAccounts(serverId, side, nowMs) {
  const person = (name) => (PEOPLE[name] ? { id: `0193a2c4-7777-7000-8000-${String(NAMES.indexOf(name)).padStart(12, '0')}`, displayName: PEOPLE[name], email: `${name}@example.org`, isEmailVerified: name !== 'jun', evidence: 'operator', linkedAt: iso(nowMs - 90 * DAY) } : null);
  const account = (name, index, vendorId, identity) => ({ serverId, vendorId, name, email: side === 'source' && index % 5 === 3 ? `${name}@example.org` : null, enabled: index !== 9, isAdministrator: false, lastSeenAt: index === 10 ? iso(nowMs - 120 * DAY) : iso(nowMs - index * 7 * MINUTE), identity });
  if (side === 'source') return Array.from({ length: 50 }, (_, index) => account(userName(index), index, `s${index}`, person(userName(index))));
  const known = Object.entries(ON_TARGET).map(([name, theirs], index) => account(theirs, index, `t${index}`, person(name)));
  return [...known, ...['t.reyes', 'mia', 'hana', 'leo', 'yuki', 'eva', 'nora', 'otto', 'lea'].map((name, index) => account(name, index + 4, `t${index + 4}`, null))];
}

const planUser = (name, index) => {
  const theirs = ON_TARGET[name];
  return { identityId: null, decision: theirs ? 'MAP' : 'CREATE', evidence: theirs ? { ana: 'identity', ben: 'email', jun: 'identity' }[name] ?? 'name' : 'none', sources: [{ vendorId: `s${index}`, name }], targetVendorId: theirs ? `t${index}` : null, targetName: theirs ?? name, verdicts: verdictsOf(index) };
};

const FINDINGS = [
  { id: 'f1', severity: 'WARNING', code: 'LIBRARY_NOT_MAPPED', message: 'Music has no counterpart on Attic; its titles stay behind.', next: 'Map the library if its titles are to be carried.', user: null },
  { id: 'f2', severity: 'WARNING', code: 'DECISION_WANTED', message: '12 rows want a decision.', next: 'Look at the conflicts and decide about them, or leave them out.', user: null },
  { id: 'f3', severity: 'INFO', code: 'TITLES_MISSING', message: '38 watched titles are not on Attic.', next: 'Add the titles at the target and check again, or leave them out.', user: null },
];
const BLOCKER = { id: 'f0', severity: 'BLOCKER', code: 'NAME_ONLY', message: 'tomas and tomas of the target have nothing in common but the name.', next: 'Accept the account, choose another one, or skip this user.', user: 's3' };

/** Rows per second of the last minutes: a start, people who come to watch. */
const PACE = [40, 150, 192, 210, 204, 216, 208, 220, 205, 212, 201, 214, 207, 218, 203, 211, 70, 61, 66, 58, 63, 60, 65, 62];

const approval = (operatorId, name, minutes, sha256, nowMs, change = {}) => ({ operatorId, name, notBefore: iso(nowMs - 5 * MINUTE), expiresAt: iso(nowMs + minutes * MINUTE), maxWrites: 1_986, revokedAt: null, sha256, ...change });
const NOOR = (nowMs) => approval('op-2', 'Noor Haddad', 236, 'b41c77e092ad5f18'.padEnd(64, '0'), nowMs);
const SAM = (nowMs) => approval('op-1', 'Sam Moreau', 59, '2e9a04d7716be5c3'.padEnd(64, '1'), nowMs);

function makeRun(scene, users, rows, nowMs) {
  const over = scene === 'done' || scene === 'awaiting';
  const share = over ? 1 : 0.718;
  const done = Math.floor(rows * share) - 3;
  const bad = over ? 2 : 3;
  const each = Math.floor(rows / Math.max(1, users.length));
  const state = { running: 'RUNNING', paused: 'PAUSED', awaiting: 'AWAITING_DECISION', done: 'DONE' }[scene];
  return {
    runId: RUN_ID,
    planId: PLAN_ID,
    kind: 'USERS',
    state,
    step: over ? 'VERIFY' : 'COPY_WATCH_STATES',
    counts: { rows, new: over ? 0 : rows - done - bad - 41, intent: 0, done: over ? 0 : done, verified: over ? rows - bad - 41 : 0, skipped: 41, conflict: over ? 2 : 1, failed: over ? 0 : 2 },
    rowsPerSecond: state === 'RUNNING' ? 62 : null,
    remainingMs: state === 'RUNNING' ? 59_000 : null,
    throttle: state === 'RUNNING' ? 'VIEWERS' : 'NONE',
    code: state === 'PAUSED' ? 'APPROVAL_EXPIRED' : null,
    message: state === 'PAUSED' ? 'The approval ended; nothing is written any more.' : null,
    at: iso(nowMs),
    startedAt: iso(nowMs - 4 * MINUTE),
    endedAt: over ? iso(nowMs - 20_000) : null,
    startedBy: { operatorId: 'op-1', name: 'Sam Moreau' },
    requests: 2_154,
    steps: [{ step: 'ensure-user', rows: 3, done: 3, state: 'DONE' }, { step: 'apply-policy', rows: users.length, done: users.length, state: 'DONE' }, { step: 'copy-watch-states', rows, done, state: over ? 'DONE' : 'RUNNING' }, { step: 'verify', rows: over ? rows : 0, done: over ? rows : 0, state: over ? 'DONE' : 'WAITING' }],
    users: users.map((_, u) => ({ u, rows: each, done: over || u < 3 ? each - 5 - Number(!over && u === 1) : u === 3 ? Math.floor(each * 0.7) : 0, skipped: over || u < 3 ? 5 : 0, conflict: u === 3 && !over ? 1 : 0, failed: !over && u === 1 ? 1 : 0 })),
    troubles: [...(over ? [] : [{ code: 'SERVER_RATE_LIMITED', state: 'FAILED', rows: 2, users: [1, 3] }]), { code: 'TARGET_CHANGED', state: 'CONFLICT', rows: over ? 2 : 1, users: [3] }],
    verification: over ? { at: iso(nowMs - 30_000), same: rows - 2, differs: 1, notThere: 1, unreadable: 0, acceptedAt: scene === 'done' ? iso(nowMs - 10_000) : null, acceptedReason: scene === 'done' ? 'Tomas watched it meanwhile.' : null } : null,
    hasReport: over,
    rollbackPlanId: null,
    rollbackUntil: over ? iso(nowMs + 30 * DAY) : null,
  };
}

function makePlan(scene, options, servers, nowMs) {
  const [source, target] = servers;
  const users = Array.from({ length: options.people ?? 7 }, (_, index) => planUser(userName(index), index));
  const checked = !['draft', 'checking', 'offline'].includes(scene);
  const signed = ['approved', 'running', 'paused', 'awaiting', 'done'].includes(scene);
  const frozen = scene === 'frozen' || signed;
  const view = ({ id, alias, kind, version }) => ({ serverId: id, alias, kind, version });
  const rows = checked ? makeRows(users, options.rows ?? 2_000, signed && ['awaiting', 'done'].includes(scene)) : [];
  const count = (fits) => rows.filter(fits).length;
  const writes = count(({ operation }) => operation !== 'SKIP');
  return {
    rows,
    plan: {
      id: PLAN_ID,
      version: 3,
      kind: 'USERS',
      ofRunId: null,
      state: STATES[scene] ?? 'APPROVED',
      source: view(source),
      target: view(target),
      initiator: { operatorId: 'op-3', name: 'Lena Fuchs' },
      createdAt: iso(nowMs - 40 * MINUTE),
      checkedAt: checked ? iso(nowMs - 12 * MINUTE) : null,
      frozenAt: frozen ? iso(nowMs - 9 * MINUTE) : null,
      planSha256: frozen ? HASH : null,
      code: scene === 'stale' ? 'PLAN_STALE' : null,
      message: scene === 'stale' ? 'The libraries of Attic were changed since the plan was checked.' : null,
      progress: scene === 'checking' ? { planId: PLAN_ID, state: 'CHECKING', step: 'STATES', done: 3, total: 7, code: null, message: null, at: iso(nowMs) } : null,
      request: {
        sourceServerId: source.id,
        targetServerId: target.id,
        users: users.map(({ sources: [{ vendorId }] }) => ({ sourceVendorId: vendorId, decision: 'SUGGEST', targetVendorId: null, targetName: null })),
        fields: ['POLICY', 'PLAYED', 'PLAY_COUNT', 'LAST_PLAYED_AT', 'POSITION_MS', 'FAVORITE', 'RATING_TENTHS'],
        libraries: [{ source: 'lib-2', target: null }],
        paths: [{ from: '/mnt/media/movies', to: '/data/movies' }],
        options: { overwrite: 'ADDITIVE', playCounts: 'MAX', minTier: 'C', maxConnections: 8, driftLimitPercent: 5, approvalsRequired: options.signatures ?? 2 },
      },
      users: checked ? users : [],
      findings: checked ? [...(scene === 'checked' && users.length > 3 && !options.settled ? [BLOCKER] : []), ...FINDINGS] : [],
      counts: { rows: rows.length, writes, exact: writes - 66, lossy: 66, impossible: 54, decisions: 12, skips: [{ name: 'not-on-target', count: 38 }, { name: 'contradiction', count: 3 }, { name: 'already-there', count: 412 }], tiers: [{ name: 'A', count: 9_102 }, { name: 'B', count: 487 }] },
      estimate: checked ? { requests: 2_154, quietMs: 6 * MINUTE, watchedMs: 9 * MINUTE, rate: 'MEASURED' } : null,
      approvals: scene === 'paused' ? [{ ...SAM(nowMs), expiresAt: iso(nowMs - MINUTE) }] : signed ? [NOOR(nowMs), SAM(nowMs)] : scene === 'frozen' ? [NOOR(nowMs)] : [],
      runId: null,
      run: null,
    },
  };
}

const summaryOf = ({ users, ...plan }) => ({ ...plan, userNames: users.map(({ targetName }) => targetName) });

/** Resolvers of migrations. `tools` are the mock's own. */
export function makeMigrations(state, options, { refuse, channel }) {
  const nowMs = Date.now();
  const scene = options.migration ?? 'done';
  const { servers } = state.fleet;
  const byAlias = (alias, place) => servers.find((server) => server.alias === alias) ?? servers[place];
  const pair = [byAlias('Basement', 1), byAlias('Attic', 0)];
  const has = pair.every(Boolean) && !options.empty;
  const made = has ? makePlan(scene, options, pair, nowMs) : null;
  if (made && ['running', 'paused', 'awaiting', 'done'].includes(scene)) {
    made.plan.run = makeRun(scene, made.plan.users, made.plan.counts.writes, nowMs);
    made.plan.runId = RUN_ID;
  }
  const planListeners = new Set();
  const runListeners = new Set();
  const guard = () => {
    if (!state.viewer || state.viewer.role !== 'SUPERADMIN') throw refuse('FORBIDDEN', 'Migrations are for superadmins.', 'Ask a superadmin for it.');
    if (options.migration === 'offline') throw refuse('MIGRATION_OFFLINE', 'No migration service is running.', 'Start the migration service; plans and runs are kept.');
  };
  const proof = () => {
    if (!state.proven) throw refuse('STEP_UP_REQUIRED', 'This needs your password again.', 'Enter your password again, then repeat within five minutes.');
  };
  const renew = (change) => {
    Object.assign(made.plan, { version: made.plan.version + 1, planSha256: null, frozenAt: null, approvals: [] }, change);
    return made.plan;
  };
  const ordered = (change) => () => {
    guard();
    made.plan.run = { ...made.plan.run, at: iso(Date.now()), ...change };
    return made.plan.run;
  };
  const subscribe = (listeners, name, first) => () => {
    const own = channel(first().map((value) => ({ [name]: value })));
    listeners.add({ push: (value) => own.push({ [name]: value }) });
    return own.read();
  };
  const tabOf = ({ operation, tab, losses }, wanted) => wanted === tab || (wanted === 'LOSS' && losses.length > 0 && operation !== 'SKIP');
  const startedRun = () => {
    made.plan.run = made.plan.run ?? { ...makeRun('running', made.plan.users, made.plan.counts.writes, nowMs) };
    made.plan.runId = RUN_ID;
    return made.plan.run;
  };
  return {
    ...(options.migration && has && { users: ({ serverId }) => makeAccounts(serverId, serverId === pair[0].id ? 'source' : 'target', nowMs) }),
    stepUp: () => {
      state.proven = true;
      return iso(Date.now() + 5 * MINUTE);
    },
    migrations: () => {
      guard();
      const list = made && options.migration ? [made.plan, { ...made.plan, id: UNDO_ID, state: 'DRAFT', run: null, users: [], counts: { ...made.plan.counts, writes: 0 } }] : [];
      return { edges: list.map((plan) => ({ cursor: plan.id, node: summaryOf(plan) })), pageInfo: { hasNextPage: false, endCursor: null } };
    },
    migrationPlan: () => {
      guard();
      return made.plan;
    },
    migrationRun: () => made.plan.run,
    migrationPlanRows: ({ tab, user, states, search, first, after }) => {
      guard();
      const from = after ? Number(after) : 0;
      const needle = search?.toLowerCase() ?? '';
      const rows = made.rows.filter((row) => (!tab || tabOf(row, tab)) && (user == null || row.u === user) && (!states?.length || states.includes(row.state)) && (row.title ?? '').toLowerCase().includes(needle));
      const page = rows.slice(from, from + first);
      return { totalCount: rows.length, pageInfo: { hasNextPage: from + first < rows.length, endCursor: String(from + first) }, edges: page.map((node) => ({ cursor: String(node.n), node })) };
    },
    migrationDecisions: () => ({ version: made.plan.version, pageInfo: { hasNextPage: false, endCursor: null }, rows: made.rows.filter(({ tab }) => tab === 'CONFLICT').map((row) => ({ id: row.decisionId, kind: 'ITEM', severity: 'WARNING', sourceRef: row.itemVendorId, sourceName: row.title, targetRef: '', targetName: '', field: '', sourceValue: '', targetValue: '', plannedValue: '', tier: row.tier ?? '', evidence: row.evidence.join(', '), recommended: 'skip', decision: '', decisionTarget: '', reason: '' })) }),
    migrationReport: ({ part }) => ({ runId: RUN_ID, part, parts: 2, text: part === 0 ? '{"v":1,' : '"rows":[]}', jws: 'aa.bb.cc' }),
    createMigrationPlan: ({ input: { request } }) => {
      guard();
      const fresh = makePlan('draft', { ...options, people: request.users.length }, pair, nowMs);
      Object.assign(made.plan, fresh.plan, { request: { ...fresh.plan.request, users: request.users.map((user) => ({ decision: 'SUGGEST', targetVendorId: null, targetName: null, ...user })) } });
      return made.plan;
    },
    updateMigrationPlan: ({ input: { request, version } }) => {
      if (version !== made.plan.version) throw refuse('PLAN_STALE', 'The plan was changed meanwhile; look at its new version.', 'Read it again.');
      return renew({ state: 'DRAFT', request: { ...made.plan.request, ...request } });
    },
    checkMigrationPlan: () => {
      guard();
      made.plan.state = 'CHECKING';
      made.plan.checkedAt = null;
      const begun = { ...made.plan };
      const next = makePlan('checked', { ...options, people: made.plan.request.users.length, settled: true }, pair, nowMs);
      made.rows = next.rows;
      Object.assign(made.plan, { state: 'CHECKED', checkedAt: iso(Date.now()), code: null, message: null, users: next.plan.users, findings: next.plan.findings, counts: next.plan.counts, estimate: next.plan.estimate });
      const told = { planId: PLAN_ID, state: 'CHECKED', step: null, done: 0, total: null, code: null, message: null, at: iso(Date.now() + 1_000) };
      setTimeout(() => planListeners.forEach((listener) => listener.push(told)), 20);
      return begun;
    },
    decideMigrationPlan: ({ input: { decisions, dryRun } }) => {
      const bad = decisions.filter(({ id }) => !made.rows.some(({ decisionId }) => decisionId === id));
      if (bad.length > 0) throw refuse('DECISION_INVALID', `${bad.length} decisions cannot be made; nothing was changed.`, 'Correct the named decisions, then import the file again; nothing was changed.', { ids: bad.map(({ id }) => id), reasons: bad.map(() => 'is not known') });
      return dryRun ? made.plan : renew({ state: 'DRAFT' });
    },
    freezeMigrationPlan: () => Object.assign(made.plan, { state: 'FROZEN', planSha256: HASH, frozenAt: iso(Date.now()) }),
    discardMigrationPlan: () => Object.assign(made.plan, { state: 'VOID' }),
    approveMigrationPlan: ({ input }) => {
      proof();
      if (input.hash !== HASH) throw refuse('PLAN_STALE', 'This is not the plan that you saw: it changed since.', 'Read it again.');
      made.plan.approvals = [...made.plan.approvals, { ...SAM(Date.now()), maxWrites: input.maxWrites }];
      if (made.plan.approvals.length >= made.plan.request.options.approvalsRequired) made.plan.state = 'APPROVED';
      return made.plan;
    },
    revokeMigrationApproval: ({ input }) => Object.assign(made.plan, { state: 'FROZEN', approvals: made.plan.approvals.map((row) => (row.operatorId === input.approverId ? { ...row, revokedAt: iso(Date.now()) } : row)) }),
    startMigrationRun: () => {
      proof();
      return startedRun();
    },
    pauseMigrationRun: ordered({ state: 'PAUSED', rowsPerSecond: null, remainingMs: null }),
    resumeMigrationRun: ordered({ state: 'RUNNING', code: null, message: null }),
    abortMigrationRun: ordered({ state: 'ABORTED', endedAt: iso(nowMs) }),
    retryMigrationRun: ordered({ state: 'RUNNING' }),
    verifyMigrationRun: ordered({ state: 'VERIFYING' }),
    acceptMigrationExceptions: ({ input }) => ordered({ state: 'DONE', verification: { ...made.plan.run.verification, acceptedAt: iso(Date.now()), acceptedReason: input.reason } })(),
    createMigrationRollback: () => {
      proof();
      return Object.assign(made.plan, { id: UNDO_ID, kind: 'ROLLBACK', ofRunId: RUN_ID, state: 'FROZEN', approvals: [], run: null, runId: null });
    },
    planProgressChanged: subscribe(planListeners, 'planProgressChanged', () => (made?.plan.progress ? [made.plan.progress] : [])),
    runProgressChanged: subscribe(runListeners, 'runProgressChanged', () => (scene === 'running' && made?.plan.run ? PACE.map((rowsPerSecond, index) => ({ ...made.plan.run, rowsPerSecond, throttle: rowsPerSecond < 100 ? 'VIEWERS' : 'NONE', at: iso(nowMs - (PACE.length - 1 - index) * 4_000) })) : [])),
    tellRun: (change) => runListeners.forEach((listener) => listener.push({ ...made.plan.run, ...change })),
  };
}
