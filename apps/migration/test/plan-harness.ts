import { checkPlan, createPlan, freezePlan, listPlanRows, PlanRequest, readPlan, uuidv7, type PlanRow, type PlanRowOf, type PlanTab, type PlanView } from '@usher/contracts';
import { eventually, type MigrationFleet, type MigrationServer } from './migration-harness.js';

/** A plan as an operator works on it, through the messages of the controller. */
export class PlanDesk {
  constructor(private readonly fleet: MigrationFleet) {}

  request(source: MigrationServer, target: MigrationServer, change: Partial<ReturnType<typeof PlanRequest.parse>> = {}): PlanRequest {
    const users = source.fake.users.map(({ vendorId }) => ({ sourceVendorId: vendorId, decision: 'suggest' as const, targetVendorId: null, targetName: null }));
    return PlanRequest.parse({ sourceServerId: source.id, targetServerId: target.id, users, ...change });
  }

  create(request: PlanRequest, planId = uuidv7()): Promise<PlanView> {
    return this.fleet.ask(createPlan, { planId, request, ...this.fleet.operator });
  }

  /** Checks, and waits until the check has ended, well or not. */
  async check(planId: string): Promise<PlanView> {
    await this.fleet.ask(checkPlan, { planId, ...this.fleet.operator });
    return await this.checked(planId);
  }

  async checked(planId: string): Promise<PlanView> {
    return await eventually(async () => {
      const view = await this.read(planId);
      if (view.state === 'checking') throw new Error('still checking');
      return view;
    }, { timeoutMs: 60_000 });
  }

  async make(source: MigrationServer, target: MigrationServer, change: Parameters<PlanDesk['request']>[2] = {}): Promise<PlanView> {
    const { planId } = await this.create(this.request(source, target, change));
    return await this.check(planId);
  }

  read(planId: string): Promise<PlanView> {
    return this.fleet.ask(readPlan, { planId });
  }

  freeze({ planId, version }: Pick<PlanView, 'planId' | 'version'>): Promise<PlanView> {
    return this.fleet.ask(freezePlan, { planId, version, ...this.fleet.operator });
  }

  /** All rows of a tab, page by page. */
  async rows(planId: string, tab: PlanTab | null = null): Promise<PlanRow[]> {
    const rows: PlanRow[] = [];
    for (let after: number | null = null; ; ) {
      const page: Awaited<ReturnType<typeof this.page>> = await this.page(planId, tab, after);
      rows.push(...page.rows.map(({ row }) => row));
      if (page.next === null) return rows;
      after = page.next;
    }
  }

  async states(planId: string): Promise<PlanRowOf<'watch-state.set'>[]> {
    return (await this.rows(planId)).filter((row) => row.op === 'watch-state.set');
  }

  page(planId: string, tab: PlanTab | null, after: number | null, limit = 100) {
    return this.fleet.ask(listPlanRows, { planId, tab, u: null, states: [], search: null, after, limit });
  }
}
