import { Inject, Injectable } from '@nestjs/common';
import { AppError, type PlanView } from '@usher/contracts';
import type { Clock } from '@usher/resilience';
import { KeyRing, sha256Hex, signApproval } from '@usher/security';
import { CLOCK } from '../infrastructure.js';
import type { SignedIn } from './actor.js';

/** What a person says yes to, as it was shown to them. */
export interface ApprovalWish {
  readonly version: number;
  /** SHA-256 of the frozen plan, in lower case. */
  readonly hash: string;
  /** The alias of the server that is written, as it was typed. */
  readonly targetAlias: string;
  readonly minutes: number;
  /** Null = as many as the plan names. */
  readonly maxWrites: number | null;
}

export interface SignedApproval {
  readonly jws: string;
  /** Its fingerprint. */
  readonly sha256: string;
  readonly maxWrites: number;
  readonly expiresAt: string;
}

/**
 * People's word for a frozen plan: one signed approval per person, by the controller's key. Agents ask for it and for a
 * ticket of the migration service, so neither service can write alone.
 */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly ring: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Signs exactly the hash that was shown. The same person may renew an approval before it ends; they count once.
   * @throws PLAN_STALE for another version or hash or a plan that is not frozen, VALIDATION_FAILED for another alias,
   *   FORBIDDEN (reason `author`) for the author where two people are asked
   */
  async sign(plan: PlanView, approver: SignedIn, wish: ApprovalWish): Promise<SignedApproval> {
    refuseAnotherPlan(plan, wish);
    if (wish.targetAlias !== plan.target.alias) throw new AppError('VALIDATION_FAILED', 'The typed alias is not the alias of the server that is written.', { field: 'targetAlias' });
    const required = plan.request.options.approvalsRequired;
    if (required === 2 && plan.initiator.operatorId === approver.operatorId) throw new AppError('FORBIDDEN', 'Two other people have to approve this plan: you made it.', { reason: 'author' });
    const maxWrites = wish.maxWrites ?? plan.counts.writes;
    const iat = Math.floor(this.clock.now() / 1000);
    const exp = iat + wish.minutes * 60;
    const jws = await signApproval(this.ring.commandKey('controller'), {
      v: 1,
      planId: plan.planId,
      planSha256: wish.hash,
      server: plan.target.serverId,
      peer: plan.source.serverId,
      initiator: plan.initiator.operatorId,
      approver: approver.operatorId,
      approverName: approver.name,
      required,
      iat,
      nbf: iat,
      exp,
      maxWrites,
    });
    return { jws, sha256: sha256Hex(jws), maxWrites, expiresAt: new Date(exp * 1000).toISOString() };
  }
}

/** Only what is frozen, and only what the person saw. */
function refuseAnotherPlan({ planId, version, state, planSha256 }: PlanView, wish: ApprovalWish): void {
  const isOver = state === 'stale' || state === 'void';
  const reason = wish.version !== version ? 'version' : isOver ? state : planSha256 === null ? 'not-frozen' : planSha256 !== wish.hash ? 'hash' : null;
  if (reason === null) return;
  const message = reason === 'not-frozen' ? 'This plan is not frozen yet.' : reason === 'void' ? 'This plan was discarded.' : 'This is not the plan that you saw: it changed since.';
  throw new AppError('PLAN_STALE', message, { reason, planId, version, planSha256 });
}
