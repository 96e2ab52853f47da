import { Controller } from '@nestjs/common';
import { HandleServiceCommand } from '@usher/bus';
import { checkPlan, createPlan, decidePlan, discardPlan, freezePlan, listDecisions, listPlanRows, listPlans, readPlan, updatePlan, type PlanView } from '@usher/contracts';
import type { z } from 'zod';
import { DecisionsService } from './decisions.service.js';
import { PlanRowsService } from './plan-rows.service.js';
import { PlanViews } from './plan-views.service.js';
import { PlansService } from './plans.service.js';

@Controller()
export class PlansListener {
  constructor(
    private readonly plans: PlansService,
    private readonly views: PlanViews,
    private readonly rows: PlanRowsService,
    private readonly decisions: DecisionsService,
  ) {}

  @HandleServiceCommand(createPlan)
  create(request: z.output<typeof createPlan.request>): Promise<PlanView> {
    return this.plans.create(request);
  }

  @HandleServiceCommand(updatePlan)
  update(request: z.output<typeof updatePlan.request>): Promise<PlanView> {
    return this.plans.update(request);
  }

  @HandleServiceCommand(checkPlan)
  check({ planId }: z.output<typeof checkPlan.request>): Promise<PlanView> {
    return this.plans.check(planId);
  }

  @HandleServiceCommand(freezePlan)
  freeze({ planId, version }: z.output<typeof freezePlan.request>): Promise<PlanView> {
    return this.plans.freeze(planId, version);
  }

  @HandleServiceCommand(discardPlan)
  discard({ planId }: z.output<typeof discardPlan.request>): Promise<PlanView> {
    return this.plans.discard(planId);
  }

  @HandleServiceCommand(readPlan)
  read({ planId }: z.output<typeof readPlan.request>): Promise<PlanView> {
    return this.views.view(planId);
  }

  @HandleServiceCommand(listPlans)
  list({ after, limit }: z.output<typeof listPlans.request>): Promise<z.input<typeof listPlans.reply>> {
    return this.views.list(after, limit);
  }

  @HandleServiceCommand(listPlanRows)
  listRows(request: z.output<typeof listPlanRows.request>): Promise<z.input<typeof listPlanRows.reply>> {
    return this.rows.list(request);
  }

  @HandleServiceCommand(decidePlan)
  decide(request: z.output<typeof decidePlan.request>): Promise<PlanView> {
    return this.decisions.decide(request);
  }

  @HandleServiceCommand(listDecisions)
  listDecisions({ planId, after, limit }: z.output<typeof listDecisions.request>): Promise<z.input<typeof listDecisions.reply>> {
    return this.decisions.list(planId, after, limit);
  }
}
