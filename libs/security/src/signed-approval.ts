import { AppError, Sha256Hex, Uuid7, type TrustedKey } from '@usher/contracts';
import { z } from 'zod';
import type { CommandSigner } from './command-signer.js';
import { signJson, verifyJson } from './jws.js';
import { sha256Hex } from './plan-hash.js';

const TYPE = 'usher-approval+jwt';
export const MAX_APPROVAL_CHARS = 8_000;
/** How far clocks may differ. */
export const APPROVAL_TOLERANCE_S = 30;
/** An approval holds for a quarter of an hour at least and a day at most. */
export const APPROVAL_LIFETIME_S = { min: 900, max: 86_400 } as const;
/** It may be given for a later time, a night or a weekend. */
const MAX_AHEAD_S = 7 * 86_400;

/** What one superadmin said yes to, signed by the controller after step-up. Times are epoch seconds. */
export const ApprovalClaims = z.strictObject({
  v: z.literal(1),
  planId: Uuid7,
  planSha256: Sha256Hex,
  /** The target: the only server that is written to. */
  server: Uuid7,
  /** The source. */
  peer: Uuid7,
  initiator: Uuid7,
  approver: Uuid7,
  approverName: z.string().max(200),
  /** How many people have to approve. */
  required: z.union([z.literal(1), z.literal(2)]),
  iat: z.number().int().nonnegative(),
  nbf: z.number().int().nonnegative(),
  exp: z.number().int().nonnegative(),
  /** How many rows may be written under it. */
  maxWrites: z.number().int().nonnegative(),
});
export type ApprovalClaims = z.infer<typeof ApprovalClaims>;

export interface VerifiedApproval extends ApprovalClaims {
  /** Of its text: the name by which tickets and revocations call it. */
  readonly sha256: string;
}

/** JWS compact, EdDSA, by the controller. @throws RangeError for a lifetime that no agent would take */
export async function signApproval(signer: CommandSigner, claims: ApprovalClaims): Promise<string> {
  const parsed = ApprovalClaims.parse(claims);
  if (!hasLawfulLife(parsed)) throw new RangeError('an approval holds for 15 minutes to 24 hours, and begins within a week');
  return signJson(signer, TYPE, parsed);
}

/**
 * Size, signature by a key of the controller, shape and time. Which plan and server it is for is left to the reader.
 * @throws AppError `TICKET_INVALID` (details.reason `approval` or `not-yet-valid`), `APPROVAL_EXPIRED`
 */
export async function verifyApproval(text: string, trustedKeys: readonly TrustedKey[], { now }: { now: number }): Promise<VerifiedApproval> {
  const claims = await read(text, trustedKeys);
  if (!hasLawfulLife(claims)) throw refused('lifetime');
  const nowS = now / 1000;
  if (claims.exp <= nowS - APPROVAL_TOLERANCE_S) throw new AppError('APPROVAL_EXPIRED', 'The time of an approval is over.', { planId: claims.planId });
  if (Math.max(claims.nbf, claims.iat) > nowS + APPROVAL_TOLERANCE_S) {
    throw new AppError('TICKET_INVALID', 'An approval does not hold yet.', { reason: 'not-yet-valid', planId: claims.planId });
  }
  return { ...claims, sha256: sha256Hex(text) };
}

async function read(text: string, trustedKeys: readonly TrustedKey[]): Promise<ApprovalClaims> {
  if (text.length > MAX_APPROVAL_CHARS) throw refused('size');
  const { payload, key } = await verifyJson(text, TYPE, trustedKeys).catch((error: unknown) => {
    throw refused(error instanceof AppError ? String(error.details['reason']) : 'signature');
  });
  if (key.issuer !== 'controller') throw refused('issuer');
  const parsed = ApprovalClaims.safeParse(payload);
  if (!parsed.success) throw refused('schema');
  return parsed.data;
}

function hasLawfulLife({ iat, nbf, exp }: ApprovalClaims): boolean {
  const lifeS = exp - nbf;
  return lifeS >= APPROVAL_LIFETIME_S.min && lifeS <= APPROVAL_LIFETIME_S.max && nbf >= iat && nbf - iat <= MAX_AHEAD_S;
}

function refused(problem: string): AppError {
  return new AppError('TICKET_INVALID', 'An approval does not hold.', { reason: 'approval', problem });
}
