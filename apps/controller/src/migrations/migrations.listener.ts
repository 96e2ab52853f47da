import { Controller } from '@nestjs/common';
import { HandleServiceState } from '@usher/bus';
import { planProgress, runProgress, type PlanProgress, type RunProgress } from '@usher/contracts';
import { MigrationProgress } from './migration-progress.js';

/** What the migration service tells. */
@Controller()
export class MigrationsListener {
  constructor(private readonly progress: MigrationProgress) {}

  @HandleServiceState(planProgress)
  plan(progress: PlanProgress): void {
    this.progress.receivePlan(progress);
  }

  @HandleServiceState(runProgress)
  run(progress: RunProgress): void {
    this.progress.receiveRun(progress);
  }
}
