import { Injectable } from '@nestjs/common';
import { HubBus } from '@usher/bus';
import { AppError, type ServiceCommandContract } from '@usher/contracts';
import type { z } from 'zod';

/** Asks whichever router is there. */
@Injectable()
export class RouterDoor {
  constructor(private readonly bus: HubBus) {}

  /** @throws ROUTER_OFFLINE when none is there, TIMED_OUT, and the router's own errors */
  async ask<Req extends z.ZodType, Rep extends z.ZodType>(contract: ServiceCommandContract<Req, Rep>, request: z.input<Req>): Promise<z.output<Rep>> {
    try {
      return await this.bus.serviceCommand(contract, request);
    } catch (error) {
      if (!(error instanceof AppError) || error.details['receiver'] !== 'router') throw error;
      if (error.code === 'AGENT_TIMEOUT') throw new AppError('TIMED_OUT', 'The router did not answer in time.', {}, { cause: error });
      throw new AppError('ROUTER_OFFLINE', 'No router is running.', {}, { cause: error });
    }
  }
}
