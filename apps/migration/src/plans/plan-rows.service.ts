import { Injectable } from '@nestjs/common';
import { AppError, PlanRowView, type listPlanRows } from '@usher/contracts';
import type { z } from 'zod';
import { DecisionsRepository } from './decisions.repository.js';
import type { PlanRecord } from './plan-record.js';
import { PlanRowsRepository, type StoredRow } from './plan-rows.repository.js';
import { PlansRepository } from './plans.repository.js';

/** A page has to fit into one message. */
const MAX_PAGE_CHARS = 150_000;

type Request = z.output<typeof listPlanRows.request>;
type Reply = z.output<typeof listPlanRows.reply>;

/** Rows of a plan with names, decisions, and what became of them. */
@Injectable()
export class PlanRowsService {
  constructor(
    private readonly plans: PlansRepository,
    private readonly rows: PlanRowsRepository,
    private readonly decisions: DecisionsRepository,
  ) {}

  /** @throws AppError `NOT_FOUND` */
  async list({ planId, after, limit, ...filter }: Request): Promise<Reply> {
    const plan = await this.plans.find(planId);
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan.', { planId });
    const [stored, total] = await Promise.all([this.rows.page(plan, filter, after, limit + 1), this.rows.count(planId, filter)]);
    const decided = await this.decisions.some(plan, stored.flatMap((row) => decisionIdOf(plan, row) ?? []));
    const page: PlanRowView[] = [];
    let chars = 0;
    for (const row of stored.slice(0, limit)) {
      const view = this.viewOf(plan, row, decided);
      chars += JSON.stringify(view).length;
      if (page.length > 0 && chars > MAX_PAGE_CHARS) break;
      page.push(view);
    }
    return { rows: page, next: stored.length > page.length ? page.at(-1)!.row.n : null, total };
  }

  private viewOf(plan: PlanRecord, stored: StoredRow, decided: Awaited<ReturnType<DecisionsRepository['some']>>): PlanRowView {
    const { row, state, code, now, verify, targetTitle } = stored;
    const decisionId = decisionIdOf(plan, stored);
    return PlanRowView.parse({
      row,
      userName: plan.checked?.users[row.u]?.target.name ?? '',
      targetTitle,
      decisionId,
      decision: decisionId === null ? null : (decided.get(decisionId) ?? null),
      state,
      code,
      now: row.op === 'watch-state.set' ? now : null,
      verify,
    });
  }
}

/** Null where there is nothing to decide. */
function decisionIdOf({ checked, kind }: PlanRecord, { row, tab }: StoredRow): string | null {
  const user = checked?.users[row.u]?.sources[0]?.vendorId;
  if (user === undefined || kind !== 'users') return null;
  if (row.op === 'watch-state.set') return tab === 'conflict' ? `state:${user}:${row.item}:ratingTenths` : `item:${user}:${row.item}`;
  if (row.op === 'skip') return row.reason === 'already-there' || row.reason === 'nothing-to-carry' ? null : `item:${user}:${row.item}`;
  return `user:${user}`;
}
