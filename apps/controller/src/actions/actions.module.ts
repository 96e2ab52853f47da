import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ServersModule } from '../servers/servers.module.js';
import { ActionsResolver } from './actions.resolver.js';
import { ActionsService } from './actions.service.js';

/** Orders to one media server: scan, refresh, restart. */
@Module({ imports: [AuditModule, IdempotencyModule, ServersModule], providers: [ActionsResolver, ActionsService] })
export class ActionsModule {}
