import { z } from 'zod';
import { Uuid7 } from '../ids.js';
import { Sha256Hex } from '../model/plan.js';
import { defineCommand } from './define.js';

/**
 * Hands a piece of an approved plan to the agent that will carry it out: the header, or one chunk of rows. Sealed to the
 * agent's box key; the plaintext is the piece, deflated. The agent keeps it when its hash is the plan's, or the one that the
 * held header names for the chunk.
 */
export const holdPlan = defineCommand({
  name: 'plan.hold',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 30_000,
  effect: 'configure',
  onCrash: 'redo',
  request: z.strictObject({ planSha256: Sha256Hex, /** Null = the header. */ chunk: z.number().int().nonnegative().nullable(), sealed: z.string().max(200_000) }),
  reply: z.strictObject({ held: z.literal(true) }),
});

/** Ends every write under this plan, also of a batch that is under way. It cannot be taken back: approve anew. */
export const revokeTickets = defineCommand({
  name: 'ticket.revoke',
  version: 1,
  issuers: ['controller', 'migration'],
  timeoutMs: 5_000,
  effect: 'configure',
  onCrash: 'redo',
  request: z.strictObject({ planSha256: Sha256Hex, /** Only the approval with this hash; null = all. */ approvalSha256: Sha256Hex.nullable(), runId: Uuid7.nullable() }),
  reply: z.strictObject({ revoked: z.literal(true) }),
});

/** Throws away what was held of a plan that has ended. */
export const releasePlan = defineCommand({
  name: 'plan.release',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 10_000,
  effect: 'configure',
  onCrash: 'redo',
  request: z.strictObject({ planSha256: Sha256Hex }),
  reply: z.strictObject({}),
});
