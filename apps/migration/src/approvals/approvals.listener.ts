import { Controller } from '@nestjs/common';
import { HandleServiceCommand } from '@usher/bus';
import { revokeApproval, storeApproval, type PlanView } from '@usher/contracts';
import type { z } from 'zod';
import { PlanViews } from '../plans/plan-views.service.js';
import { ApprovalsService } from './approvals.service.js';

@Controller()
export class ApprovalsListener {
  constructor(
    private readonly approvals: ApprovalsService,
    private readonly plans: PlanViews,
  ) {}

  @HandleServiceCommand(storeApproval)
  async store({ planId, jws }: z.infer<typeof storeApproval.request>): Promise<PlanView> {
    await this.approvals.store(planId, jws);
    return this.plans.view(planId);
  }

  @HandleServiceCommand(revokeApproval)
  async revoke({ planId, approverId, ...by }: z.infer<typeof revokeApproval.request>): Promise<PlanView> {
    await this.approvals.revoke(planId, approverId, by);
    return this.plans.view(planId);
  }
}
