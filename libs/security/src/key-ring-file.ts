import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@usher/contracts';
import { z } from 'zod';
import { isMissing } from './private-file.js';

const Bytes32 = z.string().refine((text) => Buffer.from(text, 'base64url').length === 32, 'must be 32 bytes as base64url');

export const CommandKeyJwk = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() });

const CommandKey = z.strictObject({ kid: z.string().min(1), jwk: CommandKeyJwk });
export type CommandKey = z.infer<typeof CommandKey>;

/** The whole key ring, as it stands in its file. */
export const KeyRingData = z.strictObject({
  version: z.literal(1),
  fleetId: z.uuid(),
  /** Id of the master key that new data keys are wrapped with. */
  primary: z.string().min(1),
  keys: z.array(z.strictObject({ id: z.string().min(1), material: Bytes32, created: z.iso.datetime(), state: z.enum(['active', 'retired']) })).min(1),
  fpKey: Bytes32,
  /** A ring from before there was a router or a migration gets their keys when it is opened for making. */
  commandKeys: z.strictObject({ controller: CommandKey, router: CommandKey.optional(), migration: CommandKey.optional() }),
  broker: z.strictObject({
    rootSeed: z.string().startsWith('SO'),
    signingSeed: z.string().startsWith('SO'),
    userSigningSeed: z.string().startsWith('SA'),
    sysAccount: z.string().startsWith('A'),
    hubAccount: z.string().startsWith('A'),
  }),
});
export type KeyRingData = z.infer<typeof KeyRingData>;

export interface KeyRingPlace {
  /** Backup folders and the like: a key ring must not lie beside what it opens. PostgreSQL's data is recognized by itself. */
  readonly forbiddenDirs?: readonly string[];
}

/**
 * Reads and checks the file.
 * @throws AppError `KEYRING_MISSING`, `KEYRING_UNSAFE` (others can read it, or it lies beside the data), `KEYRING_MISMATCH` (no key ring of this version)
 */
export async function readKeyRingFile(file: string, place: KeyRingPlace = {}): Promise<KeyRingData> {
  let real: string;
  try {
    real = await realpath(file);
  } catch (error) {
    if (isMissing(error)) throw new AppError('KEYRING_MISSING', 'There is no key ring file.', { path: file });
    throw unsafe(file, 'unreadable', error);
  }
  const info = await stat(real);
  if (!info.isFile()) throw unsafe(file, 'not-a-file');
  if ((info.mode & 0o077) !== 0) throw unsafe(file, 'mode');
  await refuseUnsafePlace(file, real, place.forbiddenDirs ?? []);
  let text: string;
  try {
    text = await readFile(real, 'utf8');
  } catch (error) {
    throw unsafe(file, 'unreadable', error);
  }
  return parseKeyRing(file, text);
}

/** Also used before a ring is created: a new one must not start in a place where it would be refused. */
export async function refuseUnsafePlace(file: string, real: string, forbiddenDirs: readonly string[]): Promise<void> {
  for (const forbidden of forbiddenDirs) {
    const root = await realpath(forbidden).catch(() => path.resolve(forbidden));
    if (real === root || real.startsWith(root + path.sep)) throw unsafe(file, 'place');
  }
  for (let folder = path.dirname(real); ; folder = path.dirname(folder)) {
    const postgres = await stat(path.join(folder, 'PG_VERSION')).catch(() => null);
    if (postgres?.isFile()) throw unsafe(file, 'place');
    if (folder === path.dirname(folder)) return;
  }
}

function parseKeyRing(file: string, text: string): KeyRingData {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes what it read, so it is not kept as the cause.
    throw new AppError('KEYRING_MISMATCH', 'The key ring file is damaged.', { path: file, reason: 'format' });
  }
  const parsed = KeyRingData.safeParse(json);
  if (!parsed.success || !parsed.data.keys.some((key) => key.id === parsed.data.primary && key.state === 'active')) {
    throw new AppError('KEYRING_MISMATCH', 'The key ring file is not one of this version.', { path: file, reason: 'format' });
  }
  return parsed.data;
}

function unsafe(file: string, reason: 'mode' | 'place' | 'not-a-file' | 'unreadable', cause?: unknown): AppError {
  return new AppError('KEYRING_UNSAFE', 'The key ring must be a file that only Usher can read, apart from database and backups.', { path: file, reason }, { cause });
}
