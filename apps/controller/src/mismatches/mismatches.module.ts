import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ComparisonRepository } from './comparison.repository.js';
import { ComparisonResolver } from './comparison.resolver.js';
import { ComparisonService } from './comparison.service.js';
import { MismatchCheck } from './mismatch-check.service.js';
import { MismatchJobs } from './mismatch-jobs.js';
import { MismatchesRepository } from './mismatches.repository.js';
import { MismatchesResolver } from './mismatches.resolver.js';
import { MismatchesService } from './mismatches.service.js';
import { RegisterRepository } from './register.repository.js';
import { SessionFlags } from './session-flags.js';
import { SessionFlagsResolver } from './session-flags.resolver.js';
import { WatchLooksRepository } from './watch-looks.repository.js';
import { WatchLooksService } from './watch-looks.service.js';

/** What does not fit together in the fleet: found by rules, explained, dismissed by people. */
@Module({
  imports: [AuditModule, IdempotencyModule, SessionsModule, UsersModule],
  providers: [ComparisonRepository, ComparisonResolver, ComparisonService, MismatchCheck, MismatchJobs, MismatchesRepository, MismatchesResolver, MismatchesService, RegisterRepository, SessionFlags, SessionFlagsResolver, WatchLooksRepository, WatchLooksService],
})
export class MismatchesModule {}
