import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { LibrariesModule } from '../libraries/libraries.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { BookingsRepository } from './bookings.repository.js';
import { DrainsRepository } from './drains.repository.js';
import { DrainsService } from './drains.service.js';
import { FleetDescriptionService } from './fleet-description.service.js';
import { PlacementRequestsService } from './placement-requests.service.js';
import { PlacementsRepository } from './placements.repository.js';
import { PlacementsResolver } from './placements.resolver.js';
import { PlacementsService } from './placements.service.js';
import { RouteAccountsRepository } from './route-accounts.repository.js';
import { RouteIntents } from './route-intents.js';
import { RouteLinks } from './route-links.js';
import { RouteStoreService } from './route-store.service.js';
import { RouterDoor } from './router-door.js';
import { RoutersListener } from './routers.listener.js';
import { RoutesJobs } from './routes-jobs.js';
import { RoutesRepository } from './routes.repository.js';
import { RoutesResolver } from './routes.resolver.js';
import { RoutesService } from './routes.service.js';
import { ServerCapacityService } from './server-capacity.service.js';
import { ServerLoadsResolver } from './server-loads.resolver.js';
import { ServerLoadsService } from './server-loads.service.js';
import { ServerNames } from './server-names.js';
import { SessionPlacementResolver } from './session-placement.resolver.js';

/** Placements and routes: the router decides, these tables are the truth. */
@Module({
  imports: [AuditModule, IdempotencyModule, LibrariesModule, SessionsModule],
  controllers: [RoutersListener],
  providers: [
    BookingsRepository,
    DrainsRepository,
    DrainsService,
    FleetDescriptionService,
    PlacementRequestsService,
    PlacementsRepository,
    PlacementsResolver,
    PlacementsService,
    RouteAccountsRepository,
    RouteIntents,
    RouteLinks,
    RouteStoreService,
    RouterDoor,
    RoutesJobs,
    RoutesRepository,
    RoutesResolver,
    RoutesService,
    ServerCapacityService,
    ServerLoadsResolver,
    ServerLoadsService,
    ServerNames,
    SessionPlacementResolver,
  ],
})
export class RoutesModule {}
