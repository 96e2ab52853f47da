import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { PlansModule } from '../plans/plans.module.js';
import { ReportsRepository } from '../reports/reports.repository.js';
import { ReportsService } from '../reports/reports.service.js';
import { TicketIssuer } from '../tickets/ticket-issuer.js';
import { RollbackService } from './rollback.service.js';
import { RunGate } from './run-gate.js';
import { RunReconciler } from './run-reconciler.js';
import { RunRetention } from './run-retention.js';
import { RunWorkFactory } from './run-work.factory.js';
import { RunWorker } from './run-worker.js';
import { RunsListener } from './runs.listener.js';
import { RunsQueue } from './runs.queue.js';
import { RunsRepository } from './runs.repository.js';
import { RunsService } from './runs.service.js';

/** Carries approved plans out, and takes them back. */
@Module({
  imports: [PlansModule, ApprovalsModule],
  controllers: [RunsListener],
  providers: [ReportsRepository, ReportsService, RollbackService, RunGate, RunReconciler, RunRetention, RunWorkFactory, RunWorker, RunsQueue, RunsRepository, RunsService, TicketIssuer],
})
export class RunsModule {}
