import type { ErrorCode } from '@usher/contracts';
import type { Mistake } from './bad-inputs.js';
import { HASH } from './played-migration.js';

export interface MigrationWorld {
  readonly sourceId: string;
  readonly targetId: string;
  /** A frozen plan and its run. */
  readonly planId: string;
  readonly runId: string;
  /** An id of nothing. */
  readonly foreignId: string;
}

export interface MigrationBadInput {
  readonly operation: string;
  readonly mistake: Mistake;
  /** In words, for the page that lists them. */
  readonly given: string;
  readonly variables: (world: MigrationWorld) => Record<string, unknown>;
  readonly as: 'anonymous' | 'viewer' | 'operator' | 'superadmin';
  readonly code: ErrorCode;
}

type Variables = MigrationBadInput['variables'];

/** How each operation is called; the variables come from the row. */
export const MIGRATION_DOCUMENTS: Readonly<Record<string, string>> = {
  migrations: 'query ($filter: MigrationFilter, $first: Int, $after: String) { migrations(filter: $filter, first: $first, after: $after) { pageInfo { hasNextPage } } }',
  migrationPlan: 'query ($id: ID!) { migrationPlan(id: $id) { id } }',
  migrationPlanRows:
    'query ($id: ID!, $tab: MigrationTab, $user: Int, $states: [MigrationRowState!], $search: String, $first: Int, $after: String) { migrationPlanRows(id: $id, tab: $tab, user: $user, states: $states, search: $search, first: $first, after: $after) { totalCount } }',
  migrationDecisions: 'query ($id: ID!, $after: String) { migrationDecisions(id: $id, after: $after) { version } }',
  migrationRun: 'query ($id: ID!) { migrationRun(id: $id) { runId } }',
  migrationReport: 'query ($runId: ID!, $part: Int) { migrationReport(runId: $runId, part: $part) { text } }',
  createMigrationPlan: 'mutation ($input: CreateMigrationPlanInput!) { createMigrationPlan(input: $input) { id } }',
  updateMigrationPlan: 'mutation ($input: UpdateMigrationPlanInput!) { updateMigrationPlan(input: $input) { id } }',
  checkMigrationPlan: 'mutation ($id: ID!) { checkMigrationPlan(id: $id) { id } }',
  freezeMigrationPlan: 'mutation ($input: FreezeMigrationPlanInput!) { freezeMigrationPlan(input: $input) { id } }',
  discardMigrationPlan: 'mutation ($id: ID!) { discardMigrationPlan(id: $id) { id } }',
  decideMigrationPlan: 'mutation ($input: DecideMigrationPlanInput!) { decideMigrationPlan(input: $input) { id } }',
  approveMigrationPlan: 'mutation ($input: ApproveMigrationPlanInput!) { approveMigrationPlan(input: $input) { id } }',
  revokeMigrationApproval: 'mutation ($input: RevokeMigrationApprovalInput!) { revokeMigrationApproval(input: $input) { id } }',
  startMigrationRun: 'mutation ($planId: ID!) { startMigrationRun(planId: $planId) { runId } }',
  pauseMigrationRun: 'mutation ($id: ID!) { pauseMigrationRun(id: $id) { runId } }',
  resumeMigrationRun: 'mutation ($id: ID!) { resumeMigrationRun(id: $id) { runId } }',
  abortMigrationRun: 'mutation ($id: ID!) { abortMigrationRun(id: $id) { runId } }',
  retryMigrationRun: 'mutation ($id: ID!) { retryMigrationRun(id: $id) { runId } }',
  verifyMigrationRun: 'mutation ($id: ID!) { verifyMigrationRun(id: $id) { runId } }',
  acceptMigrationExceptions: 'mutation ($input: AcceptMigrationExceptionsInput!) { acceptMigrationExceptions(input: $input) { runId } }',
  createMigrationRollback: 'mutation ($input: CreateMigrationRollbackInput!) { createMigrationRollback(input: $input) { id } }',
};

/** What changes something: a refusal is written down. */
export const MIGRATION_CHANGES = Object.keys(MIGRATION_DOCUMENTS).filter((name) => MIGRATION_DOCUMENTS[name]!.startsWith('mutation'));
/** What needs the password again. */
export const MIGRATION_PROVEN = ['approveMigrationPlan', 'startMigrationRun', 'createMigrationRollback'];
const CONTROLS = ['pauseMigrationRun', 'resumeMigrationRun', 'abortMigrationRun', 'retryMigrationRun', 'verifyMigrationRun'];

const request = ({ sourceId, targetId }: MigrationWorld, given: object = {}) => ({ sourceServerId: sourceId, targetServerId: targetId, users: [{ sourceVendorId: 'ana' }], ...given });
const toCreate = (world: MigrationWorld, given: object = {}, key: unknown = 'k') => ({ input: { idempotencyKey: key, request: request(world, given) } });
const toUpdate = (world: MigrationWorld, given: object = {}) => ({ input: { id: world.planId, version: 3, request: request(world, given) } });
const toDecide = (world: MigrationWorld, given: object = {}) => ({ input: { id: world.planId, version: 3, decisions: [{ id: 'item:ana:s2', decision: 'SKIP' }], ...given } });
const toApprove = (world: MigrationWorld, given: object = {}) => ({ input: { id: world.planId, version: 3, hash: HASH, targetAlias: 'Attic', ...given } });

export const MIGRATION_GOOD: Readonly<Record<string, Variables>> = {
  migrations: () => ({ first: 10 }),
  migrationPlan: ({ planId }) => ({ id: planId }),
  migrationPlanRows: ({ planId }) => ({ id: planId, tab: 'CHANGE' }),
  migrationDecisions: ({ planId }) => ({ id: planId }),
  migrationRun: ({ runId }) => ({ id: runId }),
  migrationReport: ({ runId }) => ({ runId }),
  createMigrationPlan: toCreate,
  updateMigrationPlan: toUpdate,
  checkMigrationPlan: ({ planId }) => ({ id: planId }),
  freezeMigrationPlan: ({ planId }) => ({ input: { id: planId, version: 3 } }),
  discardMigrationPlan: ({ planId }) => ({ id: planId }),
  decideMigrationPlan: toDecide,
  approveMigrationPlan: toApprove,
  revokeMigrationApproval: ({ planId }) => ({ input: { id: planId } }),
  startMigrationRun: ({ planId }) => ({ planId }),
  ...Object.fromEntries(CONTROLS.map((name): [string, Variables] => [name, ({ runId }) => ({ id: runId })])),
  acceptMigrationExceptions: ({ runId }) => ({ input: { runId, reason: 'looked at each of them' } }),
  createMigrationRollback: ({ runId }) => ({ input: { idempotencyKey: 'r', runId } }),
};

type Case = readonly [mistake: Mistake, given: string, variables: Variables, code: ErrorCode];

function rows(operation: string, cases: readonly Case[], as: MigrationBadInput['as'] = 'superadmin'): MigrationBadInput[] {
  return cases.map(([mistake, given, variables, code]) => ({ operation, mistake, given, variables, as, code }));
}

const wrongRoles = Object.entries(MIGRATION_GOOD).flatMap(([operation, variables]) => [
  ...rows(operation, [['wrong role', 'nobody signed in', variables, 'UNAUTHENTICATED']], 'anonymous'),
  ...rows(operation, [['wrong role', 'role viewer', variables, 'FORBIDDEN']], 'viewer'),
  ...rows(operation, [['wrong role', 'role operator', variables, 'FORBIDDEN']], 'operator'),
]);

/** `name` is where the id stands, inside or outside of `input`. */
function onId(operation: string, make: (id: unknown, world: MigrationWorld) => Record<string, unknown>): MigrationBadInput[] {
  return rows(operation, [
    ['missing', 'no id', (world) => make(undefined, world), 'VALIDATION_FAILED'],
    ['malformed', 'an id that is none', (world) => make("1' OR 1=1", world), 'VALIDATION_FAILED'],
    ['wrong type', 'a list as id', (world) => make(['a', 'b'], world), 'VALIDATION_FAILED'],
    ['foreign id', 'an id of nothing', (world) => make(world.foreignId, world), 'NOT_FOUND'],
  ]);
}

/** What both ways to write a plan refuse. */
function onRequest(operation: string, make: (world: MigrationWorld, given?: object) => Record<string, unknown>): MigrationBadInput[] {
  const many = (count: number, value: (index: number) => unknown) => Array.from({ length: count }, (_, index) => value(index));
  return rows(operation, [
    ['missing', 'no users', (world) => make(world, { users: [] }), 'VALIDATION_FAILED'],
    ['missing', 'no source', (world) => make(world, { sourceServerId: undefined }), 'VALIDATION_FAILED'],
    ['malformed', 'a source that is no id', (world) => make(world, { sourceServerId: 'basement' }), 'VALIDATION_FAILED'],
    ['malformed', 'source and target the same', (world) => make(world, { targetServerId: world.sourceId }), 'VALIDATION_FAILED'],
    ['oversized', '51 users', (world) => make(world, { users: many(51, (index) => ({ sourceVendorId: `u${index}` })) }), 'VALIDATION_FAILED'],
    ['repeated', 'a user listed twice', (world) => make(world, { users: [{ sourceVendorId: 'ana' }, { sourceVendorId: 'ana', decision: 'SKIP' }] }), 'VALIDATION_FAILED'],
    ['missing', 'MAP without an account', (world) => make(world, { users: [{ sourceVendorId: 'ana', decision: 'MAP' }] }), 'VALIDATION_FAILED'],
    ['malformed', 'CREATE with an account', (world) => make(world, { users: [{ sourceVendorId: 'ana', decision: 'CREATE', targetVendorId: 't1' }] }), 'VALIDATION_FAILED'],
    ['malformed', 'two users onto one account without MERGE', (world) => make(world, { users: ['ana', 'ben'].map((sourceVendorId) => ({ sourceVendorId, decision: 'MAP', targetVendorId: 't1' })) }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown decision', (world) => make(world, { users: [{ sourceVendorId: 'ana', decision: 'PERHAPS' }] }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown field of the request', (world) => make(world, { deleteSource: true }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown carried field', (world) => make(world, { fields: ['PASSWORD'] }), 'VALIDATION_FAILED'],
    ['malformed', 'no carried field', (world) => make(world, { fields: [] }), 'VALIDATION_FAILED'],
    ['oversized', 'a name of 201 characters', (world) => make(world, { users: [{ sourceVendorId: 'ana', decision: 'CREATE', targetName: 'n'.repeat(201) }] }), 'VALIDATION_FAILED'],
    ['oversized', '501 paths', (world) => make(world, { paths: many(501, (index) => ({ from: `/a/${index}`, to: `/b/${index}` })) }), 'VALIDATION_FAILED'],
    ['malformed', 'an empty path', (world) => make(world, { paths: [{ from: '', to: '/b' }] }), 'VALIDATION_FAILED'],
    ['malformed', 'three approvals', (world) => make(world, { options: { approvalsRequired: 3 } }), 'VALIDATION_FAILED'],
    ['malformed', '17 connections', (world) => make(world, { options: { maxConnections: 17 } }), 'VALIDATION_FAILED'],
    ['malformed', 'a drift of 101 percent', (world) => make(world, { options: { driftLimitPercent: 101 } }), 'VALIDATION_FAILED'],
    ['malformed', 'a decision of a person as the weakest match', (world) => make(world, { options: { minTier: 'M' } }), 'VALIDATION_FAILED'],
  ]);
}

/** Every operation of user migrations against bad input: each row is a test, and a line of the page of bad inputs. */
export const MIGRATION_BAD_INPUTS: readonly MigrationBadInput[] = [
  ...wrongRoles,
  ...['migrationPlan', 'migrationPlanRows', 'migrationDecisions', 'migrationRun', 'checkMigrationPlan', 'discardMigrationPlan', ...CONTROLS].flatMap((name) => onId(name, (id) => ({ id }))),
  ...onId('migrationReport', (runId) => ({ runId })),
  ...onId('startMigrationRun', (planId) => ({ planId })),
  ...onId('freezeMigrationPlan', (id) => ({ input: { id, version: 3 } })),
  ...onId('decideMigrationPlan', (id, world) => toDecide(world, { id })),
  ...onId('approveMigrationPlan', (id, world) => toApprove(world, { id })),
  ...onId('revokeMigrationApproval', (id) => ({ input: { id } })),
  ...onId('acceptMigrationExceptions', (runId) => ({ input: { runId, reason: 'looked at' } })),
  ...onId('createMigrationRollback', (runId) => ({ input: { idempotencyKey: 'new', runId } })),
  ...onId('updateMigrationPlan', (id, world) => ({ input: { ...toUpdate(world).input, id } })),
  ...onRequest('createMigrationPlan', toCreate),
  ...onRequest('updateMigrationPlan', toUpdate),
  ...rows('createMigrationPlan', [
    ['missing', 'no idempotency key', (world) => ({ input: { request: request(world) } }), 'VALIDATION_FAILED'],
    ['oversized', 'an idempotency key of 201 characters', (world) => toCreate(world, {}, 'k'.repeat(201)), 'VALIDATION_FAILED'],
    ['repeated', 'an idempotency key of another request', (world) => toCreate(world, {}, 'taken'), 'IDEMPOTENCY_CONFLICT'],
  ]),
  ...rows('migrations', [
    ['malformed', 'a page of none', () => ({ first: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'a page of 101 rows', () => ({ first: 101 }), 'VALIDATION_FAILED'],
    ['malformed', 'a cursor that is not ours', () => ({ after: 'nonsense' }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown state', () => ({ filter: { states: ['PERHAPS'] } }), 'VALIDATION_FAILED'],
    ['malformed', 'a server that is no id', () => ({ filter: { serverId: 'attic' } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('migrationPlanRows', [
    ['malformed', 'a page of none', ({ planId }) => ({ id: planId, first: 0 }), 'VALIDATION_FAILED'],
    ['oversized', 'a page of 101 rows', ({ planId }) => ({ id: planId, first: 101 }), 'VALIDATION_FAILED'],
    ['malformed', 'a cursor that is not ours', ({ planId }) => ({ id: planId, after: 'WyJhIl0' }), 'VALIDATION_FAILED'],
    ['oversized', 'a search of 201 characters', ({ planId }) => ({ id: planId, search: 'x'.repeat(201) }), 'VALIDATION_FAILED'],
    ['malformed', 'the 51st user', ({ planId }) => ({ id: planId, user: 50 }), 'VALIDATION_FAILED'],
    ['wrong type', 'an unknown tab', ({ planId }) => ({ id: planId, tab: 'DELETE' }), 'VALIDATION_FAILED'],
  ]),
  ...rows('migrationDecisions', [['malformed', 'a cursor that is not ours', ({ planId }) => ({ id: planId, after: '-1' }), 'VALIDATION_FAILED']]),
  ...rows('migrationReport', [['malformed', 'a negative part', ({ runId }) => ({ runId, part: -1 }), 'VALIDATION_FAILED']]),
  ...rows('decideMigrationPlan', [
    ['missing', 'no decision', (world) => toDecide(world, { decisions: [] }), 'VALIDATION_FAILED'],
    ['repeated', 'two decisions for one id', (world) => toDecide(world, { decisions: ['SKIP', 'ACCEPT'].map((decision) => ({ id: 'item:ana:s2', decision })) }), 'DECISION_INVALID'],
    ['wrong type', 'an unknown decision', (world) => toDecide(world, { decisions: [{ id: 'item:ana:s2', decision: 'DELETE' }] }), 'VALIDATION_FAILED'],
    ['oversized', 'an id of 701 characters', (world) => toDecide(world, { decisions: [{ id: 'x'.repeat(701), decision: 'SKIP' }] }), 'VALIDATION_FAILED'],
    ['oversized', 'a reason of 501 characters', (world) => toDecide(world, { decisions: [{ id: 'item:ana:s2', decision: 'SKIP', reason: 'x'.repeat(501) }] }), 'VALIDATION_FAILED'],
    ['malformed', 'an empty id', (world) => toDecide(world, { decisions: [{ id: '', decision: 'SKIP' }] }), 'VALIDATION_FAILED'],
  ]),
  ...rows('approveMigrationPlan', [
    ['malformed', 'a wrong hash', (world) => toApprove(world, { hash: 'cd'.repeat(32) }), 'PLAN_STALE'],
    ['malformed', 'an older version', (world) => toApprove(world, { version: 2 }), 'PLAN_STALE'],
    ['malformed', 'a part of the hash', (world) => toApprove(world, { hash: HASH.slice(0, 12) }), 'VALIDATION_FAILED'],
    ['missing', 'no hash', (world) => toApprove(world, { hash: undefined }), 'VALIDATION_FAILED'],
    ['malformed', 'another alias typed', (world) => toApprove(world, { targetAlias: 'Basement' }), 'VALIDATION_FAILED'],
    ['missing', 'no alias typed', (world) => toApprove(world, { targetAlias: ' ' }), 'VALIDATION_FAILED'],
    ['malformed', '14 minutes', (world) => toApprove(world, { minutes: 14 }), 'VALIDATION_FAILED'],
    ['oversized', '1441 minutes', (world) => toApprove(world, { minutes: 1_441 }), 'VALIDATION_FAILED'],
    ['malformed', 'no write allowed', (world) => toApprove(world, { maxWrites: 0 }), 'VALIDATION_FAILED'],
    ['wrong type', 'a word as minutes', (world) => toApprove(world, { minutes: 'long' }), 'VALIDATION_FAILED'],
  ]),
  ...rows('revokeMigrationApproval', [
    ['malformed', 'an approver that is no id', ({ planId }) => ({ input: { id: planId, approverId: 'sam' } }), 'VALIDATION_FAILED'],
    ['oversized', 'a reason of 501 characters', ({ planId }) => ({ input: { id: planId, reason: 'x'.repeat(501) } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('acceptMigrationExceptions', [
    ['missing', 'a reason of blanks', ({ runId }) => ({ input: { runId, reason: '    ' } }), 'VALIDATION_FAILED'],
    ['oversized', 'a reason of 501 characters', ({ runId }) => ({ input: { runId, reason: 'x'.repeat(501) } }), 'VALIDATION_FAILED'],
  ]),
  ...rows('createMigrationRollback', [
    ['missing', 'no idempotency key', ({ runId }) => ({ input: { runId } }), 'VALIDATION_FAILED'],
    ['repeated', 'an idempotency key of another request', ({ runId }) => ({ input: { runId, idempotencyKey: 'taken' } }), 'IDEMPOTENCY_CONFLICT'],
  ]),
];
