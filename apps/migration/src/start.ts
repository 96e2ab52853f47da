import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { BusServer, FleetDirectory, HubBus, HubConnection, readServiceLogin, scrubSecrets, type ServiceLogin } from '@usher/bus';
import { describeFleet, uuidv7 } from '@usher/contracts';
import { createPool } from '@usher/database';
import { createLogger, runChecks, sendJson, type Logger, type StartedService } from '@usher/platform';
import { systemClock } from '@usher/resilience';
import type { Pool } from 'pg';
import { AppModule } from './app.module.js';
import { loginFileOf, type MigrationConfig } from './config.js';
import { FleetPresence } from './fleet/fleet-presence.js';

export interface MigrationWiring {
  readonly logger?: Logger;
}

export interface StartedMigration extends StartedService {
  /** Health checks only: everything else goes through the controller. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Starts the migration service without listening: the caller owns the HTTP listener. The controller may come later:
 * until it has told the fleet, the service is not ready.
 * @throws KEYRING_MISSING or KEYRING_MISMATCH for the login file, BROKER_TOO_OLD, or the error of the broker or the database
 */
export async function start(config: MigrationConfig, wiring: MigrationWiring = {}): Promise<StartedMigration> {
  const logger = wiring.logger ?? createLogger({ service: 'migration', level: config.logLevel, scrub: scrubSecrets });
  const login = await readServiceLogin(loginFileOf(config), 'migration');
  const caPem = config.natsCaFile === undefined ? undefined : await readFile(config.natsCaFile, 'utf8');
  const hub = await HubConnection.connect({ url: config.natsUrl, ...(caPem !== undefined && { caPem }), creds: login.creds, service: 'migration', logger });
  const pool = createPool(config.databaseUrl);
  try {
    await pool.query('SELECT 1');
    return await open(config, hub, pool, login, logger);
  } catch (error) {
    await hub.close();
    await pool.end();
    throw error;
  }
}

async function open(config: MigrationConfig, hub: HubConnection, pool: Pool, { signer, fleetId }: ServiceLogin, logger: Logger): Promise<StartedMigration> {
  const clock = systemClock;
  const directory = new FleetDirectory(() => bus.serviceCommand(describeFleet, {}));
  const presence = new FleetPresence(clock);
  const bus = new HubBus({ connection: hub, signer, directory, presence, fleetEpoch: () => directory.fleetEpoch });
  const strategy = new BusServer({ hub, directory, trustedKeys: () => directory.keys, logger });
  const module = AppModule.of({ config, logger, clock, processId: uuidv7(), pool, signer, fleetId, hub, bus, directory, presence });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, { strategy, logger: false, abortOnError: false });
  await app.listen();
  return serviceOf(app, hub, pool, directory);
}

function serviceOf(app: INestMicroservice, hub: HubConnection, pool: Pool, directory: FleetDirectory): StartedMigration {
  const health = () =>
    runChecks({
      database: async () => void (await pool.query('SELECT 1')),
      broker: async () => {
        if (!hub.connected) throw new Error('not connected');
      },
      fleet: async () => {
        const { isKnown, servers } = directory.summary();
        if (!isKnown) throw new Error('the controller has not told the fleet yet');
        return `${servers} servers`;
      },
    });
  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    if (url.endsWith('/health/live')) return sendJson(response, 200, { live: true });
    if (!url.endsWith('/health/ready')) return sendJson(response, 404, { error: { code: 'NOT_FOUND', message: 'There is nothing at this address.' } });
    const report = await health();
    sendJson(response, report.ready ? 200 : 503, report);
  };
  return {
    handle: (request, response) => void answer((request.url ?? '/').split('?', 1)[0]!, response),
    health,
    stop: async () => {
      await app.close();
      await hub.close();
      await pool.end();
    },
  };
}
