import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ApprovalsService } from './approvals.service.js';
import { AttemptsService } from './attempts.service.js';
import { AuthResolver } from './auth.resolver.js';
import { AuthService } from './auth.service.js';
import { OperatorsRepository } from './operators.repository.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInsRepository } from './sign-ins.repository.js';
import { SignInsService } from './sign-ins.service.js';

@Module({
  imports: [AuditModule],
  providers: [ApprovalsService, AttemptsService, AuthResolver, AuthService, OperatorsRepository, SignInCodesService, SignInsRepository, SignInsService],
  exports: [ApprovalsService, AuthService, SignInCodesService, SignInsService],
})
export class AuthModule {}
