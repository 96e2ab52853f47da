import { AppError, uuidv7, type PlanView, type RunView } from '@usher/contracts';
import { ControllerHarness, type GraphqlAnswer } from './controller-harness.js';
import { MIGRATION_DOCUMENTS, MIGRATION_GOOD, type MigrationWorld } from './migration-bad-inputs.js';
import { makePlan, makeRequest, makeRows, makeRun, PlayedMigration } from './played-migration.js';

interface AuditRow {
  readonly action: string;
  readonly server_id: string;
  readonly payload: Record<string, unknown>;
}

/** A controller, and a played migration service with one frozen plan and its run. */
export class MigrationHarness {
  plan!: PlanView;
  run!: RunView;

  private constructor(
    readonly controller: ControllerHarness,
    readonly played: PlayedMigration,
    readonly world: MigrationWorld,
  ) {
    this.reset();
  }

  static async start(): Promise<MigrationHarness> {
    const controller = await ControllerHarness.start();
    await controller.addRoles();
    const played = await PlayedMigration.start(controller.nats.url, controller.ring);
    const world = { sourceId: uuidv7(), targetId: uuidv7(), planId: uuidv7(), runId: uuidv7(), foreignId: uuidv7() };
    const { planId, runId, sourceId, targetId } = world;
    const { pool } = controller;
    await pool.query(`INSERT INTO migration_plan (id, source_server_id, target_server_id, request, initiator_id, initiator_name) VALUES ($1, $2, $3, '{}', $1, 'Lena')`, [planId, sourceId, targetId]);
    await pool.query(`INSERT INTO migration_run (id, plan_id, target_server_id, started_by_id, started_by_name) VALUES ($1, $2, $3, $1, 'Sam')`, [runId, planId, targetId]);
    return new MigrationHarness(controller, played, world);
  }

  async close(): Promise<void> {
    await this.played.pause();
    await this.controller.close();
  }

  /** Forgets what was asked, and answers as the service would: only what exists. */
  reset(): void {
    const { world, played } = this;
    this.plan = makePlan(makeRequest(world.sourceId, world.targetId), { planId: world.planId });
    this.run = makeRun({ runId: world.runId, planId: world.planId });
    played.asked.length = 0;
    const onPlan = ({ planId }: { planId: string }) => ({ ...this.plan, planId: this.known(planId) });
    const onRun = ({ runId }: { runId: string }) => ({ ...this.run, runId: this.known(runId) });
    for (const name of ['plan.create', 'plan.update', 'plan.check', 'plan.freeze', 'plan.discard', 'plan.read', 'plan.decide', 'approval.store', 'approval.revoke']) played.answers.set(name, onPlan);
    for (const name of ['run.control', 'run.accept', 'run.read']) played.answers.set(name, onRun);
    played.answers.set('run.start', (request) => (onPlan(request), this.run));
    played.answers.set('run.rollback', (request) => (onRun(request), { ...this.plan, planId: request.planId, kind: 'rollback', ofRun: world.runId }));
    played.answers.set('plan.list', () => ({ plans: [], next: null }));
    played.answers.set('plan.rows', (request) => (onPlan(request), { rows: makeRows(), next: 4, total: 14 }));
    played.answers.set('plan.decisions', (request) => (onPlan(request), { version: 3, rows: [], next: null }));
    played.answers.set('run.report', (request) => (onRun(request), { part: request.part, of: 2, text: `part ${request.part}`, jws: 'a.b.c' }));
  }

  refuse(name: string, error: AppError): void {
    this.played.answers.set(name, () => {
      throw error;
    });
  }

  async superadmin(options?: { provenMsAgo: number }): Promise<{ id: string; name: string; token: string }> {
    return this.controller.addOperator('superadmin', options);
  }

  /** As a superadmin of its own unless a token is given, with good variables unless others are. */
  async call(operation: string, variables?: Record<string, unknown>, token?: string): Promise<GraphqlAnswer> {
    return this.ask(MIGRATION_DOCUMENTS[operation]!, variables ?? MIGRATION_GOOD[operation]!(this.world), token);
  }

  async ask(query: string, variables: Record<string, unknown>, token?: string | null): Promise<GraphqlAnswer> {
    return this.controller.gql(query, variables, { token: token === undefined ? (await this.superadmin()).token : token });
  }

  async audit(pattern: string): Promise<AuditRow[]> {
    const { rows } = await this.controller.pool.query<AuditRow>('SELECT action, server_id, payload FROM audit_event WHERE action LIKE $1 ORDER BY seq', [pattern]);
    return rows;
  }

  private known(id: string): string {
    if (id === this.world.foreignId) throw new AppError('NOT_FOUND', 'There is no such plan or run.');
    return id;
  }
}

export const codeOf = ({ errors }: GraphqlAnswer): string | undefined => errors?.[0]?.extensions.code;
