import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { LedgerSweepService } from './ledger-sweep.service.js';
import { LedgerListener } from './ledger.listener.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';
import { PlaybacksRepository } from './playbacks.repository.js';
import { PlaybacksResolver } from './playbacks.resolver.js';
import { PlaybacksService } from './playbacks.service.js';

/** The ledger: every playback of the fleet, from start to end. */
@Module({
  imports: [SessionsModule],
  controllers: [LedgerListener],
  providers: [LedgerRepository, LedgerService, LedgerSweepService, PlaybacksRepository, PlaybacksService, PlaybacksResolver],
})
export class HistoryModule {}
