import { LOSS_REASONS, type LossReason, type PlanField, type PlanRowView, type PlanSummary, type PlanView, type RunView, type UserPolicy, type VerdictKind, type WatchState } from '@usher/contracts';
import type { MigrationCountsObject, MigrationObject, MigrationPlanObject } from './migration-plan.graphql.js';
import type { MigrationLossObject, MigrationServerObject } from './migration-parts.graphql.js';
import type { MigrationPolicyChangeObject, MigrationRowObject, WatchStateObject } from './migration-row.graphql.js';
import type { MigrationRunObject } from './migration-run.graphql.js';

/** A plan of the service as operators see it. */
export function showPlan({ planId, ofRun, source, target, users, counts, ...plan }: PlanView): MigrationPlanObject {
  return {
    ...plan,
    id: planId,
    ofRunId: ofRun,
    source: showServer(source),
    target: showServer(target),
    counts: showCounts(counts),
    users: users.map(({ target: account, verdicts, ...user }) => ({
      ...user,
      targetVendorId: account.vendorId,
      targetName: account.name,
      verdicts: verdicts.map((verdict) => ({ ...showLoss(verdict), rows: verdict.rows })),
    })),
  };
}

export function showSummary({ planId, ofRun, source, target, counts, ...plan }: PlanSummary): MigrationObject {
  return { ...plan, id: planId, ofRunId: ofRun, source: showServer(source), target: showServer(target), counts: showCounts(counts) };
}

export function showRun({ verify, ...run }: RunView): MigrationRunObject {
  return { ...run, verification: verify && { ...verify, ...tally(verify.results) } };
}

export function showRow({ row, userName, targetTitle, decisionId, decision, state, code, now, verify }: PlanRowView): MigrationRowObject {
  const common = { n: row.n, operation: row.op, u: row.u, userName, targetTitle, decisionId, decision, state, code, now: showState(now), verify };
  const nothing = { itemVendorId: null, tier: null, evidence: [], source: null, from: null, to: null, fields: [], policy: [], losses: [], skipReason: null, skipDetail: null, candidates: [] };
  switch (row.op) {
    case 'user.ensure':
    case 'user.remove':
      return { ...nothing, ...common, title: row.name };
    case 'policy.apply':
      return { ...nothing, ...common, title: null, policy: showPolicy(row.from, row.to), losses: row.loss.map(showLoss) };
    case 'watch-state.set': {
      const { item, title, tier, evidence, source, from, to, fields, loss } = row;
      return { ...nothing, ...common, title, itemVendorId: item, tier, evidence, source: showState(source), from: showState(from), to: showState(to), fields, losses: loss.map(showLoss) };
    }
    case 'skip':
      return { ...nothing, ...common, title: row.title, itemVendorId: row.item, source: showState(row.source), skipReason: row.reason, skipDetail: row.detail, candidates: row.candidates };
  }
}

/** `original` holds the vendor's own values; they are of use to nobody here. */
function showState(state: WatchState | null): WatchStateObject | null {
  if (!state) return null;
  const { original: _own, ...shown } = state;
  return shown;
}

function showServer({ serverId, alias, kind, version, machineId }: PlanView['source']): MigrationServerObject {
  return { serverId, alias, kind, version, machineId };
}

function showCounts({ rows, writes, skips, tiers, verdicts, decisions }: PlanView['counts']): MigrationCountsObject {
  return { rows, writes, decisions, exact: verdicts.exact ?? 0, lossy: verdicts.lossy ?? 0, impossible: verdicts.impossible ?? 0, skips: named(skips), tiers: named(tiers) };
}

function named(counts: Readonly<Record<string, number>>): { name: string; count: number }[] {
  return Object.entries(counts).map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function showLoss({ field, kind, reason }: { field: PlanField; kind: VerdictKind; reason: LossReason | null }): MigrationLossObject {
  const known = reason && LOSS_REASONS[reason];
  return { field, kind, reason, text: known?.text ?? null, instead: known?.instead ?? null };
}

function showPolicy(from: UserPolicy | null, to: Partial<UserPolicy>): MigrationPolicyChangeObject[] {
  return (Object.keys(to) as (keyof UserPolicy)[]).map((field) => ({ field, from: from && inWords(from[field]), to: inWords(to[field]) }));
}

function inWords(value: UserPolicy[keyof UserPolicy] | undefined): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function tally(results: Partial<Record<string, number>>): { same: number; differs: number; notThere: number; unreadable: number } {
  const of = (result: string) => results[result] ?? 0;
  return { same: of('same'), differs: of('differs'), notThere: of('not-there'), unreadable: of('unreadable') };
}
