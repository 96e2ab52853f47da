import { Injectable } from '@nestjs/common';
import { AppError, type ConnectionTestResult } from '@usher/contracts';
import { ConcurrencyLimit } from '@usher/resilience';
import { ConnectionTestService } from './connection-test.service.js';
import { CredentialsService } from './credentials.service.js';
import { isRefused, needsTest, type ImportPlanRow, type PlannedRow } from './import-plan.js';
import { refuseOtherServer, refuseUnlessSaveable } from './registration.service.js';

/** What became of a row so far. */
export interface ImportedRow {
  readonly plan: ImportPlanRow;
  /** null = nothing had to be tested. */
  readonly test: ConnectionTestResult | null;
  /** Why the row is not applied; null while nothing speaks against it. */
  readonly error: AppError | null;
  /** The server that the row is, once it is known. */
  readonly serverId: string | null;
}

/** How many servers of one import are tested at the same time. */
const PARALLEL_TESTS = 4;

/** Tests the rows of an import that need it. The order of the answers is that of the rows, whichever comes first. */
@Injectable()
export class ImportTestsService {
  constructor(
    private readonly tests: ConnectionTestService,
    private readonly credentials: CredentialsService,
  ) {}

  /** @throws AGENT_OFFLINE, AGENT_TIMEOUT when the agent host is away: one error for the whole import */
  async run(rows: readonly ImportPlanRow[], allowUnreachable: boolean): Promise<ImportedRow[]> {
    const due = rows.filter((row) => !isRefused(row) && needsTest(row));
    const hostKey = due.length > 0 ? await this.tests.hostKey() : null;
    const limit = new ConcurrencyLimit({ max: PARALLEL_TESTS, queue: rows.length });
    return Promise.all(
      rows.map(async (plan): Promise<ImportedRow> => {
        const serverId = plan.matched?.id ?? null;
        if (isRefused(plan)) return { plan, test: null, error: plan.error, serverId };
        if (!hostKey || !needsTest(plan)) return { plan, test: null, error: null, serverId };
        return limit.run(async () => this.judged(plan, () => this.test(hostKey, plan), allowUnreachable));
      }),
    );
  }

  private async test(hostKey: Parameters<ConnectionTestService['testSealedTo']>[0], row: PlannedRow): Promise<ConnectionTestResult> {
    const token = row.token ?? (await this.credentials.tokenOf(row.matched!.id));
    return this.tests.testSealedTo(hostKey, { url: row.url, token, kind: row.kind, tls: row.settings.tls });
  }

  private async judged(plan: PlannedRow, run: () => Promise<ConnectionTestResult>, allowUnreachable: boolean): Promise<ImportedRow> {
    const serverId = plan.matched?.id ?? null;
    let test: ConnectionTestResult | null = null;
    try {
      test = await run();
      refuseUnlessSaveable(test, allowUnreachable);
      if (plan.matched) refuseOtherServer(test, plan.matched);
      return { plan, test, error: null, serverId };
    } catch (error) {
      if (error instanceof AppError) return { plan, test, error, serverId };
      throw error;
    }
  }
}
