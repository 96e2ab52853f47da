import { readFile } from 'node:fs/promises';
import { AppError } from '@usher/contracts';
import { z } from 'zod';
import { mintHubUser } from './bus-jwt.js';
import { commandSigner, type CommandSigner } from './command-signer.js';
import { CommandKeyJwk } from './key-ring-file.js';
import type { KeyRing } from './key-ring.js';
import { isMissing } from './private-file.js';

/** Of a service that has no key ring: how it logs in to the broker, and the one key that it signs with. */
const ServiceLoginData = z.strictObject({
  version: z.literal(1),
  service: z.enum(['router', 'migration']),
  fleetId: z.uuid(),
  creds: z.string().min(1),
  commandKey: z.strictObject({ kid: z.string().min(1), jwk: CommandKeyJwk }),
});

/** The services that have such a login. */
export type LoginService = z.infer<typeof ServiceLoginData>['service'];

export interface ServiceLogin {
  readonly service: LoginService;
  readonly fleetId: string;
  /** Text of a .creds file. */
  readonly creds: string;
  readonly signer: CommandSigner;
}

/** Text of the login file of a service; it belongs into a file that only that service can read. */
export async function renderServiceLogin(ring: KeyRing, service: LoginService): Promise<string> {
  const login: z.input<typeof ServiceLoginData> = { version: 1, service, fleetId: ring.fleetId, creds: await mintHubUser(ring, service), commandKey: ring.commandKeyData(service) };
  return `${JSON.stringify(login)}\n`;
}

/** @throws AppError `KEYRING_MISSING`, `KEYRING_MISMATCH` (also for the login of another service); never with what the file holds */
export async function readServiceLogin(file: string, wanted?: LoginService): Promise<ServiceLogin> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (isMissing(error)) throw new AppError('KEYRING_MISSING', 'There is no login file of this service; the host command broker-config makes it.', { path: file });
    throw new AppError('KEYRING_MISMATCH', 'The login file of this service cannot be read.', { path: file, reason: 'format' });
  }
  const parsed = ServiceLoginData.safeParse(json);
  if (!parsed.success || (wanted && parsed.data.service !== wanted)) throw new AppError('KEYRING_MISMATCH', 'The login file of this service is not one of this version.', { path: file, reason: 'format' });
  const { service, fleetId, creds, commandKey } = parsed.data;
  return { service, fleetId, creds, signer: commandSigner(service, commandKey) };
}
