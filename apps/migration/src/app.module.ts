import { Module, type DynamicModule } from '@nestjs/common';
import { FleetModule } from './fleet/fleet.module.js';
import { InfrastructureModule, type Infrastructure } from './infrastructure.module.js';
import { PlansModule } from './plans/plans.module.js';
import { RunsModule } from './runs/runs.module.js';

/** The migration service: plans, and the runs that carry them out. */
@Module({})
export class AppModule {
  static of(given: Infrastructure): DynamicModule {
    return { module: AppModule, imports: [InfrastructureModule.of(given), FleetModule, PlansModule, RunsModule] };
  }
}
