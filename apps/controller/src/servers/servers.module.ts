import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ConnectionTestService } from './connection-test.service.js';
import { CredentialsService } from './credentials.service.js';
import { HardeningRepository } from './hardening.repository.js';
import { HardeningResolver } from './hardening.resolver.js';
import { HardeningService } from './hardening.service.js';
import { ImportService } from './import.service.js';
import { ImportTestsService } from './import-tests.service.js';
import { PendingKindsService } from './pending-kinds.service.js';
import { RegistrationService } from './registration.service.js';
import { ServerStateModule } from './server-state.module.js';
import { ServerWriter } from './server-writer.service.js';
import { ServersRepository } from './servers.repository.js';
import { ServersResolver } from './servers.resolver.js';
import { ServersService } from './servers.service.js';

@Module({
  imports: [AuditModule, IdempotencyModule, ServerStateModule],
  providers: [
    ConnectionTestService,
    CredentialsService,
    HardeningRepository,
    HardeningResolver,
    HardeningService,
    ImportService,
    ImportTestsService,
    PendingKindsService,
    RegistrationService,
    ServerWriter,
    ServersRepository,
    ServersResolver,
    ServersService,
  ],
  exports: [ImportService, ServersService],
})
export class ServersModule {}
