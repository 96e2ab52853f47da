import { eventually, type Simulator, type Stack } from '@usher/testing';
import { PASSWORD, type Operator } from '../support/operator.js';
import { userName } from './servers.js';

const RUN = 'runId state code message requests counts { rows new intent done verified skipped conflict failed }';
const PLAN = 'id version state code message planSha256 runId counts { rows writes } findings { severity code message }';
const PATIENCE_MS = 3_600_000;

interface Plan {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly planSha256: string | null;
  readonly counts: { readonly rows: number; readonly writes: number };
  readonly findings: readonly { readonly severity: string; readonly code: string; readonly message: string }[];
}

export interface Run {
  readonly runId: string;
  readonly state: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly requests: number;
  readonly counts: Readonly<Record<'rows' | 'new' | 'intent' | 'done' | 'verified' | 'skipped' | 'conflict' | 'failed', number>>;
}

const TARGET_ALIAS = 'Bench Target';

/** A superadmin who moves everybody from one server to another. */
export class MigrationDesk {
  private sourceId = '';
  private targetId = '';

  constructor(
    private readonly operator: Operator,
    private readonly stack: Stack,
  ) {}

  async register(source: Simulator, target: Simulator): Promise<void> {
    const rows = [{ alias: 'Bench Source', url: source.url, token: source.adminKey }, { alias: TARGET_ALIAS, url: target.url, token: target.adminKey }];
    const { importServers } = await this.operator.ask<{ importServers: { results: { alias: string; serverId: string | null; code: string | null }[] } }>(
      'mutation ($input: ImportServersInput!) { importServers(input: $input) { results { alias serverId code } } }',
      { input: { idempotencyKey: crypto.randomUUID(), rows } },
    );
    const idOf = (alias: string): string => {
      const found = importServers.results.find((result) => result.alias === alias);
      if (!found?.serverId) throw new Error(`${alias} was not imported: ${found?.code}`);
      return found.serverId;
    };
    [this.sourceId, this.targetId] = [idOf('Bench Source'), idOf(TARGET_ALIAS)];
    await eventually(async () => {
      const { servers } = await this.operator.ask<{ servers: { state: string }[] }>('{ servers { state } }');
      return servers.length === 2 && servers.every(({ state }) => state === 'ONLINE');
    }, { timeoutMs: 120_000, everyMs: 250 });
  }

  /** Everybody, account by account of the same name. */
  async plan(users: number): Promise<Plan> {
    const [sources, targets] = [await this.accounts(this.sourceId, users), await this.accounts(this.targetId, users)];
    const choices = Array.from({ length: users }, (_, u) => ({ sourceVendorId: sources.get(userName(u))!, decision: 'MAP', targetVendorId: targets.get(userName(u))! }));
    const request = { sourceServerId: this.sourceId, targetServerId: this.targetId, users: choices };
    const { createMigrationPlan: plan } = await this.operator.ask<{ createMigrationPlan: Plan }>(`mutation ($input: CreateMigrationPlanInput!) { createMigrationPlan(input: $input) { ${PLAN} } }`, { input: { idempotencyKey: crypto.randomUUID(), request } });
    await this.operator.ask('mutation ($id: ID!) { checkMigrationPlan(id: $id) { id } }', { id: plan.id });
    const checked = await this.until(plan.id, (now) => now.state !== 'CHECKING');
    if (checked.state !== 'CHECKED') throw new Error(`the plan is ${checked.state}: ${checked.code} ${checked.message}`);
    const blockers = checked.findings.filter(({ severity }) => severity === 'BLOCKER');
    if (blockers.length > 0) throw new Error(`the plan is blocked: ${JSON.stringify(blockers)}`);
    const { freezeMigrationPlan } = await this.operator.ask<{ freezeMigrationPlan: Plan }>(`mutation ($input: FreezeMigrationPlanInput!) { freezeMigrationPlan(input: $input) { ${PLAN} } }`, { input: { id: checked.id, version: checked.version } });
    return freezeMigrationPlan;
  }

  /** Approves and starts; returns when the run has ended or stands. `meanwhile` is told of every look at it. */
  async carryOut(plan: Plan, meanwhile: (run: Run) => Promise<void> = async () => undefined): Promise<Run> {
    await this.operator.ask('mutation ($password: String!) { stepUp(password: $password) }', { password: PASSWORD });
    await this.operator.ask('mutation ($input: ApproveMigrationPlanInput!) { approveMigrationPlan(input: $input) { id } }', { input: { id: plan.id, version: plan.version, hash: plan.planSha256, targetAlias: TARGET_ALIAS, minutes: 600 } });
    const { startMigrationRun } = await this.operator.ask<{ startMigrationRun: Run }>(`mutation ($id: ID!) { startMigrationRun(planId: $id) { ${RUN} } }`, { id: plan.id });
    return eventually(
      async () => {
        const answer = await this.operator.send<{ migrationRun: Run | null }>(`query ($id: ID!) { migrationRun(id: $id) { ${RUN} } }`, { id: startMigrationRun.runId });
        const run = answer.data?.migrationRun;
        // While its process is killed and comes back, nobody answers for it.
        if (!run) return false;
        await meanwhile(run);
        return ['DONE', 'PAUSED', 'AWAITING_DECISION', 'ABORTED', 'FAILED'].includes(run.state) && run;
      },
      { timeoutMs: PATIENCE_MS, everyMs: 500 },
    );
  }

  async rollback(runId: string): Promise<Plan> {
    const { createMigrationRollback } = await this.operator.ask<{ createMigrationRollback: Plan }>(`mutation ($input: CreateMigrationRollbackInput!) { createMigrationRollback(input: $input) { ${PLAN} } }`, { input: { idempotencyKey: crypto.randomUUID(), runId } });
    return createMigrationRollback;
  }

  /** As if the machine of the migration service had lost power, and came back. */
  async killService(): Promise<void> {
    await this.stack.kill(this.stack.migrationService);
    await this.stack.startService(this.stack.migrationService);
  }

  /** Ids by name, once the index knows them all. */
  private accounts(serverId: string, users: number): Promise<Map<string, string>> {
    return eventually(
      async () => {
        const answer = await this.operator.ask<{ users: { vendorId: string; name: string }[] }>('query ($id: ID!) { users(serverId: $id) { vendorId name } }', { id: serverId });
        const ids = new Map(answer.users.map(({ name, vendorId }) => [name, vendorId]));
        return Array.from({ length: users }, (_, u) => userName(u)).every((name) => ids.has(name)) && ids;
      },
      { timeoutMs: 120_000, everyMs: 500 },
    );
  }

  private async until(id: string, isSo: (plan: Plan) => boolean): Promise<Plan> {
    return eventually(
      async () => {
        const { migrationPlan } = await this.operator.ask<{ migrationPlan: Plan }>(`query ($id: ID!) { migrationPlan(id: $id) { ${PLAN} } }`, { id });
        return isSo(migrationPlan) && migrationPlan;
      },
      { timeoutMs: PATIENCE_MS, everyMs: 250 },
    );
  }
}
