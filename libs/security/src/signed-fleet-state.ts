import { AppError, CONTRACTS, contractName, type FleetStateContract, type TrustedKey } from '@usher/contracts';
import { z } from 'zod';
import { signJson, verifyJson } from './jws.js';
import type { CommandSigner } from './command-signer.js';

const TYPE = 'usher-state+jws';
/** A state is repeated every 30 s; an old copy must not be believed for long. */
export const FLEET_STATE_LIFETIME_S = 300;
/** How far the signer's clock may be ahead. */
const CLOCK_TOLERANCE_S = 60;

/** Everything that is trusted about a state of the fleet; it stands inside the signature. Times are epoch seconds. */
export const FleetStateClaims = z.strictObject({
  v: z.literal(1),
  iss: z.literal('controller'),
  iat: z.number().int(),
  exp: z.number().int(),
  /** `maintenance@1` */
  name: z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*@[1-9][0-9]{0,3}$/),
  /** The fleet's epoch: a controller of an older one no longer leads. */
  epoch: z.number().int().nonnegative(),
  /** Rises with every message of one epoch. */
  seq: z.number().int().nonnegative(),
  body: z.unknown(),
});
export type FleetStateClaims = z.infer<typeof FleetStateClaims>;

/** JWS compact, EdDSA. */
export function signFleetState(signer: CommandSigner, claims: FleetStateClaims): Promise<string> {
  return signJson(signer, TYPE, FleetStateClaims.parse(claims));
}

/**
 * Checks size, nesting, signature, right of the key, shape and time, in this order. Whether it is the newest is for the reader
 * to decide, by `epoch` and `seq`. `now` is epoch ms of the controller's clock.
 * @throws AppError `MESSAGE_INVALID` (details.reason: size, nesting, encoding, signature, key, schema, lifetime, expired, name), `FORBIDDEN` (reason issuer), `CLOCK_SKEW`
 */
export async function verifyFleetState(text: string, trustedKeys: readonly TrustedKey[], expected: { contract: FleetStateContract; now: number }): Promise<FleetStateClaims> {
  const { payload, key } = await verifyJson(text, TYPE, trustedKeys);
  const parsed = FleetStateClaims.safeParse(payload);
  if (!parsed.success) throw refused('schema', 'A signed state has not the agreed shape.');
  const claims = parsed.data;
  if (claims.iss !== key.issuer) throw new AppError('FORBIDDEN', 'The key of this state may not sign it.', { reason: 'issuer', kid: key.kid });
  if (claims.name !== contractName(expected.contract)) throw refused('name', 'A signed state came on the subject of another.');
  const nowS = expected.now / 1000;
  if (claims.exp <= claims.iat || claims.exp - claims.iat > FLEET_STATE_LIFETIME_S) throw refused('lifetime', 'A state of the fleet may live for five minutes at most.');
  if (claims.iat > nowS + CLOCK_TOLERANCE_S) throw new AppError('CLOCK_SKEW', 'A state comes from the future; the clocks differ.', { aheadS: Math.round(claims.iat - nowS) });
  if (claims.exp <= nowS) throw refused('expired', 'A state came too late.');
  return claims;
}

/** The declarations of all states of the fleet that this version knows. */
export function fleetStateContracts(): FleetStateContract[] {
  return CONTRACTS.filter((contract): contract is FleetStateContract => contract.kind === 'fleet-state');
}

function refused(reason: string, message: string): AppError {
  return new AppError('MESSAGE_INVALID', message, { reason });
}
