import { Module } from '@nestjs/common';
import { MigrationsModule } from '../migrations/migrations.module.js';
import { ServerDetailsModule } from '../server-details/server-details.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ActivitiesListener } from './activities.listener.js';
import { ActivitiesResolver } from './activities.resolver.js';
import { ActivitiesService } from './activities.service.js';
import { ActivityOrdersService } from './activity-orders.service.js';
import { ActivityPageResolver } from './activity-page.resolver.js';
import { ActivityPageService } from './activity-page.service.js';
import { ActivitySourcesRepository } from './activity-sources.repository.js';

/** What the media servers are busy with besides streams, and the one list of everything that goes on. */
@Module({
  imports: [MigrationsModule, ServerDetailsModule, SessionsModule],
  controllers: [ActivitiesListener],
  providers: [ActivitiesResolver, ActivitiesService, ActivityOrdersService, ActivityPageResolver, ActivityPageService, ActivitySourcesRepository],
})
export class ActivitiesModule {}
