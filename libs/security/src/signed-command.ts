import { AppError, CONTRACTS, SERVICES, Uuid7, contractName, type CommandContract, type TrustedKey } from '@usher/contracts';
import { z } from 'zod';
import { signJson, verifyJson } from './jws.js';
import type { CommandSigner } from './command-signer.js';
import { MAX_APPROVAL_CHARS } from './signed-approval.js';
import { MAX_APPROVALS, MAX_TICKET_CHARS } from './signed-ticket.js';

const TYPE = 'usher-cmd+jws';
/** A command lives at most so long; journals remember ids for longer. */
export const MAX_COMMAND_LIFETIME_S = 600;
/** How far the signer's clock may be ahead. */
const CLOCK_TOLERANCE_S = 60;

const Token = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** Everything that an agent trusts about a command; it stands inside the signature. Times are epoch seconds. */
export const CommandClaims = z.strictObject({
  v: z.literal(1),
  id: Uuid7,
  iss: z.enum(['controller', 'migration', 'router']),
  /** One agent: an array that also names another one is refused. */
  aud: Uuid7,
  sid: Uuid7,
  iat: z.number().int(),
  exp: z.number().int(),
  /** `session.stop@1` */
  op: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+@[1-9][0-9]{0,3}$/),
  args: z.unknown(),
  fence: z.strictObject({ n: z.string().min(1).max(100), e: z.number().int().nonnegative() }),
  /** Who waits for the result; process `any` = whichever process of the service is there. */
  to: z.strictObject({ service: z.enum(SERVICES), process: Token }),
  /** Of a command that changes something for a migration: the leave to do so, and what people signed. */
  ticket: z.string().max(MAX_TICKET_CHARS).optional(),
  approvals: z.array(z.string().max(MAX_APPROVAL_CHARS)).min(1).max(MAX_APPROVALS).optional(),
});
export type CommandClaims = z.infer<typeof CommandClaims>;

/** JWS compact, EdDSA. */
export async function signCommand(signer: CommandSigner, claims: CommandClaims): Promise<string> {
  return signJson(signer, TYPE, CommandClaims.parse(claims));
}

/**
 * Checks size, nesting, signature, right of the key, shape, audience and time, in this order. `now` is epoch ms of the controller's clock.
 * @throws AppError `MESSAGE_INVALID` (details.reason: size, nesting, encoding, signature, key, schema, audience, lifetime, expired),
 *   `FORBIDDEN` (reason issuer), `CLOCK_SKEW`
 */
export async function verifyCommand(
  text: string,
  trustedKeys: readonly TrustedKey[],
  expected: { agentId: string; serverId: string; now: number },
): Promise<CommandClaims> {
  const { payload, key } = await verifyJson(text, TYPE, trustedKeys);
  const parsed = CommandClaims.safeParse(payload);
  if (!parsed.success) throw refused('schema', 'A signed command has not the agreed shape.');
  const claims = parsed.data;
  const contract = commandContract(claims.op);
  if (claims.iss !== key.issuer || (contract && !contract.issuers.includes(key.issuer))) {
    throw new AppError('FORBIDDEN', 'The key of this command may not issue it.', { reason: 'issuer', kid: key.kid, op: claims.op });
  }
  if (claims.aud !== expected.agentId || claims.sid !== expected.serverId) throw refused('audience', 'A command is meant for another agent.');
  const nowS = expected.now / 1000;
  if (claims.exp <= claims.iat || claims.exp - claims.iat > MAX_COMMAND_LIFETIME_S) throw refused('lifetime', 'A command may live for ten minutes at most.');
  if (claims.iat > nowS + CLOCK_TOLERANCE_S) {
    throw new AppError('CLOCK_SKEW', 'A command comes from the future; the clocks differ.', { aheadS: Math.round(claims.iat - nowS) });
  }
  if (claims.exp <= nowS) throw refused('expired', 'A command came too late.');
  return claims;
}

/** The declaration of an operation that this version knows. */
export function commandContract(op: string): CommandContract | undefined {
  return CONTRACTS.find((contract): contract is CommandContract => contract.kind === 'command' && contractName(contract) === op);
}

function refused(reason: string, message: string): AppError {
  return new AppError('MESSAGE_INVALID', message, { reason });
}
