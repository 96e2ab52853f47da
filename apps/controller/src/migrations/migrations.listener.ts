import { Controller } from '@nestjs/common';
import { HandleServiceState } from '@usher/bus';
import { planProgress, runProgress, type PlanProgress, type RunProgress } from '@usher/contracts';
import { MigratedAccountsService } from './migrated-accounts.service.js';
import { MigrationProgress } from './migration-progress.js';

/** What the migration service tells. */
@Controller()
export class MigrationsListener {
  constructor(
    private readonly progress: MigrationProgress,
    private readonly accounts: MigratedAccountsService,
  ) {}

  @HandleServiceState(planProgress)
  plan(progress: PlanProgress): void {
    this.progress.receivePlan(progress);
  }

  @HandleServiceState(runProgress)
  run(progress: RunProgress): void {
    const before = this.progress.latestOfRun(progress.runId)?.state ?? null;
    this.progress.receiveRun(progress);
    void this.accounts.follow(progress, before);
  }
}
