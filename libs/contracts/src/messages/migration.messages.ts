import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { VerdictKind } from '../model/loss.js';
import { PlanDecision, PlanFinding, PlanRequest, PlanRow, PlanServer, PlanState, PlanUser, Sha256Hex } from '../model/plan.js';
import { PlanProgress, RowState, RunProgress, VerifyResult } from '../model/run.js';
import { WatchState } from '../model/watch-state.js';
import { defineServiceCommand, defineServiceState } from './define.js';

const IsoTime = z.iso.datetime();
const ByOperator = { operatorId: Uuid7, operatorName: z.string().max(200) };
const TIMEOUT = 10_000;
export const MAX_PLAN_PAGE = 100;

/** What an operator sees of a plan. */
export const PlanView = z.strictObject({
  planId: Uuid7,
  version: z.number().int(),
  kind: z.enum(['users', 'rollback']),
  ofRun: Uuid7.nullable(),
  state: PlanState,
  request: PlanRequest,
  source: PlanServer.partial({ digest: true }),
  target: PlanServer.partial({ digest: true }),
  initiator: z.strictObject({ operatorId: Uuid7, name: z.string() }),
  createdAt: IsoTime,
  checkedAt: IsoTime.nullable(),
  frozenAt: IsoTime.nullable(),
  planSha256: Sha256Hex.nullable(),
  /** Empty before the first check. */
  users: z.array(PlanUser),
  findings: z.array(PlanFinding),
  counts: z.strictObject({
    rows: z.number().int(),
    writes: z.number().int(),
    /** By reason. */
    skips: z.record(z.string(), z.number().int()),
    /** Matched titles by tier. */
    tiers: z.record(z.string(), z.number().int()),
    verdicts: z.record(VerdictKind, z.number().int()),
    decisions: z.number().int(),
  }),
  /** How long it takes with nobody watching and with people watching, and where the rate comes from. */
  estimate: z.strictObject({ requests: z.number().int(), quietMs: z.number().int(), watchedMs: z.number().int(), rate: z.enum(['measured', 'assumed']) }).nullable(),
  approvals: z.array(z.strictObject({ operatorId: Uuid7, name: z.string(), notBefore: IsoTime, expiresAt: IsoTime, maxWrites: z.number().int(), revokedAt: IsoTime.nullable(), sha256: Sha256Hex })),
  runId: Uuid7.nullable(),
  /** Why it is stale or could not be checked. */
  code: z.string().nullable(),
  message: z.string().nullable(),
});
export type PlanView = z.infer<typeof PlanView>;

export const PlanSummary = PlanView.pick({ planId: true, version: true, kind: true, ofRun: true, state: true, source: true, target: true, initiator: true, createdAt: true, counts: true, runId: true }).extend({
  userNames: z.array(z.string()),
  run: RunProgress.nullable(),
});
export type PlanSummary = z.infer<typeof PlanSummary>;

export const createPlan = defineServiceCommand({ name: 'plan.create', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, request: PlanRequest, ...ByOperator }), reply: PlanView });
/** A changed request makes a new version, voids approvals and has to be checked anew. `version` = the one that the person saw. */
export const updatePlan = defineServiceCommand({ name: 'plan.update', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, version: z.number().int(), request: PlanRequest, ...ByOperator }), reply: PlanView });
/** Starts the check and answers at once; `plan` states tell how far it is. */
export const checkPlan = defineServiceCommand({ name: 'plan.check', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, ...ByOperator }), reply: PlanView });
/** @throws PLAN_BLOCKED with the blockers */
export const freezePlan = defineServiceCommand({ name: 'plan.freeze', version: 1, receiver: 'migration', timeoutMs: 30_000, request: z.strictObject({ planId: Uuid7, version: z.number().int(), ...ByOperator }), reply: PlanView });
export const discardPlan = defineServiceCommand({ name: 'plan.discard', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, ...ByOperator }), reply: PlanView });
export const readPlan = defineServiceCommand({ name: 'plan.read', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7 }), reply: PlanView });
export const listPlans = defineServiceCommand({ name: 'plan.list', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ after: Uuid7.nullable(), limit: z.number().int().min(1).max(MAX_PLAN_PAGE) }), reply: z.strictObject({ plans: z.array(PlanSummary), next: Uuid7.nullable() }) });

/** `create`: accounts. `change`: titles and settings that are written. `skip`: not carried, with the reason. `conflict`: a decision is wanted. `loss`: carried with a loss. */
export const PLAN_TABS = ['create', 'change', 'skip', 'conflict', 'loss'] as const;
export const PlanTab = z.enum(PLAN_TABS);
export type PlanTab = z.infer<typeof PlanTab>;

/** A row with names for people, what was decided about it, and what became of it in the run. */
export const PlanRowView = z.strictObject({ row: PlanRow, userName: z.string(), targetTitle: z.string().nullable(), decisionId: z.string().nullable(), decision: PlanDecision.nullable(), state: RowState.nullable(), code: z.string().nullable(), now: WatchState.nullable(), verify: VerifyResult.nullable() });
export type PlanRowView = z.infer<typeof PlanRowView>;

export const listPlanRows = defineServiceCommand({
  name: 'plan.rows', version: 1, receiver: 'migration', timeoutMs: TIMEOUT,
  request: z.strictObject({ planId: Uuid7, tab: PlanTab.nullable(), u: z.number().int().nullable(), states: z.array(RowState).max(10), search: z.string().max(200).nullable(), after: z.number().int().nullable(), limit: z.number().int().min(1).max(MAX_PLAN_PAGE) }),
  reply: z.strictObject({ rows: z.array(PlanRowView), next: z.number().int().nullable(), total: z.number().int() }),
});

/** All or nothing, against the version that the person saw; an unknown id or forbidden decision is `DECISION_INVALID` with every bad one. */
export const decidePlan = defineServiceCommand({ name: 'plan.decide', version: 1, receiver: 'migration', timeoutMs: 30_000, request: z.strictObject({ planId: Uuid7, version: z.number().int(), dryRun: z.boolean(), decisions: z.array(PlanDecision).min(1).max(5_000), ...ByOperator }), reply: PlanView });
/** Everything that a person may decide about, for the decisions file. */
export const DecisionRow = z.strictObject({ id: z.string(), kind: z.enum(['user', 'item', 'state']), severity: z.enum(['blocker', 'warning', 'info']), sourceRef: z.string(), sourceName: z.string(), targetRef: z.string(), targetName: z.string(), field: z.string(), sourceValue: z.string(), targetValue: z.string(), plannedValue: z.string(), tier: z.string(), evidence: z.string(), recommended: z.string(), decision: z.string(), decisionTarget: z.string(), reason: z.string() });
export type DecisionRow = z.infer<typeof DecisionRow>;
export const listDecisions = defineServiceCommand({ name: 'plan.decisions', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, after: z.number().int().nullable(), limit: z.number().int().min(1).max(MAX_PLAN_PAGE) }), reply: z.strictObject({ version: z.number().int(), rows: z.array(DecisionRow), next: z.number().int().nullable() }) });

/** The controller's signed approval of one person; kept as it is. */
export const storeApproval = defineServiceCommand({ name: 'approval.store', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, jws: z.string().max(8_000) }), reply: PlanView });
/** Ends all writes under the plan within a second where the agent is connected. */
export const revokeApproval = defineServiceCommand({ name: 'approval.revoke', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ planId: Uuid7, /** Whose; null = all. */ approverId: Uuid7.nullable(), ...ByOperator }), reply: PlanView });

/** What an operator sees of a run. */
export const RunView = RunProgress.extend({
  kind: z.enum(['users', 'rollback']),
  startedBy: z.strictObject({ operatorId: Uuid7, name: z.string() }),
  startedAt: IsoTime,
  endedAt: IsoTime.nullable(),
  steps: z.array(z.strictObject({ step: z.string(), rows: z.number().int(), done: z.number().int(), state: z.enum(['waiting', 'running', 'done', 'failed']) })),
  verify: z.strictObject({ at: IsoTime, results: z.record(VerifyResult, z.number().int()), acceptedAt: IsoTime.nullable(), acceptedReason: z.string().nullable() }).nullable(),
  /** The plan that takes this run back, once one was made. */
  rollbackPlanId: Uuid7.nullable(),
  rollbackUntil: IsoTime.nullable(),
  requests: z.number().int(),
  hasReport: z.boolean(),
});
export type RunView = z.infer<typeof RunView>;

/** Answers the run that exists when it was started already. @throws PLAN_BLOCKED, PLAN_STALE, APPROVAL_MISSING, APPROVAL_EXPIRED, RUN_CONFLICT */
export const startRun = defineServiceCommand({ name: 'run.start', version: 1, receiver: 'migration', timeoutMs: 30_000, request: z.strictObject({ planId: Uuid7, ...ByOperator }), reply: RunView });
export const RUN_ORDERS = ['pause', 'resume', 'abort', 'retry-failed', 'verify'] as const;
export const controlRun = defineServiceCommand({ name: 'run.control', version: 1, receiver: 'migration', timeoutMs: 30_000, request: z.strictObject({ runId: Uuid7, order: z.enum(RUN_ORDERS), ...ByOperator }), reply: RunView });
/** Ends a run whose verify pass found differences: a person accepts them, with a reason. */
export const acceptExceptions = defineServiceCommand({ name: 'run.accept', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ runId: Uuid7, reason: z.string().min(3).max(500), ...ByOperator }), reply: RunView });
export const readRun = defineServiceCommand({ name: 'run.read', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ runId: Uuid7 }), reply: RunView });
/** Makes the plan that takes a run back, frozen; it needs an approval of its own. Answers the one that exists. @throws ROLLBACK_WINDOW_CLOSED, RUN_CONFLICT */
export const createRollback = defineServiceCommand({ name: 'run.rollback', version: 1, receiver: 'migration', timeoutMs: 60_000, request: z.strictObject({ runId: Uuid7, planId: Uuid7, ...ByOperator }), reply: PlanView });
/** The signed report, a part at a time: `usher-report+jws` over the hash of the body. */
export const readReport = defineServiceCommand({ name: 'run.report', version: 1, receiver: 'migration', timeoutMs: TIMEOUT, request: z.strictObject({ runId: Uuid7, part: z.number().int().nonnegative() }), reply: z.strictObject({ part: z.number().int(), of: z.number().int(), text: z.string().max(100_000), jws: z.string() }) });

export const planProgress = defineServiceState({ name: 'plan', version: 1, sender: 'migration', body: PlanProgress });
export const runProgress = defineServiceState({ name: 'run', version: 1, sender: 'migration', body: RunProgress });
