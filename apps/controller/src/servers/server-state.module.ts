import { Module } from '@nestjs/common';
import { LibrariesModule } from '../libraries/libraries.module.js';
import { UsersModule } from '../users/users.module.js';
import { ServerReadingService } from './server-reading.service.js';
import { ServerStateListener } from './server-state.listener.js';
import { ServerStateRepository } from './server-state.repository.js';
import { ServerStateService } from './server-state.service.js';

/** The part of this room that follows what agents find out. */
@Module({
  imports: [LibrariesModule, UsersModule],
  controllers: [ServerStateListener],
  providers: [ServerStateRepository, ServerStateService, ServerReadingService],
  exports: [ServerReadingService],
})
export class ServerStateModule {}
