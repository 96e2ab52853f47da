import { Injectable } from '@nestjs/common';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { WindowNoticesService } from './window-notices.service.js';

/** Everything in this room that happens by the clock. */
@Injectable()
export class DueService {
  constructor(
    private readonly windows: WindowNoticesService,
    private readonly deliveries: DeliveriesService,
    private readonly repository: DeliveriesRepository,
  ) {}

  /** Does what is due and returns in how many ms something is due next; null = nothing is planned. */
  async turn(): Promise<number | null> {
    const windowMs = await this.windows.turn();
    await this.deliveries.turn();
    const deliveryMs = await this.repository.nextDueInMs();
    const next = [windowMs, deliveryMs].filter((ms) => ms !== null);
    return next.length > 0 ? Math.min(...next) : null;
  }
}
