import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { HubConnection, SysConnection } from '@usher/bus';
import { Outbox, PrismaService } from '@usher/database';
import { Logger } from '@usher/platform';
import type { Clock } from '@usher/resilience';
import { KeyRing } from '@usher/security';
import { Pool } from 'pg';
import type { ControllerConfig } from './config.js';
import { CLOCK, CONTROLLER_CONFIG, PROCESS_ID } from './infrastructure.js';

/** What `start()` opens before Nest begins and closes after Nest has ended. */
export interface Infrastructure {
  readonly config: ControllerConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly processId: string;
  readonly pool: Pool;
  readonly prisma: PrismaService;
  readonly ring: KeyRing;
  readonly hub: HubConnection;
  readonly sys: SysConnection;
}

@Module({})
export class InfrastructureModule {
  static of(given: Infrastructure): DynamicModule {
    const providers: Provider[] = [
      { provide: CONTROLLER_CONFIG, useValue: given.config },
      { provide: CLOCK, useValue: given.clock },
      { provide: PROCESS_ID, useValue: given.processId },
      { provide: Logger, useValue: given.logger },
      { provide: Pool, useValue: given.pool },
      { provide: PrismaService, useValue: given.prisma },
      { provide: KeyRing, useValue: given.ring },
      { provide: HubConnection, useValue: given.hub },
      { provide: SysConnection, useValue: given.sys },
      Outbox,
    ];
    return { module: InfrastructureModule, global: true, providers, exports: providers };
  }
}
