import { Module } from '@nestjs/common';
import { PlansModule } from '../plans/plans.module.js';
import { ApprovalsListener } from './approvals.listener.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { ApprovalsService } from './approvals.service.js';
import { RevocationTeller } from './revocation-teller.js';

/** Who approved what, and what was taken back. */
@Module({ imports: [PlansModule], controllers: [ApprovalsListener], providers: [ApprovalsRepository, ApprovalsService, RevocationTeller], exports: [ApprovalsService] })
export class ApprovalsModule {}
