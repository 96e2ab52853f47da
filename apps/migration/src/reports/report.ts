import { LOSS_REASONS, type PlanHeader, type RunState } from '@usher/contracts';
import { canonicalJson } from '../plans/rules/canonical-json.js';

/** How many of something, by a name. */
export type Tally = Readonly<Record<string, number>>;

/** A row that a person has to look at. */
export interface ReportException {
  readonly n: number;
  readonly user: string;
  readonly op: string;
  readonly title: string | null;
  readonly item: string | null;
  readonly state: string;
  readonly code: string | null;
  readonly verify: string | null;
  readonly wanted: unknown;
  readonly now: unknown;
}

export interface ReportFacts {
  readonly run: {
    readonly runId: string;
    readonly state: RunState;
    readonly startedBy: string;
    readonly startedAt: string;
    readonly endedAt: string | null;
    readonly verifiedAt: string | null;
    readonly requests: number;
    readonly writes: number;
    readonly tickets: number;
    readonly accepted: { readonly by: string; readonly at: string; readonly reason: string } | null;
    readonly code: string | null;
  };
  readonly planSha256: string;
  readonly header: PlanHeader;
  readonly approvals: readonly { readonly approver: string; readonly sha256: string; readonly expiresAt: string }[];
  readonly rows: Tally;
  /** By index in the header's users. */
  readonly byUser: readonly Tally[];
  readonly byTier: Tally;
  /** Rows that carry a field, by field and then by what the verify pass said of the row. */
  readonly byField: Readonly<Record<string, Tally>>;
  readonly verify: Tally;
  readonly skips: Tally;
  readonly exceptions: readonly ReportException[];
  /** More exceptions than the report lists. */
  readonly exceptionsLeftOut: number;
  readonly items: readonly { readonly source: string; readonly target: string; readonly tier: string }[];
  /** Of the last row of the audit log, when the report was made. */
  readonly auditSeq: number;
}

/**
 * What a run did, as one JSON text: the same facts give the same text. It holds no settings and no states but those of the
 * rows that a person has to look at.
 */
export function reportText({ run, header, planSha256, ...facts }: ReportFacts): string {
  const { source, target } = header;
  return canonicalJson({
    kind: 'usher-migration-report',
    v: 1,
    run,
    plan: { planId: header.planId, version: header.version, kind: header.kind, ofRun: header.ofRun, madeAt: header.madeAt, sha256: planSha256, counts: header.counts, fields: header.fields, options: header.options },
    servers: { source, target },
    approvals: facts.approvals,
    rows: facts.rows,
    verify: facts.verify,
    skips: facts.skips,
    byTier: facts.byTier,
    byField: facts.byField,
    users: header.users.map((user, u) => ({ sources: user.sources, target: user.target, decision: user.decision, evidence: user.evidence, rows: facts.byUser[u] ?? {} })),
    losses: lossesOf(header),
    exceptions: facts.exceptions,
    exceptionsLeftOut: facts.exceptionsLeftOut,
    items: facts.items,
    auditSeq: facts.auditSeq,
  });
}

/** What does not arrive as it was, per user and field, in words. */
function lossesOf({ users }: PlanHeader): object[] {
  return users.flatMap(({ target, verdicts }) =>
    verdicts.filter(({ kind }) => kind !== 'exact').map(({ field, kind, reason, rows }) => ({ user: target.name, field, kind, reason, rows, text: reason === null ? null : LOSS_REASONS[reason].text, instead: reason === null ? null : LOSS_REASONS[reason].instead })),
  );
}
