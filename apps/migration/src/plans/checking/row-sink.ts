import type { PlanRecord } from '../plan-record.js';
import { BEHIND, type PlanRowsRepository } from '../plan-rows.repository.js';
import type { DraftRow } from '../rules/state-rows.js';

const PAGE = 500;

/** Numbers rows in the order in which they are carried out, and stores them page by page. */
export class RowSink {
  readonly skips: Record<string, number> = {};
  writes = 0;
  conflicts = 0;
  private skipped = 0;
  private page: DraftRow[] = [];

  constructor(
    private readonly repository: PlanRowsRepository,
    private readonly plan: PlanRecord,
    private readonly holder: string,
  ) {}

  get rows(): number {
    return this.writes + this.skipped;
  }

  async add(draft: DraftRow): Promise<void> {
    const isSkip = draft.row.op === 'skip';
    const n = isSkip ? BEHIND + this.skipped++ : this.writes++;
    if (draft.row.op === 'skip') this.skips[draft.row.reason] = (this.skips[draft.row.reason] ?? 0) + 1;
    if (draft.tab === 'conflict') this.conflicts += 1;
    this.page.push({ ...draft, row: { ...draft.row, n } });
    if (this.page.length >= PAGE) await this.flush();
  }

  async flush(): Promise<void> {
    const page = this.page;
    this.page = [];
    if (page.length > 0) await this.repository.insert(this.plan, this.holder, page);
  }
}
