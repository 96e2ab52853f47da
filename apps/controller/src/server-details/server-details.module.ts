import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { LibrariesModule } from '../libraries/libraries.module.js';
import { ServersModule } from '../servers/servers.module.js';
import { UsersModule } from '../users/users.module.js';
import { CurvesResolver } from './curves.resolver.js';
import { CurvesService } from './curves.service.js';
import { EfficiencyResolver } from './efficiency.resolver.js';
import { EfficiencyService } from './efficiency.service.js';
import { ServerDetailsResolver } from './server-details.resolver.js';
import { ServerDetailsService } from './server-details.service.js';
import { ServerOrders } from './server-orders.js';
import { ServerOrdersResolver } from './server-orders.resolver.js';
import { ServerOrdersService } from './server-orders.service.js';

/** What one media server can be asked for and told beyond the lists that Usher keeps, and what its picture costs. */
@Module({
  imports: [AuditModule, IdempotencyModule, LibrariesModule, ServersModule, UsersModule],
  providers: [CurvesResolver, CurvesService, EfficiencyResolver, EfficiencyService, ServerDetailsResolver, ServerDetailsService, ServerOrders, ServerOrdersResolver, ServerOrdersService],
  exports: [ServerOrders],
})
export class ServerDetailsModule {}
