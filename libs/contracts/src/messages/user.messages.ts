import { z } from 'zod';
import { UserPolicy } from '../model/user-policy.js';
import { Sha256Hex } from '../model/plan.js';
import { defineCommand } from './define.js';

const VendorId = z.string().min(1).max(200);
const RowNumber = z.number().int().nonnegative();

/** The settings of some accounts, and whether states can be written in their name. An account that is not there is left out. */
export const readPolicies = defineCommand({
  name: 'policy.read',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 60_000,
  effect: 'read',
  onCrash: 'redo',
  request: z.strictObject({ userVendorIds: z.array(VendorId).min(1).max(50) }),
  /** In parts. `reachable` false: the vendor hands out no token of this account, so its states can neither be read nor written. */
  reply: z.strictObject({ policies: z.array(z.strictObject({ userVendorId: VendorId, policy: UserPolicy, reachable: z.boolean() })) }),
});

/**
 * Makes the account that row `n` of the held plan names, without any right, with a random password that nobody gets to know.
 * Found under that name it is taken when this plan made it, else `IDENTITY_CONFLICT`.
 */
export const ensureUser = defineCommand({
  name: 'user.ensure',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 30_000,
  effect: 'change',
  onCrash: 'redo',
  needsTicket: true,
  request: z.strictObject({ planSha256: Sha256Hex, n: RowNumber }),
  reply: z.strictObject({ userVendorId: VendorId, created: z.boolean() }),
});

/** Overlays the policy of row `n` onto the account's whole document and reads it back. `before` = as it was. */
export const applyPolicy = defineCommand({
  name: 'policy.apply',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 30_000,
  effect: 'change',
  onCrash: 'redo',
  needsTicket: true,
  request: z.strictObject({ planSha256: Sha256Hex, n: RowNumber }),
  reply: z.strictObject({ userVendorId: VendorId, before: UserPolicy, now: UserPolicy }),
});

/** Of an undo: removes the account of row `n` while it has the same name and nobody has signed in; else it stays. */
export const removeCreated = defineCommand({
  name: 'created.remove',
  version: 1,
  issuers: ['migration'],
  timeoutMs: 30_000,
  effect: 'change',
  onCrash: 'redo',
  needsTicket: true,
  request: z.strictObject({ planSha256: Sha256Hex, n: RowNumber }),
  reply: z.strictObject({ removed: z.boolean(), /** Why it stays: `used`, `renamed`, `gone`. */ reason: z.string().max(64).nullable() }),
});
