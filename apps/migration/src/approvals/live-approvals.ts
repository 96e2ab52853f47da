import { AppError } from '@usher/contracts';
import type { ApprovalRow } from './approvals.repository.js';

export interface LiveApprovals {
  /** As the controller signed them, one per approver. */
  readonly jws: readonly string[];
  readonly sha256: readonly string[];
  readonly approvers: readonly string[];
  /** The smallest of them. */
  readonly maxWrites: number;
}

/**
 * The approvals under which something may be written at a moment: as many people as the plan asks for, each counted once.
 * @throws AppError `TICKET_REVOKED` when one was taken back, `APPROVAL_EXPIRED`, `APPROVAL_MISSING`
 */
export function liveApprovals(rows: readonly ApprovalRow[], required: number, nowMs: number): LiveApprovals {
  const live = rows.filter(({ revokedAt, notBefore, expiresAt }) => revokedAt === null && notBefore.getTime() <= nowMs && expiresAt.getTime() > nowMs);
  const latest = [...live].sort((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime());
  const byPerson = new Map(latest.reverse().map((row) => [row.operatorId, row]));
  const counted = [...byPerson.values()].sort((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime()).slice(0, required);
  if (counted.length < required) throw whyNot(rows, nowMs);
  return { jws: counted.map(({ jws }) => jws), sha256: counted.map(({ sha256 }) => sha256), approvers: counted.map(({ operatorId }) => operatorId), maxWrites: Math.min(...counted.map(({ maxWrites }) => maxWrites)) };
}

function whyNot(rows: readonly ApprovalRow[], nowMs: number): AppError {
  if (rows.some(({ revokedAt, expiresAt }) => revokedAt !== null && expiresAt.getTime() > nowMs)) return new AppError('TICKET_REVOKED', 'An approval of this plan was taken back.');
  if (rows.some(({ expiresAt }) => expiresAt.getTime() <= nowMs)) return new AppError('APPROVAL_EXPIRED', 'The approval of this plan is over.');
  return new AppError('APPROVAL_MISSING', 'Not enough people have approved this plan.');
}
