import { eventually } from '@usher/testing';
import type { Held } from './migrant.js';
import { PASSWORD, type Operator } from './operator.js';

export interface PlanRow {
  readonly n: number;
  readonly operation: string;
  readonly title: string;
  readonly userName: string;
  readonly state: string | null;
  readonly losses: { field: string }[];
  readonly to: Held | null;
}

export interface Run {
  readonly runId: string;
  readonly state: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly counts: Record<'rows' | 'new' | 'intent' | 'done' | 'verified' | 'skipped' | 'conflict' | 'failed', number>;
  readonly verification: Record<'same' | 'differs' | 'notThere' | 'unreadable', number> | null;
}
const RUN = 'runId state code message counts { rows new intent done verified skipped conflict failed } verification { same differs notThere unreadable }';

export interface Plan {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly code: string | null;
  readonly planSha256: string | null;
  readonly target: { alias: string };
  readonly findings: { severity: string; code: string; message: string }[];
}
const PLAN = 'id version state code planSha256 target { alias } findings { severity code message }';

const SLOW = { timeoutMs: 60_000, everyMs: 250 };

/** Plans and runs at the API, as the console asks for them. */
export class Migrations {
  private constructor(private readonly sam: Operator) {}

  /** Proves the password: what follows needs it. */
  static async of(sam: Operator): Promise<Migrations> {
    await sam.ask('mutation ($password: String!) { stepUp(password: $password) }', { password: PASSWORD });
    return new Migrations(sam);
  }

  /** A plan that was checked and frozen. */
  async plan(sourceServerId: string, targetServerId: string, people: readonly { from: string; to?: string; create?: string }[]): Promise<Plan> {
    const ours = await this.accounts(sourceServerId, people.map(({ from }) => from));
    const theirs = await this.accounts(targetServerId, people.flatMap(({ to }) => to ?? []));
    const users = people.map(({ from, to, create }) => ({ sourceVendorId: ours.get(from)!, ...(create ? { decision: 'CREATE', targetName: create } : { decision: 'MAP', targetVendorId: theirs.get(to!)! }) }));
    const input = { idempotencyKey: crypto.randomUUID(), request: { sourceServerId, targetServerId, users } };
    const { createMigrationPlan } = await this.sam.ask<{ createMigrationPlan: Plan }>(`mutation ($input: CreateMigrationPlanInput!) { createMigrationPlan(input: $input) { ${PLAN} } }`, { input });
    await this.sam.ask('mutation ($id: ID!) { checkMigrationPlan(id: $id) { id } }', { id: createMigrationPlan.id });
    const checked = await eventually(async () => {
      const plan = await this.show(createMigrationPlan.id);
      return plan.state !== 'CHECKING' && plan;
    }, SLOW);
    if (checked.state !== 'CHECKED') throw new Error(`the check ended ${checked.state}: ${checked.code}`);
    const { freezeMigrationPlan } = await this.sam.ask<{ freezeMigrationPlan: Plan }>(`mutation ($input: FreezeMigrationPlanInput!) { freezeMigrationPlan(input: $input) { ${PLAN} } }`, { input: { id: checked.id, version: checked.version } });
    return freezeMigrationPlan;
  }

  async show(id: string): Promise<Plan> {
    return (await this.sam.ask<{ migrationPlan: Plan }>(`query ($id: ID!) { migrationPlan(id: $id) { ${PLAN} } }`, { id })).migrationPlan;
  }

  async rows(id: string): Promise<PlanRow[]> {
    const query = 'query ($id: ID!, $after: String) { migrationPlanRows(id: $id, first: 100, after: $after) { edges { node { n operation title userName state losses { field } to { played playCount lastPlayedAt positionMs favorite ratingTenths } } } pageInfo { hasNextPage endCursor } } }';
    const rows: PlanRow[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { migrationPlanRows: page }: { migrationPlanRows: { edges: { node: PlanRow }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } = await this.sam.ask(query, { id, after });
      rows.push(...page.edges.map(({ node }) => node));
      more = page.pageInfo.hasNextPage;
      after = page.pageInfo.endCursor;
    }
    return rows;
  }

  async approve(id: string): Promise<void> {
    const { version, planSha256, target } = await this.show(id);
    await this.sam.ask('mutation ($input: ApproveMigrationPlanInput!) { approveMigrationPlan(input: $input) { id } }', { input: { id, version, hash: planSha256, targetAlias: target.alias } });
  }

  async revoke(id: string): Promise<void> {
    await this.sam.ask('mutation ($input: RevokeMigrationApprovalInput!) { revokeMigrationApproval(input: $input) { id } }', { input: { id } });
  }

  async start(planId: string): Promise<Run> {
    return (await this.sam.ask<{ startMigrationRun: Run }>(`mutation ($planId: ID!) { startMigrationRun(planId: $planId) { ${RUN} } }`, { planId })).startMigrationRun;
  }

  async resume(id: string): Promise<void> {
    await this.sam.ask('mutation ($id: ID!) { resumeMigrationRun(id: $id) { runId } }', { id });
  }

  async run(id: string): Promise<Run> {
    return (await this.sam.ask<{ migrationRun: Run }>(`query ($id: ID!) { migrationRun(id: $id) { ${RUN} } }`, { id })).migrationRun;
  }

  /** Until it stands still. */
  async ended(runId: string, timeoutMs = 60_000): Promise<Run> {
    return eventually(
      async () => {
        const run = await this.run(runId);
        return !['QUEUED', 'RUNNING', 'VERIFYING'].includes(run.state) && run;
      },
      { timeoutMs, everyMs: 250 },
    );
  }

  async carryOut(planId: string): Promise<Run> {
    await this.approve(planId);
    return this.ended((await this.start(planId)).runId);
  }

  /** Once they were read: a server is online before that. */
  private accounts(serverId: string, names: readonly string[]): Promise<Map<string, string>> {
    return eventually(async () => {
      const { users } = await this.sam.ask<{ users: { name: string; vendorId: string }[] }>('query ($serverId: ID!) { users(serverId: $serverId) { name vendorId } }', { serverId });
      const known = new Map(users.map(({ name, vendorId }) => [name, vendorId]));
      return names.every((name) => known.has(name)) && known;
    }, SLOW);
  }
}
