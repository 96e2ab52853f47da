import { Inject, Injectable } from '@nestjs/common';
import { AppError, readPlan, revokeApproval, Sha256Hex, storeApproval, Uuid7, type PlanView } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { KeyRing, sha256Hex, signApproval } from '@usher/security';
import { z } from 'zod';
import { parseInput } from '../graphql/parse-input.js';
import { CLOCK } from '../infrastructure.js';
import { MigrationDoor } from '../migrations/migration-door.js';
import type { ApproveMigrationPlanInput, RevokeMigrationApprovalInput } from '../migrations/migration-inputs.graphql.js';
import { MigrationOrders } from '../migrations/migration-orders.js';
import { requireId } from '../migrations/migration-request.js';
import type { Actor, SignedIn } from './actor.js';

const DEFAULT_MINUTES = 60;

const Approval = z.object({
  version: z.number().int().positive(),
  hash: z.string().trim().toLowerCase().pipe(Sha256Hex),
  targetAlias: z.string().trim().min(1, 'must be typed').max(200),
  minutes: z.number().int().min(15, 'must be at least 15').max(1_440, 'must be at most 1440'),
  maxWrites: z.number().int().min(1, 'must be at least 1').max(100_000_000).nullable(),
});
const Revocation = z.object({ approverId: Uuid7.nullable(), reason: z.string().trim().max(500, 'must have at most 500 characters').nullable() });

/**
 * People's word for a frozen plan: one signed approval per person, by the controller's key. Agents ask for it and for a
 * ticket of the migration service, so neither service can write alone.
 */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly door: MigrationDoor,
    private readonly orders: MigrationOrders,
    private readonly ring: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Signs exactly the hash that was shown. The same person may renew an approval before it ends; they count once.
   * @throws STEP_UP_REQUIRED, VALIDATION_FAILED (the typed alias too), PLAN_STALE for another version or hash or a plan that is not frozen,
   *   FORBIDDEN for the author where two people are asked, MIGRATION_OFFLINE
   */
  async approve(actor: Actor, input: ApproveMigrationPlanInput): Promise<PlanView> {
    const approver = await this.orders.superadmin(actor, 'plan.approve', { proof: true });
    const planId = requireId(input.id, 'plan');
    const given = parseInput(Approval, { ...input, minutes: input.minutes ?? DEFAULT_MINUTES, maxWrites: input.maxWrites ?? null });
    const plan = await this.door.ask(readPlan, { planId });
    refuseAnotherPlan(plan, given);
    if (given.targetAlias !== plan.target.alias) throw new AppError('VALIDATION_FAILED', 'The typed alias is not the alias of the server that is written.', { field: 'targetAlias' });
    await this.refuseAuthor(actor, plan, approver);
    const maxWrites = given.maxWrites ?? Math.max(1, plan.counts.writes);
    const { jws, expiresAt } = await this.sign(plan, approver, { ...given, maxWrites });
    const payload = { planSha256: given.hash, version: given.version, maxWrites, expiresAt, approvalSha256: sha256Hex(jws) };
    return this.orders.carryOut(actor, { verb: 'plan.approve', past: 'plan.approved', concerned: { planId }, payload }, () => this.door.ask(storeApproval, { planId, jws }));
  }

  /** Any superadmin may, their own approval or another's; it needs no password, so that nothing delays it. */
  async revoke(actor: Actor, input: RevokeMigrationApprovalInput): Promise<PlanView> {
    const { operatorId, name: operatorName } = await this.orders.superadmin(actor, 'approval.revoke');
    const planId = requireId(input.id, 'plan');
    const { approverId, reason } = parseInput(Revocation, { approverId: input.approverId ?? null, reason: input.reason ?? null });
    const order = { verb: 'approval.revoke', past: 'approval.revoked', concerned: { planId }, payload: { approverId, reason } };
    return this.orders.carryOut(actor, order, () => this.door.ask(revokeApproval, { planId, approverId, operatorId, operatorName }));
  }

  private async sign(plan: PlanView, approver: SignedIn, { hash, minutes, maxWrites }: { hash: string; minutes: number; maxWrites: number }): Promise<{ jws: string; expiresAt: string }> {
    const iat = Math.floor(this.clock.now() / 1000);
    const exp = iat + minutes * 60;
    const jws = await signApproval(this.ring.commandKey('controller'), {
      v: 1,
      planId: plan.planId,
      planSha256: hash,
      server: plan.target.serverId,
      peer: plan.source.serverId,
      initiator: plan.initiator.operatorId,
      approver: approver.operatorId,
      approverName: approver.name,
      required: plan.request.options.approvalsRequired,
      iat,
      nbf: iat,
      exp,
      maxWrites,
    });
    return { jws, expiresAt: new Date(exp * 1000).toISOString() };
  }

  /** Where two people are asked, the author is none of them. */
  private async refuseAuthor(actor: Actor, { planId, request, initiator }: PlanView, { operatorId }: SignedIn): Promise<void> {
    if (request.options.approvalsRequired < 2 || initiator.operatorId !== operatorId) return;
    await this.orders.noteRefusal(actor, 'plan.approve', { planId, reason: 'author' });
    throw new AppError('FORBIDDEN', 'Two other people have to approve this plan: you made it.', { reason: 'author' });
  }
}

/** Only what is frozen, and only what the person saw. */
function refuseAnotherPlan({ planId, version, state, planSha256 }: PlanView, given: { version: number; hash: string }): void {
  const reason =
    given.version !== version ? 'version' : state === 'stale' || state === 'void' ? state : planSha256 === null ? 'not-frozen' : planSha256 !== given.hash ? 'hash' : null;
  if (reason === null) return;
  const message = reason === 'not-frozen' ? 'This plan is not frozen yet.' : reason === 'void' ? 'This plan was discarded.' : 'This is not the plan that you saw: it changed since.';
  throw new AppError('PLAN_STALE', message, { reason, planId, version, planSha256 });
}
