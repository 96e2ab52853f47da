import { Injectable } from '@nestjs/common';
import { AppError, WATCH_FIELDS, type DecisionRow, type PlanDecision, type PlanView, type WatchState } from '@usher/contracts';
import { transaction } from '@usher/database';
import { Pool } from 'pg';
import { DecisionsRepository } from './decisions.repository.js';
import { PlanProgressPublisher } from './plan-progress.publisher.js';
import type { PlanRecord } from './plan-record.js';
import { PlanRowsRepository, type StoredRow } from './plan-rows.repository.js';
import { PlanViews } from './plan-views.service.js';
import type { ByOperator } from './plans.service.js';
import { PlansRepository } from './plans.repository.js';
import { decisionProblem, parseDecisionId, type DecisionTarget } from './rules/decisions.js';
import { hasUnstorableText } from './rules/plain-text.js';

interface Given extends ByOperator {
  readonly planId: string;
  readonly version: number;
  readonly dryRun: boolean;
  readonly decisions: readonly PlanDecision[];
}

const MAX_NAMED = 100;
/** Users come before rows: their places are below zero. */
const USERS_FROM = -1_000;

/** What people decide about a plan: all of a call or nothing, and remembered for the pair of servers. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly plans: PlansRepository,
    private readonly rows: PlanRowsRepository,
    private readonly repository: DecisionsRepository,
    private readonly views: PlanViews,
    private readonly progress: PlanProgressPublisher,
    private readonly pool: Pool,
  ) {}

  /**
   * Makes a new version, which has to be checked again; approvals of the old one are void. A dry run only looks.
   * @throws AppError `DECISION_INVALID` with every bad id, `PLAN_STALE` for another version, `RUN_CONFLICT`
   */
  async decide({ planId, version, dryRun, decisions, operatorName }: Given): Promise<PlanView> {
    const plan = await this.require(planId);
    if (plan.runId !== null) throw new AppError('RUN_CONFLICT', 'A run of this plan has begun; make a new plan.', { planId, runId: plan.runId });
    if (plan.version !== version) throw new AppError('PLAN_STALE', 'The plan was changed meanwhile; look at its new version.', { planId });
    if (plan.kind !== 'users' || !plan.checked) throw new AppError('VALIDATION_FAILED', 'Check the plan first.', { planId, field: 'state' });
    const bad = await this.problems(plan, decisions);
    if (bad.length > 0) {
      throw new AppError('DECISION_INVALID', `${bad.length} decisions cannot be made; nothing was changed.`, { planId, ids: bad.slice(0, MAX_NAMED).map(({ id }) => id), reasons: bad.slice(0, MAX_NAMED).map(({ reason }) => reason), count: bad.length });
    }
    if (!dryRun) {
      await transaction(this.pool, async (tx) => {
        if (!(await this.plans.renew(tx, { planId, version }))) throw new AppError('PLAN_STALE', 'The plan was changed meanwhile; look at its new version.', { planId });
        await this.repository.save(tx, plan, decisions, operatorName);
      });
      this.progress.tell(plan, 'draft', null);
    }
    return await this.views.view(planId);
  }

  /** Everything that may be decided: users first, then titles and values in the order of the plan. */
  async list(planId: string, after: number | null, limit: number): Promise<{ version: number; rows: DecisionRow[]; next: number | null }> {
    const plan = await this.require(planId);
    const users = this.userRows(plan).map((row, at) => ({ at: USERS_FROM + at, row }));
    const open = users.filter(({ at }) => after === null || at > after).slice(0, limit);
    const stored = open.length < limit ? await this.rows.decidable(plan, Math.max(-1, after ?? -1), limit - open.length) : [];
    const rows = [...open, ...stored.map((row) => ({ at: row.n, row: this.rowOf(plan, row) }))];
    const decided = await this.repository.some(plan, rows.map(({ row }) => row.id));
    return { version: plan.version, rows: rows.map(({ row }) => withDecision(row, decided.get(row.id))), next: rows.length < limit ? null : rows.at(-1)!.at };
  }

  private async problems(plan: PlanRecord, decisions: readonly PlanDecision[]): Promise<{ id: string; reason: string }[]> {
    const users = plan.request.users.map(({ sourceVendorId }) => sourceVendorId);
    const parsed = decisions.map((decision) => ({ decision, about: parseDecisionId(decision.id, users) }));
    const items = parsed.flatMap(({ about }) => (about && about.kind !== 'user' ? [about.item] : []));
    const known = new Map((await this.rows.known(plan.id, [...new Set(items)])).map(({ u, item, op }) => [`${u}|${item}`, op]));
    const times = new Map<string, number>();
    for (const { id } of decisions) times.set(id, (times.get(id) ?? 0) + 1);
    return parsed.flatMap(({ decision, about }) => {
      const reason = hasUnstorableText(decision) ? 'holds characters that cannot be stored' : times.get(decision.id)! > 1 ? 'is named twice' : about === null ? 'is not known' : (decisionProblem(decision, about) ?? this.unknown(plan, about, known));
      return reason === null ? [] : [{ id: decision.id, reason }];
    });
  }

  /** A title counts for the first account of a user who has several. */
  private unknown({ checked }: PlanRecord, about: DecisionTarget, known: ReadonlyMap<string, string>): string | null {
    if (about.kind === 'user') return null;
    const u = checked!.users.findIndex(({ sources }) => sources[0]!.vendorId === about.user);
    const op = known.get(`${u}|${about.item}`);
    if (op === undefined) return 'is not known';
    return about.kind === 'state' && op !== 'watch-state.set' ? 'is not written' : null;
  }

  private userRows({ checked, request }: PlanRecord): DecisionRow[] {
    return (checked?.users ?? []).map(({ sources, target, decision, evidence }): DecisionRow => {
      const first = sources[0]!;
      const finding = checked!.findings.find(({ user, severity }) => user === first.vendorId && severity !== 'info');
      return {
        ...EMPTY,
        id: `user:${first.vendorId}`,
        kind: 'user',
        severity: finding?.severity ?? 'info',
        sourceRef: first.vendorId,
        sourceName: first.name,
        targetRef: target.vendorId ?? '',
        targetName: target.name,
        plannedValue: decision,
        evidence,
        recommended: evidence === 'name' ? '' : 'accept',
        decision: request.users.find(({ sourceVendorId }) => sourceVendorId === first.vendorId)?.decision === 'skip' ? 'skip' : '',
      };
    });
  }

  private rowOf({ checked }: PlanRecord, { row, tab, targetTitle }: StoredRow): DecisionRow {
    const user = checked?.users[row.u]?.sources[0]?.vendorId ?? '';
    if (row.op === 'watch-state.set') {
      const isContested = tab === 'conflict';
      const field = isContested ? 'ratingTenths' : '';
      const told = (state: WatchState) => (isContested ? String(state.ratingTenths ?? '') : textOf(state));
      return {
        ...EMPTY,
        id: isContested ? `state:${user}:${row.item}:ratingTenths` : `item:${user}:${row.item}`,
        kind: isContested ? 'state' : 'item',
        severity: 'warning',
        sourceRef: row.item,
        sourceName: row.title,
        targetRef: row.to.itemVendorId,
        targetName: targetTitle ?? '',
        field,
        sourceValue: told(row.source),
        targetValue: told(row.from),
        plannedValue: told(row.to),
        tier: row.tier,
        evidence: row.evidence.join(', '),
        recommended: isContested ? 'take-source' : 'accept',
      };
    }
    if (row.op !== 'skip') throw new Error(`a row of ${row.op} is no decision`);
    return {
      ...EMPTY,
      id: `item:${user}:${row.item}`,
      kind: 'item',
      severity: tab === 'conflict' ? 'warning' : 'info',
      sourceRef: row.item,
      sourceName: row.title,
      targetRef: row.candidates[0] ?? '',
      targetName: targetTitle ?? '',
      sourceValue: textOf(row.source),
      plannedValue: row.reason,
      evidence: row.detail,
      recommended: row.reason === 'below-tier' ? 'accept' : 'skip',
    };
  }

  private async require(planId: string): Promise<PlanRecord> {
    const plan = await this.plans.find(planId);
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan.', { planId });
    return plan;
  }
}

const EMPTY: Omit<DecisionRow, 'id' | 'kind' | 'severity'> = { sourceRef: '', sourceName: '', targetRef: '', targetName: '', field: '', sourceValue: '', targetValue: '', plannedValue: '', tier: '', evidence: '', recommended: '', decision: '', decisionTarget: '', reason: '' };

function withDecision(row: DecisionRow, decision: PlanDecision | undefined): DecisionRow {
  return decision ? { ...row, decision: decision.decision, decisionTarget: decision.target ?? '', reason: decision.reason ?? '' } : row;
}

/** A state in one line. */
function textOf(state: WatchState): string {
  return WATCH_FIELDS.filter((field) => state[field] !== null && state[field] !== false && state[field] !== 0)
    .map((field) => `${field} ${String(state[field])}`)
    .join(', ');
}
