import { Sha256Hex, Uuid7 } from '@usher/contracts';
import { z } from 'zod';
import type { CommandSigner } from './command-signer.js';
import { signJson } from './jws.js';

const TYPE = 'usher-approval+jwt';
/** The window in which a person's approval may live. */
export const MIN_APPROVAL_S = 15 * 60;
export const MAX_APPROVAL_S = 24 * 3_600;

/** One person's word for exactly one plan. Times are epoch seconds. */
export const ApprovalClaims = z.strictObject({
  v: z.literal(1),
  planId: Uuid7,
  planSha256: Sha256Hex,
  /** The server that is written, and the one that is read. */
  server: Uuid7,
  peer: Uuid7,
  initiator: Uuid7,
  approver: Uuid7,
  approverName: z.string().min(1).max(200),
  /** How many different people have to approve. */
  required: z.union([z.literal(1), z.literal(2)]),
  iat: z.number().int(),
  nbf: z.number().int(),
  exp: z.number().int(),
  maxWrites: z.number().int().positive(),
});
export type ApprovalClaims = z.infer<typeof ApprovalClaims>;

/** JWS compact, EdDSA, by the controller's key. */
export function signApproval(signer: CommandSigner, claims: ApprovalClaims): Promise<string> {
  return signJson(signer, TYPE, ApprovalClaims.parse(claims));
}
