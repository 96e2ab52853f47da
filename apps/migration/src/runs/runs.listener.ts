import { Controller } from '@nestjs/common';
import { HandleServiceCommand } from '@usher/bus';
import { acceptExceptions, controlRun, createRollback, readReport, readRun, startRun, type PlanView, type RunView } from '@usher/contracts';
import type { z } from 'zod';
import { ReportsService } from '../reports/reports.service.js';
import { RollbackService } from './rollback.service.js';
import { RunsService } from './runs.service.js';

/** What the controller asks in the name of people. It has decided who may. */
@Controller()
export class RunsListener {
  constructor(
    private readonly runs: RunsService,
    private readonly rollback: RollbackService,
    private readonly reports: ReportsService,
  ) {}

  @HandleServiceCommand(startRun)
  start({ planId, ...by }: z.infer<typeof startRun.request>): Promise<RunView> {
    return this.runs.start(planId, by);
  }

  @HandleServiceCommand(controlRun)
  control({ runId, order }: z.infer<typeof controlRun.request>): Promise<RunView> {
    return this.runs.control(runId, order);
  }

  @HandleServiceCommand(acceptExceptions)
  accept({ runId, ...by }: z.infer<typeof acceptExceptions.request>): Promise<RunView> {
    return this.runs.accept(runId, by);
  }

  @HandleServiceCommand(readRun)
  read({ runId }: z.infer<typeof readRun.request>): Promise<RunView> {
    return this.runs.view(runId);
  }

  @HandleServiceCommand(createRollback)
  createRollback(request: z.infer<typeof createRollback.request>): Promise<PlanView> {
    return this.rollback.create(request);
  }

  @HandleServiceCommand(readReport)
  report({ runId, part }: z.infer<typeof readReport.request>): Promise<z.infer<typeof readReport.reply>> {
    return this.reports.read(runId, part);
  }
}
