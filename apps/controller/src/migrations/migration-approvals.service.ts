import { Injectable } from '@nestjs/common';
import { AppError, readPlan, revokeApproval, Sha256Hex, storeApproval, Uuid7, type PlanView } from '@usher/contracts';
import { z } from 'zod';
import type { Actor, SignedIn } from '../auth/actor.js';
import { ApprovalsService, type ApprovalWish, type SignedApproval } from '../auth/approvals.service.js';
import { parseInput } from '../graphql/parse-input.js';
import { MigrationDoor } from './migration-door.js';
import type { ApproveMigrationPlanInput, RevokeMigrationApprovalInput } from './migration-inputs.graphql.js';
import { MigrationOrders } from './migration-orders.js';
import type { MigrationPlanObject } from './migration-plan.graphql.js';
import { requireId } from './migration-request.js';
import { showPlan } from './migration-view.js';

const DEFAULT_MINUTES = 60;

const Wish = z.object({
  version: z.number().int().positive(),
  hash: z.string().trim().toLowerCase().pipe(Sha256Hex),
  targetAlias: z.string().trim().min(1, 'must be typed').max(200),
  minutes: z.number().int().min(15, 'must be at least 15').max(1_440, 'must be at most 1440'),
  maxWrites: z.number().int().min(1, 'must be at least 1').max(100_000_000).nullable(),
});
const Revocation = z.object({ approverId: Uuid7.nullable(), reason: z.string().trim().max(500, 'must have at most 500 characters').nullable() });

/** Approvals given and taken back. The service keeps them; only the controller can sign them. */
@Injectable()
export class MigrationApprovalsService {
  constructor(
    private readonly door: MigrationDoor,
    private readonly orders: MigrationOrders,
    private readonly approvals: ApprovalsService,
  ) {}

  /** @throws STEP_UP_REQUIRED, VALIDATION_FAILED, NOT_FOUND, MIGRATION_OFFLINE, and those of `ApprovalsService.sign` */
  async approve(actor: Actor, input: ApproveMigrationPlanInput): Promise<MigrationPlanObject> {
    const approver = await this.orders.superadmin(actor, 'plan.approve', { proof: true });
    const planId = requireId(input.id, 'plan');
    const wish = parseInput(Wish, { ...input, minutes: input.minutes ?? DEFAULT_MINUTES, maxWrites: input.maxWrites ?? null });
    const plan = await this.door.ask(readPlan, { planId });
    const { jws, sha256: approvalSha256, maxWrites, expiresAt } = await this.sign(actor, plan, approver, wish);
    const payload = { planSha256: wish.hash, version: wish.version, maxWrites, expiresAt, approvalSha256 };
    const order = { verb: 'plan.approve', past: 'plan.approved', concerned: { planId }, payload };
    return showPlan(await this.orders.carryOut(actor, order, () => this.door.ask(storeApproval, { planId, jws })));
  }

  /** Any superadmin may, their own approval or another's; it needs no password, so that nothing delays it. */
  async revoke(actor: Actor, input: RevokeMigrationApprovalInput): Promise<MigrationPlanObject> {
    const { operatorId, name: operatorName } = await this.orders.superadmin(actor, 'approval.revoke');
    const planId = requireId(input.id, 'plan');
    const { approverId, reason } = parseInput(Revocation, { approverId: input.approverId ?? null, reason: input.reason ?? null });
    const order = { verb: 'approval.revoke', past: 'approval.revoked', concerned: { planId }, payload: { approverId, reason } };
    return showPlan(await this.orders.carryOut(actor, order, () => this.door.ask(revokeApproval, { planId, approverId, operatorId, operatorName })));
  }

  private async sign(actor: Actor, plan: PlanView, approver: SignedIn, wish: ApprovalWish): Promise<SignedApproval> {
    try {
      return await this.approvals.sign(plan, approver, wish);
    } catch (error) {
      if (error instanceof AppError && error.code === 'FORBIDDEN') await this.orders.noteRefusal(actor, 'plan.approve', { planId: plan.planId, reason: error.details['reason'] });
      throw error;
    }
  }
}
