import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountLiveResolver } from './account-live.resolver.js';
import { AudienceService } from './audience.service.js';
import { MirrorResolver } from './mirror.resolver.js';
import { MirrorsService } from './mirrors.service.js';
import { ServerLiveResolver } from './server-live.resolver.js';
import { SessionControlService } from './session-control.service.js';
import { SessionIdentityResolver } from './session-identity.resolver.js';
import { SessionsListener } from './sessions.listener.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsResolver } from './sessions.resolver.js';
import { SessionsService } from './sessions.service.js';

/** Every session of every server, live, and what can be done to it. */
@Module({
  imports: [AuditModule, IdempotencyModule, UsersModule],
  controllers: [SessionsListener],
  providers: [SessionsRepository, SessionsService, AudienceService, SessionControlService, SessionsResolver, MirrorResolver, MirrorsService, ServerLiveResolver, SessionIdentityResolver, AccountLiveResolver],
  exports: [SessionsService],
})
export class SessionsModule {}
