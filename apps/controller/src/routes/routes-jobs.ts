import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Scheduler } from '../agents/scheduler.js';
import { DrainsService } from './drains.service.js';
import { PlacementsRepository } from './placements.repository.js';
import { RoutesRepository } from './routes.repository.js';

/** The repeating work of this room. */
@Injectable()
export class RoutesJobs implements OnModuleInit {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly drains: DrainsService,
    private readonly placements: PlacementsRepository,
    private readonly routes: RoutesRepository,
  ) {}

  onModuleInit(): void {
    this.scheduler.add({ name: 'drains', everyMs: 10_000, run: () => this.drains.endOver() });
    this.scheduler.add({ name: 'routes-retention', everyMs: 3_600_000, run: () => this.removeOld() });
  }

  private async removeOld(): Promise<void> {
    await this.placements.removeOld();
    await this.routes.removeOld();
  }
}
