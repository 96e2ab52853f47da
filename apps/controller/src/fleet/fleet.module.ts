import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ServersModule } from '../servers/servers.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { DeliveriesProcessor } from './deliveries.processor.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { DueService } from './due.service.js';
import { FleetJobs } from './fleet-jobs.js';
import { LinkingRepository } from './linking.repository.js';
import { LinkingResolver } from './linking.resolver.js';
import { LinkingService } from './linking.service.js';
import { MaintenanceOrdersService } from './maintenance-orders.service.js';
import { MaintenanceRepository } from './maintenance.repository.js';
import { MaintenanceResolver } from './maintenance.resolver.js';
import { MaintenanceService } from './maintenance.service.js';
import { MaintenanceStateService } from './maintenance-state.service.js';
import { NoticeForecastService } from './notice-forecast.service.js';
import { NoticeOrdersService } from './notice-orders.service.js';
import { NoticeTargetsService } from './notice-targets.service.js';
import { NoticesRepository } from './notices.repository.js';
import { NoticesResolver } from './notices.resolver.js';
import { NoticesService } from './notices.service.js';
import { WindowNoticesService } from './window-notices.service.js';

/** What is done to all servers at once: which one is primary, notices, maintenance windows. */
@Module({
  imports: [AuditModule, IdempotencyModule, ServersModule, SessionsModule],
  providers: [
    DeliveriesProcessor,
    DeliveriesRepository,
    DeliveriesService,
    DueService,
    FleetJobs,
    LinkingRepository,
    LinkingResolver,
    LinkingService,
    MaintenanceOrdersService,
    MaintenanceRepository,
    MaintenanceResolver,
    MaintenanceService,
    MaintenanceStateService,
    NoticeForecastService,
    NoticeOrdersService,
    NoticeTargetsService,
    NoticesRepository,
    NoticesResolver,
    NoticesService,
    WindowNoticesService,
  ],
})
export class FleetModule {}
