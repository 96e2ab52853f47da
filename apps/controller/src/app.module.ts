import { Module } from '@nestjs/common';
import { ActionsModule } from './actions/actions.module.js';
import { ActivitiesModule } from './activities/activities.module.js';
import { AgentsModule } from './agents/agents.module.js';
import { AuthModule } from './auth/auth.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { ChangesModule } from './graphql/changes.module.js';
import { GraphqlEdgeModule } from './graphql/graphql.module.js';
import { HistoryModule } from './history/history.module.js';
import { HttpModule } from './http/http.module.js';
import { LibrariesModule } from './libraries/libraries.module.js';
import { MigrationsModule } from './migrations/migrations.module.js';
import { MismatchesModule } from './mismatches/mismatches.module.js';
import { RoutesModule } from './routes/routes.module.js';
import { ServerDetailsModule } from './server-details/server-details.module.js';
import { ServerStateModule } from './servers/server-state.module.js';
import { ServersModule } from './servers/servers.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { UsersModule } from './users/users.module.js';

/** The rooms of the controller. What they stand on comes from `InfrastructureModule`. */
@Module({
  imports: [
    ChangesModule,
    AgentsModule,
    AuthModule,
    ServersModule,
    ServerStateModule,
    LibrariesModule,
    UsersModule,
    SessionsModule,
    ActivitiesModule,
    FleetModule,
    ActionsModule,
    ServerDetailsModule,
    MismatchesModule,
    RoutesModule,
    MigrationsModule,
    HistoryModule,
    GraphqlEdgeModule,
    HttpModule,
  ],
})
export class AppModule {}
