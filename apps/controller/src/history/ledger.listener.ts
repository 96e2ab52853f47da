import { Controller } from '@nestjs/common';
import { HandleFact, type FactContext } from '@usher/bus';
import { playbackChanged, playbackEnded, playbackStarted } from '@usher/contracts';
import type { PoolClient } from 'pg';
import type { Changed, Ended, Started } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';

@Controller()
export class LedgerListener {
  constructor(private readonly ledger: LedgerService) {}

  @HandleFact(playbackStarted)
  started(fact: Started, { serverId, tx }: FactContext): Promise<void> {
    return this.ledger.started(tx as PoolClient, serverId, fact);
  }

  @HandleFact(playbackChanged)
  changed(fact: Changed, { serverId, tx }: FactContext): Promise<void> {
    return this.ledger.changed(tx as PoolClient, serverId, fact);
  }

  @HandleFact(playbackEnded)
  ended(fact: Ended, { serverId, tx }: FactContext): Promise<void> {
    return this.ledger.ended(tx as PoolClient, serverId, fact);
  }
}
