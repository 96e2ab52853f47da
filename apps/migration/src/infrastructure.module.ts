import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { FleetDirectory, HubBus, HubConnection } from '@usher/bus';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import type { CommandSigner } from '@usher/security';
import { Pool } from 'pg';
import type { MigrationConfig } from './config.js';
import { FleetPresence } from './fleet/fleet-presence.js';
import { CLOCK, FLEET_ID, MIGRATION_CONFIG, PROCESS_ID, SIGNER } from './infrastructure.js';

/** What is there before Nest: the bus needs the directory, and Nest needs the bus. */
export interface Infrastructure {
  readonly config: MigrationConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly processId: string;
  readonly pool: Pool;
  readonly signer: CommandSigner;
  readonly fleetId: string;
  readonly hub: HubConnection;
  readonly bus: HubBus;
  readonly directory: FleetDirectory;
  readonly presence: FleetPresence;
}

@Global()
@Module({})
export class InfrastructureModule {
  static of(given: Infrastructure): DynamicModule {
    const providers: Provider[] = [
      { provide: MIGRATION_CONFIG, useValue: given.config },
      { provide: CLOCK, useValue: given.clock },
      { provide: PROCESS_ID, useValue: given.processId },
      { provide: SIGNER, useValue: given.signer },
      { provide: FLEET_ID, useValue: given.fleetId },
      { provide: Logger, useValue: given.logger },
      { provide: Pool, useValue: given.pool },
      { provide: HubConnection, useValue: given.hub },
      { provide: HubBus, useValue: given.bus },
      { provide: FleetDirectory, useValue: given.directory },
      { provide: FleetPresence, useValue: given.presence },
    ];
    return { module: InfrastructureModule, providers, exports: providers.map((provider) => (provider as { provide: symbol }).provide) };
  }
}
