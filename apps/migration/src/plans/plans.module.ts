import { Module } from '@nestjs/common';
import { PlanCheckService } from './checking/plan-check.service.js';
import { PlanRunner } from './checking/plan-runner.service.js';
import { ServerReader } from './checking/server-reader.service.js';
import { UserPlanning } from './checking/user-planning.service.js';
import { DecisionsRepository } from './decisions.repository.js';
import { DecisionsService } from './decisions.service.js';
import { FrozenPlansService } from './frozen-plans.service.js';
import { PlanFreezing } from './plan-freezing.service.js';
import { PlanProgressPublisher } from './plan-progress.publisher.js';
import { PlanRowsRepository } from './plan-rows.repository.js';
import { PlanRowsService } from './plan-rows.service.js';
import { PlanStaleness } from './plan-staleness.service.js';
import { PlanViewRepository } from './plan-view.repository.js';
import { PlanViews } from './plan-views.service.js';
import { PlansListener } from './plans.listener.js';
import { PlansRepository } from './plans.repository.js';
import { PlansService } from './plans.service.js';
import { RegistryRepository } from './registry.repository.js';

/** What is to be moved, and how much of it can be. */
@Module({
  controllers: [PlansListener],
  providers: [
    DecisionsRepository,
    DecisionsService,
    FrozenPlansService,
    PlanCheckService,
    PlanFreezing,
    PlanProgressPublisher,
    PlanRowsRepository,
    PlanRowsService,
    PlanRunner,
    PlanStaleness,
    PlanViewRepository,
    PlanViews,
    PlansRepository,
    PlansService,
    RegistryRepository,
    ServerReader,
    UserPlanning,
  ],
  exports: [FrozenPlansService, PlanFreezing, PlanProgressPublisher, PlanStaleness, PlanViews, PlansService, ServerReader],
})
export class PlansModule {}
