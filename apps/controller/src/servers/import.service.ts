import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@usher/contracts';
import { transaction } from '@usher/database';
import type { Clock } from '@usher/resilience';
import { Pool, type PoolClient } from 'pg';
import { Actor } from '../auth/actor.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { CLOCK } from '../infrastructure.js';
import { CredentialsService } from './credentials.service.js';
import { isRefused, needsTest, planImport, type ImportPlanRow } from './import-plan.js';
import { importResult } from './import-result.js';
import { ImportTestsService, type ImportedRow } from './import-tests.service.js';
import type { ImportServerRowInput, ImportServersInput } from './server-inputs.graphql.js';
import type { ImportServersResultObject } from './server-results.graphql.js';
import { ServerWriter } from './server-writer.service.js';
import { ServersService } from './servers.service.js';

const MAX_ROWS = 1000;

interface ImportOptions {
  readonly dryRun: boolean;
  readonly stopOnError: boolean;
  readonly allowUnreachable: boolean;
  readonly demo: boolean;
}

/** Many servers at once: plan, test, then write. Twice the same file changes nothing. */
@Injectable()
export class ImportService {
  constructor(
    private readonly servers: ServersService,
    private readonly writer: ServerWriter,
    private readonly credentials: CredentialsService,
    private readonly tests: ImportTestsService,
    private readonly idempotency: IdempotencyService,
    private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Good rows are applied and bad ones reported; with `stopOnError` one bad row means that nothing is applied.
   * @throws VALIDATION_FAILED above 1000 rows, STEP_UP_REQUIRED when a registered server's address or key would change,
   * AGENT_OFFLINE or AGENT_TIMEOUT without agent host, IDEMPOTENCY_CONFLICT
   */
  async importServers(actor: Actor, input: ImportServersInput): Promise<ImportServersResultObject> {
    const operator = actor.require('operator');
    if (input.rows.length > MAX_ROWS) throw new AppError('VALIDATION_FAILED', `An import has at most ${MAX_ROWS} rows.`, { field: 'rows' });
    const options = {
      dryRun: input.dryRun === true,
      stopOnError: input.stopOnError === true,
      allowUnreachable: input.allowUnreachable === true,
      demo: false,
    };
    if (options.dryRun) return this.run(actor, input.rows, options);
    const call = { operator, key: input.idempotencyKey, op: 'importServers', request: input };
    return this.idempotency.once<ImportServersResultObject>(call, async (save) => {
      const result = await this.run(actor, input.rows, options);
      await transaction(this.pool, (tx) => save(tx, result));
      return result;
    });
  }

  /** The demo fleet of the host: saved as demo servers, on nobody's order. */
  async importDemoFleet(rows: readonly ImportServerRowInput[]): Promise<ImportServersResultObject> {
    return this.run(Actor.host(), rows, { dryRun: false, stopOnError: false, allowUnreachable: true, demo: true });
  }

  private async run(actor: Actor, inputs: readonly ImportServerRowInput[], options: ImportOptions): Promise<ImportServersResultObject> {
    const existing = await this.servers.list(actor);
    const plan = planImport(inputs, existing, (row, token) => this.credentials.isSame(token, row.credential?.fingerprint ?? null));
    this.authorize(actor, plan);
    const rows = await this.tests.run(plan, options.allowUnreachable);
    if (options.dryRun) return importResult(rows, false);
    if (options.stopOnError) return this.applyTogether(actor, rows, options);
    const applied: ImportedRow[] = [];
    for (const row of rows) applied.push(await this.applyAlone(actor, row, options));
    this.announce(applied);
    return importResult(applied, true);
  }

  /** A changed primary server is for superadmins; a stored key goes to another address only for somebody who just proved the password. */
  private authorize(actor: Actor, plan: readonly ImportPlanRow[]): void {
    for (const row of plan) {
      if (isRefused(row)) continue;
      if (row.settings.role !== (row.matched?.role ?? 'linked')) actor.allow('superadmin');
      if (row.matched && needsTest(row)) actor.requireProof(this.clock.now());
    }
  }

  private async applyTogether(actor: Actor, rows: readonly ImportedRow[], options: ImportOptions): Promise<ImportServersResultObject> {
    if (rows.some((row) => row.error !== null)) return importResult(rows, false);
    let at = 0;
    try {
      const applied = await transaction(this.pool, async (tx) => {
        const done: ImportedRow[] = [];
        for (const row of rows) {
          at = row.plan.index;
          done.push(await this.apply(tx, actor, row, options));
        }
        return done;
      });
      this.announce(applied);
      return importResult(applied, true);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return importResult(rows.map((row) => (row.plan.index === at ? { ...row, error } : row)), false);
    }
  }

  private async applyAlone(actor: Actor, row: ImportedRow, options: ImportOptions): Promise<ImportedRow> {
    if (row.error) return row;
    try {
      return await transaction(this.pool, (tx) => this.apply(tx, actor, row, options));
    } catch (error) {
      if (error instanceof AppError) return { ...row, error };
      throw error;
    }
  }

  private async apply(tx: PoolClient, actor: Actor, row: ImportedRow, options: ImportOptions): Promise<ImportedRow> {
    const { plan, test } = row;
    if (isRefused(plan)) return row;
    const { matched, settings, url, token, changes } = plan;
    const kind = test?.ok ? test.profile.kind : plan.kind;
    if (matched && changes.length > 0) {
      await this.writer.change(tx, actor, { row: matched, settings, url, kind, changes, newToken: plan.isNewToken ? token : null, reconnects: needsTest(plan) });
    }
    if (matched) return row;
    const serverId = await this.writer.create(tx, actor, { settings, url, kind, token: token!, test: test!, demo: options.demo });
    return { ...row, serverId };
  }

  private announce(rows: readonly ImportedRow[]): void {
    const changed = rows.filter((row) => row.error === null && !isRefused(row.plan) && (row.plan.matched === null || row.plan.changes.length > 0));
    this.servers.announce(changed.map((row) => row.serverId!));
  }
}
