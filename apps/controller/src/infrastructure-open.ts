import { readFile } from 'node:fs/promises';
import { HubConnection, SysConnection } from '@usher/bus';
import { AppError, uuidv7 } from '@usher/contracts';
import { createPool, PrismaService } from '@usher/database';
import { createLogger, type LoggerOptions } from '@usher/platform';
import { systemClock } from '@usher/resilience';
import { checkCanary, KeyRing, mintHubUser, mintSysUser, scrubSecrets, sealCanary } from '@usher/security';
import type { Pool } from 'pg';
import { keyRingPath, type ControllerConfig } from './config.js';
import type { Infrastructure } from './infrastructure.module.js';

/**
 * Key ring, database and broker, in this order: a key ring that does not belong to this database is found out before
 * anything is written. What was opened is closed again when a later part fails.
 * @throws KEYRING_MISSING, KEYRING_UNSAFE, KEYRING_MISMATCH, BROKER_TOO_OLD, or the error of the database or the broker
 */
export async function openInfrastructure(config: ControllerConfig, logTo?: LoggerOptions['destination']): Promise<Infrastructure> {
  const logger = createLogger({ service: 'controller', level: config.logLevel, scrub: scrubSecrets, ...(logTo && { destination: logTo }) });
  const ring = await KeyRing.load(keyRingPath(config));
  const pool = createPool(config.databaseUrl, { max: 20 });
  const opened: (() => Promise<void>)[] = [() => pool.end()];
  try {
    await claimFleet(pool, ring);
    const caPem = config.natsCaFile === undefined ? undefined : await readFile(config.natsCaFile, 'utf8');
    const broker = { url: config.natsUrl, ...(caPem !== undefined && { caPem }), logger };
    const hub = await HubConnection.connect({ ...broker, creds: await mintHubUser(ring, 'controller'), service: 'controller' });
    opened.unshift(() => hub.close());
    const sys = await SysConnection.connect({ ...broker, creds: await mintSysUser(ring), ring });
    return { config, logger, clock: systemClock, processId: uuidv7(), pool, prisma: new PrismaService(pool), ring, hub, sys };
  } catch (error) {
    for (const close of opened) await close();
    throw error;
  }
}

/** The broker first: after it nobody hears an answer that the database could still give. */
export async function closeInfrastructure({ sys, hub, prisma, pool }: Infrastructure): Promise<void> {
  await sys.close();
  await hub.close();
  await prisma.close();
  await pool.end();
}

/** The first start writes down which fleet and key ring this database belongs to; every later one compares. */
async function claimFleet(pool: Pool, ring: KeyRing): Promise<void> {
  await pool.query('INSERT INTO fleet (id, canary) VALUES ($1, $2) ON CONFLICT (singleton) DO NOTHING', [ring.fleetId, sealCanary(ring)]);
  const { rows } = await pool.query<{ id: string; canary: Buffer | null }>('SELECT id, canary FROM fleet');
  const { id, canary } = rows[0]!;
  if (id !== ring.fleetId || canary === null) throw new AppError('KEYRING_MISMATCH', 'This key ring belongs to another fleet than the database.');
  checkCanary(ring, canary);
}
