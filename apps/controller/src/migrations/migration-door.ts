import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, type ServiceCommandContract } from '@usher/contracts';
import type { z } from 'zod';

/** Asks the migration service. */
@Injectable()
export class MigrationDoor {
  constructor(private readonly bus: HubBus) {}

  /** @throws MIGRATION_OFFLINE when it is not there, TIMED_OUT, and the service's own errors */
  async ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: ServiceCommandContract<Req, Rep>, request: z.input<Req>): Promise<z.output<Rep>> {
    try {
      return await this.bus.serviceCommand(contract, request);
    } catch (error) {
      if (!(error instanceof AppError) || error.details['receiver'] !== 'migration') throw error;
      if (error.code === 'AGENT_TIMEOUT') throw new AppError('TIMED_OUT', 'The migration service did not answer in time.', {}, { cause: error });
      throw new AppError('MIGRATION_OFFLINE', 'No migration service is running.', {}, { cause: error });
    }
  }
}
