import { Controller, Inject } from '@nestjs/common';
import { HandleCommand, type CommandContext } from '@usher/bus';
import { holdPlan, releasePlan, revokeTickets } from '@usher/contracts';
import type { z } from 'zod';
import type { PerServer } from '../server/per-server.js';
import type { PlanHolding } from './plan-holding.service.js';

export const PLAN_HOLDINGS = Symbol('PLAN_HOLDINGS');

@Controller()
export class TicketsListener {
  constructor(@Inject(PLAN_HOLDINGS) private readonly holdings: PerServer<PlanHolding>) {}

  @HandleCommand(holdPlan)
  async hold(request: z.infer<typeof holdPlan.request>, { serverId }: CommandContext): Promise<z.infer<typeof holdPlan.reply>> {
    await this.holdings.of(serverId).hold(request);
    return { held: true };
  }

  @HandleCommand(releasePlan)
  async release({ planSha256 }: z.infer<typeof releasePlan.request>, { serverId }: CommandContext): Promise<z.infer<typeof releasePlan.reply>> {
    await this.holdings.of(serverId).release(planSha256);
    return {};
  }

  @HandleCommand(revokeTickets)
  async revoke(request: z.infer<typeof revokeTickets.request>, { serverId }: CommandContext): Promise<z.infer<typeof revokeTickets.reply>> {
    await this.holdings.of(serverId).revoke(request);
    return { revoked: true };
  }
}
