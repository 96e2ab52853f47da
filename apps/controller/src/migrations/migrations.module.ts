import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { UsersModule } from '../users/users.module.js';
import { MigratedAccountsService } from './migrated-accounts.service.js';
import { MigrationApprovalsService } from './migration-approvals.service.js';
import { MigrationDoor } from './migration-door.js';
import { MigrationOrders } from './migration-orders.js';
import { MigrationPlansResolver } from './migration-plans.resolver.js';
import { MigrationPlansService } from './migration-plans.service.js';
import { MigrationProgress } from './migration-progress.js';
import { MigrationRowsResolver } from './migration-rows.resolver.js';
import { MigrationRowsService } from './migration-rows.service.js';
import { MigrationRunsRepository } from './migration-runs.repository.js';
import { MigrationRunsResolver } from './migration-runs.resolver.js';
import { MigrationRunsService } from './migration-runs.service.js';
import { MigrationsListener } from './migrations.listener.js';

/** The face of user migrations: who may do what. Plans and runs are the migration service's. */
@Module({
  imports: [AuditModule, AuthModule, IdempotencyModule, UsersModule],
  controllers: [MigrationsListener],
  providers: [
    MigratedAccountsService,
    MigrationApprovalsService,
    MigrationDoor,
    MigrationOrders,
    MigrationPlansResolver,
    MigrationPlansService,
    MigrationProgress,
    MigrationRowsResolver,
    MigrationRowsService,
    MigrationRunsRepository,
    MigrationRunsResolver,
    MigrationRunsService,
  ],
  exports: [MigrationProgress],
})
export class MigrationsModule {}
