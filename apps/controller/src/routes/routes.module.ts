import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { DrainsService } from './drains.service.js';
import { PlacementsResolver } from './placements.resolver.js';
import { PlacementsService } from './placements.service.js';
import { RoutesResolver } from './routes.resolver.js';
import { RoutesService } from './routes.service.js';
import { ServerCapacityService } from './server-capacity.service.js';
import { ServerLoadsResolver } from './server-loads.resolver.js';
import { ServerLoadsService } from './server-loads.service.js';

/** Placements and routes: the router decides, these tables are the truth. */
@Module({
  imports: [AuditModule, IdempotencyModule],
  providers: [DrainsService, PlacementsResolver, PlacementsService, RoutesResolver, RoutesService, ServerCapacityService, ServerLoadsResolver, ServerLoadsService],
})
export class RoutesModule {}
