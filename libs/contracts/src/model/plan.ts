import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { LossReason, PlanField, Verdict, VerdictKind } from './loss.js';
import { ServerKind } from './server.js';
import { PolicyChange, UserPolicy } from './user-policy.js';
import { WatchField, WatchState } from './watch-state.js';

const VendorId = z.string().min(1).max(200);
const IsoTime = z.iso.datetime();
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What becomes of a user of the source. `suggest` = as linked identities and equal names say; `merge` = onto an account
 * that another user of the plan is mapped to: two accounts of one person become one.
 */
export const USER_DECISIONS = ['suggest', 'map', 'create', 'merge', 'skip'] as const;
export const UserDecision = z.enum(USER_DECISIONS);
export type UserDecision = z.infer<typeof UserDecision>;

export const PlanUserChoice = z.strictObject({
  sourceVendorId: VendorId,
  decision: UserDecision,
  /** Of `map` and `merge`: the account at the target. */
  targetVendorId: VendorId.nullable().default(null),
  /** Of `create`: the name at the target; null = the same. */
  targetName: z.string().min(1).max(200).nullable().default(null),
});
export type PlanUserChoice = z.infer<typeof PlanUserChoice>;

/** Names of the fields that a plan may carry; `policy` stands for all of a user's settings. */
export const CARRIED_FIELDS = ['policy', 'played', 'playCount', 'lastPlayedAt', 'positionMs', 'favorite', 'ratingTenths'] as const;
export const CarriedField = z.enum(CARRIED_FIELDS);
export type CarriedField = z.infer<typeof CarriedField>;

export const PlanOptions = z.strictObject({
  /** `additive`: nothing at the target gets smaller. `mirror`: the source's values replace. */
  overwrite: z.enum(['additive', 'mirror']).default('additive'),
  /** Play counts of two accounts of one person: the greater one, or both together. */
  playCounts: z.enum(['max', 'sum']).default('max'),
  /** The weakest match that is acted upon. D and E are for people who looked at them. */
  minTier: z.enum(['A', 'B', 'C', 'D', 'E']).default('C'),
  /** Only lowers what the target is known to bear. */
  maxConnections: z.number().int().min(1).max(16).default(8),
  /** More changes at the target than this since the plan was made it stale. */
  driftLimitPercent: z.number().int().min(0).max(100).default(5),
  approvalsRequired: z.union([z.literal(1), z.literal(2)]).default(1),
});
export type PlanOptions = z.infer<typeof PlanOptions>;

/** A plan as a person writes it; a file of kind `MigrationPlan` holds the same. */
export const PlanRequest = z.strictObject({
  sourceServerId: Uuid7,
  targetServerId: Uuid7,
  users: z.array(PlanUserChoice).min(1).max(50),
  fields: z.array(CarriedField).min(1).max(CARRIED_FIELDS.length).default([...CARRIED_FIELDS]),
  /** Library of the source → library of the target; null = not granted. Those left out are paired by name and type. */
  libraries: z.array(z.strictObject({ source: VendorId, target: VendorId.nullable() })).max(500).default([]),
  /** Folder of the source → folder of the target, the longest prefix wins. Those left out are suggested from common tails. */
  paths: z.array(z.strictObject({ from: z.string().min(1).max(4000), to: z.string().min(1).max(4000) })).max(500).default([]),
  options: PlanOptions.prefault({}),
});
export type PlanRequest = z.infer<typeof PlanRequest>;

export const PLAN_STATES = ['draft', 'checking', 'checked', 'frozen', 'approved', 'stale', 'void'] as const;
export const PlanState = z.enum(PLAN_STATES);
export type PlanState = z.infer<typeof PlanState>;

/** One server as it was when the plan was made; when it differs later the plan is stale. */
export const PlanServer = z.strictObject({
  serverId: Uuid7,
  alias: z.string().max(200),
  kind: ServerKind,
  machineId: z.string().max(200).nullable(),
  version: z.string().max(100),
  /** SHA-256 over the users and libraries that the plan concerns, and the capabilities. */
  digest: Sha256Hex,
});
export type PlanServer = z.infer<typeof PlanServer>;

export const PlanUser = z.strictObject({
  identityId: Uuid7.nullable(),
  /** Several when accounts of one person are merged. */
  sources: z.array(z.strictObject({ vendorId: VendorId, name: z.string().max(500) })).min(1).max(5),
  /** `vendorId` is null for an account that the run makes. */
  target: z.strictObject({ vendorId: VendorId.nullable(), name: z.string().max(500) }),
  decision: z.enum(['map', 'create']),
  /** Why this account: `identity`, `email`, `plex`, `name`, `given`. */
  evidence: z.string().max(100),
  verdicts: z.array(Verdict).max(40),
});
export type PlanUser = z.infer<typeof PlanUser>;

export const RowLoss = z.strictObject({ field: PlanField, kind: VerdictKind, reason: LossReason });

const RowBase = { n: z.number().int().nonnegative(), /** Index in the header's users. */ u: z.number().int().nonnegative().max(49) };

/** Why a title is not written. */
export const SKIP_REASONS = ['not-on-target', 'ambiguous', 'contradiction', 'below-tier', 'library-not-mapped', 'already-there', 'excluded', 'nothing-to-carry'] as const;
export const SkipReason = z.enum(SKIP_REASONS);
export type SkipReason = z.infer<typeof SkipReason>;

/** The smallest unit of a plan. Rows are numbered through all chunks, in the order in which they are carried out. */
export const PlanRow = z.discriminatedUnion('op', [
  z.strictObject({ ...RowBase, op: z.literal('user.ensure'), name: z.string().min(1).max(200) }),
  z.strictObject({ ...RowBase, op: z.literal('policy.apply'), /** Null for an account that the run makes. */ from: UserPolicy.nullable(), to: PolicyChange, loss: z.array(RowLoss).max(20) }),
  z.strictObject({
    ...RowBase,
    op: z.literal('watch-state.set'),
    /** Vendor id of the title at the source; the target's stands in `from` and `to`. */
    item: VendorId,
    title: z.string().max(300),
    tier: z.enum(['A', 'B', 'C', 'D', 'E', 'M']),
    evidence: z.array(z.string().max(200)).max(10),
    source: WatchState,
    /** The target before, as the plan saw it. */
    from: WatchState,
    /** The target afterwards: a whole row. */
    to: WatchState,
    /** The fields that the plan names, those in which `to` may differ from `from`. */
    fields: z.array(WatchField).max(6),
    loss: z.array(RowLoss).max(12),
  }),
  z.strictObject({ ...RowBase, op: z.literal('skip'), item: VendorId, title: z.string().max(300), reason: SkipReason, detail: z.string().max(500), source: WatchState, candidates: z.array(VendorId).max(20) }),
  /** Of an undo: an account that the run made and nobody used. */
  z.strictObject({ ...RowBase, op: z.literal('user.remove'), name: z.string().min(1).max(200), userVendorId: VendorId }),
]);
export type PlanRow = z.infer<typeof PlanRow>;
export type PlanRowOf<Op extends PlanRow['op']> = Extract<PlanRow, { op: Op }>;

/**
 * What is approved: the hash of these bytes, and by the chunks' hashes of every row. Integers and ISO times only.
 * `planSha256 = sha256("usher-plan-v1\n" + bytes)`; the bytes are stored and never written anew.
 */
export const PlanHeader = z.strictObject({
  v: z.literal(1),
  planId: Uuid7,
  version: z.number().int().positive(),
  kind: z.enum(['users', 'rollback']),
  /** Of a rollback: the run that it takes back. */
  ofRun: Uuid7.nullable(),
  madeAt: IsoTime,
  initiator: Uuid7,
  source: PlanServer,
  target: PlanServer,
  users: z.array(PlanUser).min(1).max(50),
  libraries: PlanRequest.shape.libraries,
  paths: PlanRequest.shape.paths,
  fields: z.array(CarriedField),
  options: PlanOptions,
  counts: z.strictObject({ rows: z.number().int(), writes: z.number().int(), skips: z.number().int() }),
  limits: z.strictObject({ maxWrites: z.number().int(), maxFailures: z.number().int() }),
  chunks: z.array(z.strictObject({ n: z.number().int(), first: z.number().int(), rows: z.number().int(), sha256: Sha256Hex })).max(10_000),
});
export type PlanHeader = z.infer<typeof PlanHeader>;

/** One finding of the checks. A `blocker` forbids freezing, a `warning` is shown to the approver. */
export const PlanFinding = z.strictObject({
  id: z.string().max(100),
  severity: z.enum(['blocker', 'warning', 'info']),
  code: z.string().max(64),
  message: z.string().max(1000),
  next: z.string().max(500).nullable(),
  /** Vendor id of the user of the source that it concerns. */
  user: VendorId.nullable(),
});
export type PlanFinding = z.infer<typeof PlanFinding>;

/** What an operator said about one row of a plan; kept for the pair of servers and offered again. */
export const ROW_DECISIONS = ['map', 'skip', 'accept', 'take-source', 'keep-target'] as const;
export const RowDecision = z.enum(ROW_DECISIONS);
export type RowDecision = z.infer<typeof RowDecision>;

export const PlanDecision = z.strictObject({
  /** `item:<user>:<item>`, `user:<user>` or `state:<user>:<item>:<field>`, with vendor ids of the source. */
  id: z.string().min(1).max(700),
  decision: RowDecision,
  /** Of `map`: vendor id at the target. */
  target: VendorId.nullable(),
  reason: z.string().max(500).nullable(),
});
export type PlanDecision = z.infer<typeof PlanDecision>;
