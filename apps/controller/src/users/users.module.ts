import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentitiesResolver } from './identities.resolver.js';
import { IdentitiesService } from './identities.service.js';
import { IdentityEmailsService } from './identity-emails.service.js';
import { IdentityImportService } from './identity-import.service.js';
import { IdentityMergesRepository } from './identity-merges.repository.js';
import { IdentityMergesService } from './identity-merges.service.js';
import { IdentityReadingRepository } from './identity-reading.repository.js';
import { IdentityReadingService } from './identity-reading.service.js';
import { IdentityIndex } from './identity-index.js';
import { ImportDirectory } from './import-directory.js';
import { UsersRepository } from './users.repository.js';
import { UsersResolver } from './users.resolver.js';
import { UsersService } from './users.service.js';

/** The accounts of all servers, and the people they belong to. */
@Module({
  imports: [AuditModule, IdempotencyModule],
  providers: [
    IdentitiesRepository,
    IdentitiesResolver,
    IdentitiesService,
    IdentityEmailsService,
    IdentityImportService,
    IdentityIndex,
    IdentityMergesRepository,
    IdentityMergesService,
    IdentityReadingRepository,
    IdentityReadingService,
    ImportDirectory,
    UsersRepository,
    UsersResolver,
    UsersService,
  ],
  exports: [IdentityIndex, UsersService],
})
export class UsersModule {}
