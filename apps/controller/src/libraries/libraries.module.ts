import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ItemIndexRepository } from './items/item-index.repository.js';
import { ItemIndexService } from './items/item-index.service.js';
import { ItemReadingService } from './items/item-reading.service.js';
import { ItemsRepository } from './items/items.repository.js';
import { ItemsResolver } from './items/items.resolver.js';
import { ItemsService } from './items/items.service.js';
import { LibraryReadingsRepository } from './items/library-readings.repository.js';
import { OverlapRepository } from './items/overlap.repository.js';
import { OverlapService } from './items/overlap.service.js';
import { LibrariesRepository } from './libraries.repository.js';
import { LibrariesResolver } from './libraries.resolver.js';
import { LibrariesService } from './libraries.service.js';
import { LibraryPlansRepository } from './plan/library-plans.repository.js';
import { LibraryPlansResolver } from './plan/library-plans.resolver.js';
import { LibraryPlansService } from './plan/library-plans.service.js';
import { PlanAsking } from './plan/plan-asking.service.js';
import { PlanCheckService } from './plan/plan-check.service.js';
import { PlanRunner } from './plan/plan-runner.service.js';
import { PlanWatchersRepository } from './plan/plan-watchers.repository.js';

const lists = [LibrariesRepository, LibrariesService, LibrariesResolver];
const index = [ItemIndexRepository, ItemIndexService, ItemReadingService, ItemsRepository, ItemsResolver, ItemsService, LibraryReadingsRepository, OverlapRepository, OverlapService];
const plans = [LibraryPlansRepository, LibraryPlansResolver, LibraryPlansService, PlanAsking, PlanCheckService, PlanRunner, PlanWatchersRepository];

@Module({ imports: [AuditModule, IdempotencyModule], providers: [...lists, ...index, ...plans], exports: [ItemReadingService, ItemsService, LibrariesService] })
export class LibrariesModule {}
